/** Of the room {@code remote}: takes the words of {@code knit run}, gives what a job of one attempt wrote, and its exit code. */
@NullMarked
package io.knit.launcher.remote.run;

import org.jspecify.annotations.NullMarked;
