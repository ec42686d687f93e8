/**
 * The commands that ask a running server: takes their words, gives what the server answered as a table, or as it came, and an exit code. {@code Remote} is
 * what they have in common, {@code Table} and {@code Views} what people see.
 */
@NullMarked
package io.knit.launcher.remote;

import org.jspecify.annotations.NullMarked;
