package io.knit.core.server.http.answer;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.http.request.ListPage;
import io.knit.core.server.http.request.Times;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /events}: all open streams. However many there are, and however slow, an event costs who publishes it one call: it wakes this
 * context, where each stream reads on by itself. Lives on the HTTP server's context.
 */
public final class EventStreams {
    public static final Set<String> PARAMETERS = Set.of("after", "since", "deployment");

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

    /**
     * Sends events to who asks.
     *
     * @param shows of what he may be told
     * @param stands whether he may still be; asked again and again
     */
    public void open(RoutingContext ctx, Predicate<KnitEvent> shows, BooleanSupplier stands) {
        if (open.size() >= MAX_STREAMS) {
            throw new KnitException(
                    ErrorCode.BUSY,
                    "there are " + MAX_STREAMS + " event streams already; close one or try again later");
        }
        long after = after(ctx);
        EventStream[] self = new EventStream[1];
        String deployment = ctx.request().getParam("deployment");
        Predicate<KnitEvent> asked =
                deployment == null ? shows : shows.and(event -> deployment.equals(event.deployment()));
        EventStream stream = new EventStream(
                vertx,
                orchestrator,
                answers,
                ctx.request(),
                after,
                new EventStream.Reader(asked, stands),
                () -> ended(self[0]));
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
        String given = ctx.request().getParam("after");
        String since = ctx.request().getParam("since");
        if (given != null && since != null) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE, "after and since both say where to begin; give one of them");
        }
        // what is wrong is refused also where it is passed over
        long asked = given == null ? orchestrator.lastEvent() : number("the parameter after", given);
        Instant time = since == null ? null : Times.of("since", since);
        if (header != null) {
            return number("the Last-Event-ID header", header.strip());
        }
        return time == null ? asked : before(time);
    }

    private static long number(String where, String text) {
        return ListPage.number(text)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.INVALID_VALUE,
                        where + " is not the number of an event; give 0 or more, or leave it out"));
    }

    /** The number before that of the first event at that time or later. Where older ones are no longer kept, 0: that is told then. */
    private long before(Instant time) {
        List<KnitEvent> kept = orchestrator.eventsAfter(0);
        if (kept.isEmpty() || !kept.get(0).at().isBefore(time)) {
            return 0;
        }
        return kept.stream()
                .filter(event -> !event.at().isBefore(time))
                .mapToLong(event -> event.seq() - 1)
                .findFirst()
                .orElseGet(orchestrator::lastEvent);
    }
}
