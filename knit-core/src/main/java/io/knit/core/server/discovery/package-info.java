/** Beside the way of a request: takes what a Discovery sees, gives the server its picture of the mesh. */
@NullMarked
package io.knit.core.server.discovery;

import org.jspecify.annotations.NullMarked;
