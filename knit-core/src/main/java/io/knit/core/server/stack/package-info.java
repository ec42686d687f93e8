/** A Compose file and who asks → a rehearsal of all of it, and a command for each service; whoever asks for it. */
@NullMarked
package io.knit.core.server.stack;

import org.jspecify.annotations.NullMarked;
