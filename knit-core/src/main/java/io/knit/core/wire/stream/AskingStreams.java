package io.knit.core.wire.stream;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.StreamRequest;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's ends of all streams. {@link #ask} and {@link #close} only on the loop. */
public final class AskingStreams {
    private static final Logger LOG = LoggerFactory.getLogger(AskingStreams.class);
    private static final int ID = 16;

    private final Loop loop;
    private final Transport transport;
    private final IdSource ids;
    private final int most;
    /** By the subject on which the agent speaks, so that one agent can't speak in another's stream. */
    private final Map<String, StreamEnd> open = new ConcurrentHashMap<>();

    private Transport.@Nullable Subscription subscription;
    private boolean closed;

    /** @param most how many there may be at once */
    public AskingStreams(Loop loop, Transport transport, IdSource ids, int most) {
        this.loop = loop;
        this.transport = transport;
        this.ids = ids;
        this.most = most;
    }

    /** Listens to agents. */
    public void start() {
        String all = Subjects.streamUp(Subjects.ANY_NODE, Subjects.ANY_NODE);
        loop.bring(transport.subscribe(all, this::arrives))
                .onSuccess(made -> {
                    subscription = made;
                    if (closed) {
                        end(made);
                    }
                })
                .onFailure(e -> LOG.debug("can't listen on {}: {}", all, e.getMessage()));
    }

    /** On any thread. What belongs to no stream says so to nobody: its agent hears nothing, and gives up. */
    private void arrives(TransportMessage message) {
        StreamEnd end = open.get(message.subject());
        if (end != null) {
            end.arrives(message.payload());
        }
    }

    /**
     * Asks an agent for a stream.
     *
     * @param node an agent that has the feature {@code streams}
     * @param window what may be kept here, in bytes; at least {@link StreamEnd#PIECE}
     * @throws KnitException with {@code BUSY} if there are too many
     */
    public StreamEnd ask(String node, StreamRequest request, int window, StreamListener listener) {
        if (closed) {
            throw new KnitException(ErrorCode.CLOSED, "the server is closed");
        }
        if (open.size() >= most) {
            throw new KnitException(
                    ErrorCode.BUSY,
                    "there are " + most + " streams of logs, commands and files already; end one or try again later");
        }
        String id = ids.next(ID);
        String up = Subjects.streamUp(node, id);
        String down = Subjects.streamDown(node, id);
        byte[] asked = new StreamFrame(StreamFrame.Kind.OPEN, 0, window, WireCodec.encode(request)).bytes();
        StreamEnd end =
                new StreamEnd(loop, window, asked, frame -> send(down, frame), listener, lastFrame -> open.remove(up));
        open.put(up, end);
        end.begin(0);
        return end;
    }

    private void send(String subject, byte[] frame) {
        transport.publish(subject, frame).onFailure(e -> LOG.trace("not sent on {}: {}", subject, e.getMessage()));
    }

    /** How many there are. From any thread. */
    public int count() {
        return open.size();
    }

    /** Ends all in words. */
    public void close() {
        closed = true;
        KnitException why = new KnitException(ErrorCode.CLOSED, "the server was stopped");
        new ArrayList<>(open.values()).forEach(end -> end.close(why));
        Transport.Subscription made = subscription;
        if (made != null) {
            end(made);
        }
    }

    private static void end(Transport.Subscription subscription) {
        subscription.unsubscribe().onFailure(e -> LOG.debug("a subscription did not end: {}", e.getMessage()));
    }
}
