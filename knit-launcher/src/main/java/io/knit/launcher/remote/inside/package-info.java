/** Takes the words that reach into an instance; gives a command's terminal, files, and what is used. */
@NullMarked
package io.knit.launcher.remote.inside;

import org.jspecify.annotations.NullMarked;
