/** Whole Knits as a user has them: real processes of the launcher's jar, on hosts that {@code scripts/fleet} makes. */
@NullMarked
package io.knit.launcher.fleet;

import org.jspecify.annotations.NullMarked;
