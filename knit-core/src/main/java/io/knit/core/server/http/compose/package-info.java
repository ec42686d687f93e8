/** A stack at once: takes a Compose file and who asks, rehearses all of it, runs a command for each service, and gives one answer. */
@NullMarked
package io.knit.core.server.http.compose;

import org.jspecify.annotations.NullMarked;
