package io.knit.core.server.http.answer;

import io.knit.api.Orchestrator;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.http.connection.Unread;
import io.knit.core.server.http.json.EventJson;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The events, sent to one reader. It keeps no event of its own: events only wake it, and it reads on from the orchestrator
 * where it was, as far as the reader takes them. So a slow reader costs no memory; one that is too slow for what is kept is told
 * so by a {@code reset}, and one that takes nothing for two keep-alives is cut off. Lives on the HTTP server's context.
 */
final class EventStream {
    static final long KEEP_ALIVE_MILLIS = 15_000;

    /** Of what is there already, about so many letters are sent at once: each piece costs much more than its letters do. */
    private static final int PIECE = 4 * 1024;

    private final Vertx vertx;
    private final Orchestrator orchestrator;
    private final Answers answers;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Reader reader;
    private final Runnable onEnd;

    private long sent;
    private boolean ended;
    private boolean stuck;
    private long timer = -1;

    /**
     * Who reads.
     *
     * @param shows what he is told of
     * @param stands whether he may still read
     */
    record Reader(Predicate<KnitEvent> shows, BooleanSupplier stands) {}

    EventStream(
            Vertx vertx,
            Orchestrator orchestrator,
            Answers answers,
            HttpServerRequest request,
            long after,
            Reader reader,
            Runnable onEnd) {
        this.vertx = vertx;
        this.orchestrator = orchestrator;
        this.answers = answers;
        this.request = request;
        this.response = request.response();
        this.sent = after;
        this.reader = reader;
        this.onEnd = onEnd;
    }

    void start() {
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        response.drainHandler(drained -> pump());
        write("retry: 1000\n: knit\n\n");
        timer = vertx.setPeriodic(KEEP_ALIVE_MILLIS, tick -> keepAlive());
        long newest = orchestrator.lastEvent();
        if (sent > newest) {
            // numbers of another server, or of this one before its data was lost
            write(EventJson.reset(sent, newest + 1));
            sent = newest;
        }
        pump();
    }

    /** Sends what has happened since, as far as the reader takes it. */
    void pump() {
        while (!ended && !response.writeQueueFull()) {
            List<KnitEvent> events = orchestrator.eventsAfter(sent);
            if (events.isEmpty()) {
                return;
            }
            if (!reader.stands().getAsBoolean()) {
                // after they were read: none is sent that came to be when he might no more
                close();
                return;
            }
            if (events.get(0).seq() != sent + 1) {
                write(EventJson.reset(sent, events.get(0).seq()));
            }
            StringBuilder frames = new StringBuilder();
            for (KnitEvent event : events) {
                if (response.writeQueueFull()) {
                    break;
                }
                if (reader.shows().test(event)) {
                    frames.append(EventJson.frame(event));
                }
                sent = event.seq();
                if (frames.length() >= PIECE) {
                    write(frames.toString());
                    frames.setLength(0);
                }
            }
            if (frames.length() > 0) {
                write(frames.toString());
            }
        }
    }

    private void keepAlive() {
        if (!reader.stands().getAsBoolean()) {
            close();
        } else if (!response.writeQueueFull()) {
            stuck = false;
            write(": keep-alive\n\n");
        } else if (stuck) {
            end();
            Unread.cut(request.connection());
        } else {
            stuck = true;
        }
    }

    private void write(String frames) {
        answers.write(request, Buffer.buffer(frames));
    }

    /** Ends it from the server's side. */
    void close() {
        boolean wasOpen = !ended;
        end();
        if (wasOpen && !response.ended() && !response.closed()) {
            response.end();
        }
    }

    /** When the reader is gone; may be called more than once. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        vertx.cancelTimer(timer);
        onEnd.run();
    }
}
