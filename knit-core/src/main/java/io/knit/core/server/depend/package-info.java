/** On whom a deployment waits before it starts, and who would wait for each other. Pure. */
@NullMarked
package io.knit.core.server.depend;

import org.jspecify.annotations.NullMarked;
