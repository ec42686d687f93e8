/** Of the room {@code http}: takes the wish to talk to a command in an instance, to copy its files or to see what it uses; gives what its node's agent says. */
@NullMarked
package io.knit.core.server.http.inside;

import org.jspecify.annotations.NullMarked;
