/**
 * A host that becomes a node: takes where it is and what its agent shall be told, gives a node that is ready. {@code Joining} takes the steps, each by a
 * {@code Script} for the host's own shell over the system's {@code Ssh}.
 */
@NullMarked
package io.knit.launcher.remote.join;

import org.jspecify.annotations.NullMarked;
