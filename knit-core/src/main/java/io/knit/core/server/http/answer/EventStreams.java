package io.knit.core.server.http.answer;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /events}: all open streams. However many there are, and however slow, an event costs who publishes it one call: it wakes this
 * context, where each stream reads on by itself. Lives on the HTTP server's context.
 */
public final class EventStreams {
    private static final int MAX_STREAMS = 1000;

    private final Vertx vertx;
    private final Context context;
    private final Orchestrator orchestrator;
    private final Answers answers;
    private final Set<EventStream> open = new LinkedHashSet<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private Orchestrator.@Nullable Registration registration;

    public EventStreams(Vertx vertx, Context context, Orchestrator orchestrator, Answers answers) {
        this.vertx = vertx;
        this.context = context;
        this.orchestrator = orchestrator;
        this.answers = answers;
    }

    public void open(RoutingContext ctx) {
        if (open.size() >= MAX_STREAMS) {
            throw new KnitException(
                    ErrorCode.BUSY,
                    "there are " + MAX_STREAMS + " event streams already; close one or try again later");
        }
        long after = after(ctx);
        EventStream[] self = new EventStream[1];
        EventStream stream = new EventStream(vertx, orchestrator, answers, ctx.request(), after, () -> ended(self[0]));
        self[0] = stream;
        ctx.addEndHandler(ended -> stream.end());
        open.add(stream);
        if (registration == null) {
            registration = orchestrator.listen(event -> wake());
        }
        stream.start();
    }

    private void ended(EventStream stream) {
        open.remove(stream);
        Orchestrator.Registration listening = registration;
        if (open.isEmpty() && listening != null) {
            registration = null;
            listening.remove();
        }
    }

    /** On the publisher's thread. */
    private void wake() {
        if (awake.compareAndSet(false, true)) {
            context.runOnContext(now -> {
                // first, so that what comes while they read wakes them again
                awake.set(false);
                new ArrayList<>(open).forEach(EventStream::pump);
            });
        }
    }

    public void close() {
        new ArrayList<>(open).forEach(EventStream::close);
    }

    /** A browser that comes back says where it was in the header; everybody else may in the query. */
    private long after(RoutingContext ctx) {
        String header = ctx.request().getHeader("Last-Event-ID");
        header =
                header == null || header.isBlank() ? null : header; // browsers send an empty one before the first event
        String text = header != null ? header : ctx.request().getParam("after");
        if (text == null) {
            return orchestrator.lastEvent();
        }
        try {
            long after = Long.parseLong(text.strip());
            if (after >= 0) {
                return after;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        String where = header != null ? "the Last-Event-ID header" : "the parameter after";
        throw new KnitException(
                ErrorCode.INVALID_VALUE, where + " is not the number of an event; give 0 or more, or leave it out");
    }
}
