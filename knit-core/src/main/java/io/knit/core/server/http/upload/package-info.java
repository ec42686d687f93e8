/** Takes a browser's form with a file in it, gives its fields at once and the file in pieces, as fast as whoever keeps it. */
@NullMarked
package io.knit.core.server.http.upload;

import org.jspecify.annotations.NullMarked;
