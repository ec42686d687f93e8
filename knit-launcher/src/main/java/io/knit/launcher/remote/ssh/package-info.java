/**
 * Another host's shell, over the system's {@code ssh}: takes scripts and files, gives what they told. Nothing that is sent stands in a list of processes,
 * here or there.
 */
@NullMarked
package io.knit.launcher.remote.ssh;

import org.jspecify.annotations.NullMarked;
