/** The server: decides. Its packages stand in the order of a request; see each one's number. Imports nothing of the agent. */
@NullMarked
package io.knit.core.server;

import org.jspecify.annotations.NullMarked;
