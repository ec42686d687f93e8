/** Of the room {@code http}: takes the lines that instances wrote, gives them as text or events, as fast as they are read. */
@NullMarked
package io.knit.core.server.http.logs;

import org.jspecify.annotations.NullMarked;
