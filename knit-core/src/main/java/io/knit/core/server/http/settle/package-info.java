/** Takes a change that was made and how long somebody waits for it; gives what came of it: settled, not to settle, or out of time. */
@NullMarked
package io.knit.core.server.http.settle;

import org.jspecify.annotations.NullMarked;
