package io.knit.core.server.webhook.delivery;

import io.knit.api.command.Webhook;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.state.KnownWebhook;
import io.knit.core.server.webhook.Message;
import io.knit.core.server.webhook.RetrySchedule;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one webhook, one after the other in the order of their events: what is behind waits until what is in front has arrived. It holds a few events and a place among those
 * that are kept, never more. Loop-bound.
 */
final class HookLine {
    /** What it takes from the events at once. */
    private static final int AHEAD = 256;

    /** So often its place is written while messages go out. */
    static final Duration WRITTEN = Duration.ofSeconds(10);

    /** After the last message of many. */
    static final Duration RESTED = Duration.ofSeconds(1);

    /** So many events that it does not want may be looked at once more after a restart. */
    private static final int UNWANTED = 100;

    private final Loop loop;
    private final Agenda agenda;
    private final KnownWebhook hook;
    private final String cluster;
    private final Around around;
    private final Deque<KnitEvent> ahead = new ArrayDeque<>();
    private long looked;
    private Webhook.Course course;
    private Webhook.Course written;
    private boolean underWay;
    private boolean closed;

    /**
     * What is around a line.
     *
     * @param events gives those that are kept with a higher number
     * @param written takes how far it has come, to be stored
     */
    record Around(
            Post post, LongFunction<List<KnitEvent>> events, Consumer<Webhook.Course> written, Outcomes outcomes) {}

    HookLine(Loop loop, Agenda agenda, KnownWebhook hook, String cluster, Around around) {
        this.loop = loop;
        this.agenda = agenda;
        this.hook = hook;
        this.cluster = cluster;
        this.around = around;
        this.course = hook.webhook().course();
        this.written = course;
        this.looked = course.after();
    }

    Instant created() {
        return hook.webhook().createdAt();
    }

    /** How far it has come by now. Any thread may ask for what was told last. */
    Webhook.Course course() {
        return course;
    }

    /** Goes on where it was when the last server ended. */
    void begin() {
        Instant next = course.nextTry();
        if (next == null || course.attempts() == 0) {
            look();
            return;
        }
        Duration wait = Duration.between(loop.now(), next);
        // by a clock that was set meanwhile it could be for ever
        Duration most = RetrySchedule.after(course.attempts(), Duration.ZERO, 1).orElse(Duration.ZERO);
        retryAfter(wait.compareTo(most) > 0 ? most : wait);
    }

    /** There may be something to send. */
    void look() {
        if (closed || underWay || course.disabled() || course.attempts() > 0) {
            return;
        }
        sendNext();
    }

    void close() {
        closed = true;
        agenda.cancel(name("try"));
        agenda.cancel(name("write"));
    }

    private void sendNext() {
        if (ahead.isEmpty()) {
            takeAhead();
        }
        KnitEvent event = ahead.peek();
        if (event == null) {
            return;
        }
        underWay = true;
        send(Message.of(event, cluster)).onComplete(sent -> {
            underWay = false;
            if (closed || course.disabled()) {
                return;
            }
            if (sent.succeeded() && sent.result().isGood()) {
                arrived(event);
            } else if (sent.succeeded()) {
                failed(event, "answered " + sent.result().status(), sent.result());
            } else {
                failed(event, String.valueOf(sent.cause().getMessage()), null);
            }
        });
    }

    private Future<Post.Answer> send(Message message) {
        return loop.bring(
                around.post().send(hook.webhook().url(), message.headers(hook.secret(), loop.now()), message.body()));
    }

    /** The next that it wants, of those that are kept. */
    private void takeAhead() {
        List<KnitEvent> kept = around.events().apply(looked);
        if (kept.isEmpty()) {
            return;
        }
        long missed = kept.get(0).seq() - looked - 1;
        if (missed > 0) {
            ahead.add(missed(looked + 1, kept.get(0)));
            course = new Webhook.Course(
                    course.after(),
                    course.attempts(),
                    course.nextTry(),
                    course.reason(),
                    false,
                    course.missed() + missed);
        }
        for (KnitEvent event : kept) {
            if (ahead.size() >= AHEAD) {
                break;
            }
            looked = event.seq();
            if (hook.webhook().wants(event)) {
                ahead.add(event);
            }
        }
        if (ahead.isEmpty()) {
            course = at(looked);
            if (looked - written.after() >= UNWANTED) {
                write();
            }
        }
    }

    /** Who counts on every event must know that some are not coming. */
    private static KnitEvent missed(long from, KnitEvent next) {
        long to = next.seq() - 1;
        String which = from == to ? "event " + from + " is" : "events " + from + " to " + to + " are";
        String message = which + " kept no longer and not sent; read the present state anew";
        return new KnitEvent(to, next.at(), "webhook.missed", null, null, null, message);
    }

    private Webhook.Course at(long after) {
        return new Webhook.Course(after, 0, null, "", false, course.missed());
    }

    private void arrived(KnitEvent event) {
        around.outcomes().arrived();
        ahead.poll();
        boolean again = course.attempts() > 0;
        course = at(ahead.isEmpty() ? looked : event.seq());
        if (again) {
            write();
        } else {
            agenda.atLatest(name("write"), loop.elapsed().plus(WRITTEN), this::write);
        }
        sendNext();
        if (!underWay) {
            agenda.atLatest(name("write"), loop.elapsed().plus(RESTED), this::write);
        }
    }

    private void failed(KnitEvent event, String words, Post.@Nullable Answer answer) {
        around.outcomes().failed();
        int attempts = course.attempts() + 1;
        if (answer != null && answer.status() == 410) {
            disable(attempts, "the receiver answered 410: it wants no more");
            return;
        }
        double chance = Math.floorMod(Objects.hash(hook.webhook().name(), event.seq(), attempts), 1_000) / 1_000.0;
        Duration asked = answer == null ? Duration.ZERO : answer.asked();
        RetrySchedule.after(attempts, asked, chance)
                .ifPresentOrElse(
                        wait -> {
                            course = new Webhook.Course(
                                    course.after(), attempts, loop.now().plus(wait), words, false, course.missed());
                            write();
                            retryAfter(wait);
                        },
                        () -> disable(attempts, attempts + " attempts in three days were in vain; the last: " + words));
    }

    private void disable(int attempts, String reason) {
        course = new Webhook.Course(course.after(), attempts, null, reason, true, course.missed());
        agenda.cancel(name("try"));
        write();
    }

    private void retryAfter(Duration wait) {
        agenda.after(name("try"), wait, () -> {
            if (!closed && !underWay && !course.disabled()) {
                sendNext();
            }
        });
    }

    /** Sends one message that tells of nothing; if it arrives, so does what waits. */
    Future<Webhook.Tried> tryNow(String id) {
        Duration begun = loop.elapsed();
        return send(Message.test(id, hook.webhook().name(), cluster, loop.now()))
                .transform(sent -> {
                    Duration took = loop.elapsed().minus(begun);
                    if (sent.failed()) {
                        return Future.succeededFuture(new Webhook.Tried(
                                false, 0, took, String.valueOf(sent.cause().getMessage())));
                    }
                    if (sent.result().isGood()) {
                        goOn();
                    }
                    return Future.succeededFuture(new Webhook.Tried(
                            sent.result().isGood(),
                            sent.result().status(),
                            took,
                            "answered " + sent.result().status()));
                });
    }

    private void goOn() {
        if (!closed && (course.disabled() || course.attempts() > 0)) {
            course = at(course.after());
            agenda.cancel(name("try"));
            write();
            look();
        }
    }

    private void write() {
        agenda.cancel(name("write"));
        if (!course.equals(written)) {
            written = course;
            around.written().accept(course);
        }
    }

    private String name(String what) {
        return what + " " + hook.webhook().name();
    }
}
