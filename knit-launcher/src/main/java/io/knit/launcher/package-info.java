/**
 * The {@code knit} command: takes the words of a command line, gives a program's exit code. {@code settings} reads them, {@code program}
 * is what runs.
 */
@NullMarked
package io.knit.launcher;

import org.jspecify.annotations.NullMarked;
