/** What can be asked of a server to change, as values, and who asks. */
@NullMarked
package io.knit.api.command;

import org.jspecify.annotations.NullMarked;
