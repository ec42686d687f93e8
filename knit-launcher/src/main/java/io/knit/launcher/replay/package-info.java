/** Decides again what a file of {@code GET /incident} tells of, and says whether all comes out as it did then. */
@NullMarked
package io.knit.launcher.replay;

import org.jspecify.annotations.NullMarked;
