/** Takes what was asked for, and gives it to whoever started this process, or says that it could not. */
@NullMarked
package io.knit.launcher.output;

import org.jspecify.annotations.NullMarked;
