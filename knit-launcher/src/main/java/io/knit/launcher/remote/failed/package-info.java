/** Containers that failed and that nodes keep, for the commands that look at what is wrong. */
@NullMarked
package io.knit.launcher.remote.failed;

import org.jspecify.annotations.NullMarked;
