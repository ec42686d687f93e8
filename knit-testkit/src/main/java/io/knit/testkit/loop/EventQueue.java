package io.knit.testkit.loop;

import io.knit.api.spi.loop.Loop;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is going to happen, in the order of a virtual clock; events of one moment in the order in which they were
 * planned. One seed gives one history. The clock stands still while an event runs and jumps to the next one. For one thread only.
 */
public final class EventQueue {
    private static final Instant BEGINNING = Instant.parse("2026-06-01T00:00:00Z");

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final SplittableRandom random;
    private Instant now = BEGINNING;
    private long planned;
    private long happened;
    private Runnable afterEach = () -> {};

    public EventQueue(long seed) {
        random = new SplittableRandom(seed);
    }

    /** A source of randomness of its own for one part, so that one part's use does not shift another's. */
    public SplittableRandom newRandom() {
        return random.split();
    }

    /** The virtual time of day. */
    public Instant now() {
        return now;
    }

    /** How many events have happened. */
    public long happened() {
        return happened;
    }

    /**
     * Plans an event.
     *
     * @param delay zero or more; the event never happens inside this call
     */
    public Loop.Timer after(Duration delay, Runnable action) {
        return at(now.plus(delay), action);
    }

    /** Plans an event; a moment that has passed is taken for now. */
    public Loop.Timer at(Instant moment, Runnable action) {
        Event event =
                new Event(moment.isBefore(now) ? now : moment, planned++, Objects.requireNonNull(action, "action"));
        events.add(event);
        // it stays where it is: to look for it among all would cost more than to pass over it in its time
        return () -> event.cancelled = true;
    }

    /** Runs after every event: the place to check what must always hold. What it throws ends the run. */
    public void afterEach(Runnable check) {
        afterEach = Objects.requireNonNull(check, "check");
    }

    /** Lets the next event happen; false if there is none. What the event throws is thrown. */
    public boolean step() {
        Event event = next();
        if (event == null) {
            return false;
        }
        events.remove();
        now = event.at;
        happened++;
        event.action.run();
        afterEach.run();
        return true;
    }

    /** Lets everything happen that is due within this time, then sets the clock to its end. */
    public void runFor(Duration time) {
        Instant end = now.plus(time);
        runUntil(() -> false, time);
        now = end;
    }

    /** Runs until the condition holds (looked at after each event) and tells whether it does; at most for this time. */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        Instant end = now.plus(atMost);
        while (!condition.getAsBoolean()) {
            Event next = next();
            if (next == null || next.at.isAfter(end)) {
                return false;
            }
            step();
        }
        return true;
    }

    private @Nullable Event next() {
        Event next = events.peek();
        while (next != null && next.cancelled) {
            events.remove();
            next = events.peek();
        }
        return next;
    }

    private static final class Event implements Comparable<Event> {
        private final Instant at;
        private final long number;
        private final Runnable action;
        private boolean cancelled;

        Event(Instant at, long number, Runnable action) {
            this.at = at;
            this.number = number;
            this.action = action;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
