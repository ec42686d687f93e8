/** What is printed on: takes a stream of the process, gives whether that is a person's screen, how large it is, and what a word's colour is there; and writes numbers of bytes for people. */
@NullMarked
package io.knit.launcher.remote.screen;

import org.jspecify.annotations.NullMarked;
