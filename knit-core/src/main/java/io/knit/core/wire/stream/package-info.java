/**
 * Streams between server and agent over the transport's messages ({@code docs/protocol.md}): takes bytes as fast as they are read at the other
 * end, gives them there in order and once, or ends in words. The server asks, the agent gives; both may send. Each end lives on a loop that is
 * not the one of who decides.
 *
 * <pre>{@code
 * AskingStreams streams = new AskingStreams(loop, transport, ids, 64);
 * streams.start();
 * streams.ask("n1", request, StreamEnd.WINDOW, listener);
 * }</pre>
 */
@NullMarked
package io.knit.core.wire.stream;

import org.jspecify.annotations.NullMarked;
