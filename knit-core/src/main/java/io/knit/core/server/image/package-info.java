/**
 * Takes an image as tar, as {@code docker save} gives it, and gives it to the agents of nodes: what each lacks of it, in a tar of the server's own making.
 */
@NullMarked
package io.knit.core.server.image;

import org.jspecify.annotations.NullMarked;
