package io.knit.core.wire.stream;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.StreamRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An agent's ends of all streams. {@link #start} and {@link #close} only on the loop. */
public final class GivingStreams {
    /** What an agent gives at once, at most. */
    public static final int MOST = 64;

    private static final Logger LOG = LoggerFactory.getLogger(GivingStreams.class);
    /** So many that are over are remembered by their last frame, in case that it was lost. */
    private static final int REMEMBERED = 64;

    private final Loop loop;
    private final Transport transport;
    private final String node;
    private final Giver giver;
    private final Map<String, StreamEnd> open = new ConcurrentHashMap<>();
    private final Map<String, byte[]> past = new LinkedHashMap<>();

    private Transport.@Nullable Subscription subscription;
    private boolean closed;

    /** Who has what is asked for. */
    @FunctionalInterface
    public interface Giver {
        /**
         * Begins to give; on the loop.
         *
         * @return who reads what the server sends
         * @throws KnitException if it is not to be had; that ends the stream in words
         */
        StreamListener give(StreamRequest request, StreamEnd end);
    }

    public GivingStreams(Loop loop, Transport transport, String node, Giver giver) {
        this.loop = loop;
        this.transport = transport;
        this.node = node;
        this.giver = giver;
    }

    /** Listens to the server. */
    public void start() {
        String all = Subjects.streamDown(node, Subjects.ANY_NODE);
        loop.bring(transport.subscribe(all, this::arrives))
                .onSuccess(made -> {
                    subscription = made;
                    if (closed) {
                        end(made);
                    }
                })
                .onFailure(e -> LOG.debug("can't listen on {}: {}", all, e.getMessage()));
    }

    /** On any thread; only the server speaks here. */
    private void arrives(TransportMessage message) {
        String id = Subjects.stream(message.subject());
        StreamEnd end = open.get(id);
        if (end != null) {
            end.arrives(message.payload());
        } else {
            loop.execute(() -> unknown(id, message.payload()));
        }
    }

    private void unknown(String id, byte[] payload) {
        StreamEnd begun = open.get(id);
        if (begun != null) {
            begun.arrives(payload);
            return;
        }
        StreamFrame frame = StreamFrame.of(payload);
        if (frame == null || closed) {
            return;
        }
        byte[] last = past.get(id);
        if (last != null) {
            // both ends must not tell each other for ever that it is over
            if (frame.kind() != StreamFrame.Kind.FAIL) {
                send(id, last);
            }
        } else if (frame.kind() == StreamFrame.Kind.OPEN) {
            begin(id, frame);
        } else if (frame.kind() != StreamFrame.Kind.FAIL) {
            refuse(id, new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, "the agent was started again meanwhile"));
        }
    }

    private void begin(String id, StreamFrame frame) {
        try {
            if (open.size() >= MOST) {
                throw new KnitException(
                        ErrorCode.BUSY,
                        "node " + node + " gives " + MOST + " streams already; end one or try again later");
            }
            StreamRequest request = WireCodec.decode(frame.body(), StreamRequest.class);
            Reader reader = new Reader();
            StreamEnd end = new StreamEnd(
                    loop, StreamEnd.WINDOW, null, sent -> send(id, sent), reader, lastFrame -> over(id, lastFrame));
            reader.real = giver.give(request, end);
            if (!end.isOver()) {
                open.put(id, end);
                end.begin(frame.number());
            }
        } catch (KnitException e) {
            refuse(id, e);
        } catch (RuntimeException e) {
            LOG.warn("A stream could not begin", e);
            refuse(id, new KnitException(ErrorCode.INTERNAL, "the agent failed; its log says why", e));
        }
    }

    /** Who reads is known only after the end is. */
    private static final class Reader implements StreamListener {
        private @Nullable StreamListener real;

        @Override
        public void data(int channel, byte[] bytes) {
            if (real != null) {
                real.data(channel, bytes);
            }
        }

        @Override
        public void ended(byte[] lastWord) {
            if (real != null) {
                real.ended(lastWord);
            }
        }

        @Override
        public void failed(KnitException why) {
            if (real != null) {
                real.failed(why);
            }
        }
    }

    private void refuse(String id, KnitException why) {
        byte[] frame = new StreamFrame(
                        StreamFrame.Kind.FAIL, 0, 0, StreamFailure.of(why).bytes())
                .bytes();
        remember(id, frame);
        send(id, frame);
    }

    private void over(String id, byte[] lastFrame) {
        open.remove(id);
        remember(id, lastFrame);
    }

    private void remember(String id, byte[] lastFrame) {
        past.put(id, lastFrame);
        if (past.size() > REMEMBERED) {
            past.remove(past.keySet().iterator().next());
        }
    }

    private void send(String id, byte[] frame) {
        String subject = Subjects.streamUp(node, id);
        transport.publish(subject, frame).onFailure(e -> LOG.trace("not sent on {}: {}", subject, e.getMessage()));
    }

    /** How many there are. From any thread. */
    public int count() {
        return open.size();
    }

    /** Ends all in words. */
    public void close() {
        KnitException why = new KnitException(ErrorCode.CLOSED, "the agent on " + node + " was stopped");
        new ArrayList<>(open.values()).forEach(end -> end.close(why));
        closed = true;
        Transport.Subscription made = subscription;
        if (made != null) {
            end(made);
        }
    }

    private static void end(Transport.Subscription subscription) {
        subscription.unsubscribe().onFailure(e -> LOG.debug("a subscription did not end: {}", e.getMessage()));
    }
}
