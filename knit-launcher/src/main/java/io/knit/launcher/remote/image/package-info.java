/** {@code knit image}: takes an image for nodes, shows which nodes have, and has those go that nothing uses. */
@NullMarked
package io.knit.launcher.remote.image;

import org.jspecify.annotations.NullMarked;
