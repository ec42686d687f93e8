package io.knit.core.agent.output;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who reads what a container writes at the moment: it is not removed under them. Thread-safe. */
public final class Readings {
    private final Map<String, Set<Reading>> open = new HashMap<>();
    private final Map<String, Promise<Void>> waiting = new HashMap<>();

    /** A reader of one container. Thread-safe. */
    public final class Reading {
        private final String container;
        private volatile boolean progress = true;

        private Reading(String container) {
            this.container = container;
        }

        /** It has passed something on. */
        public void progressed() {
            progress = true;
        }

        /** It has had everything, or wants no more. May be called more than once. */
        public void ended() {
            end(this);
        }
    }

    /** Somebody begins to read. */
    public Reading begin(String container) {
        Reading reading = new Reading(container);
        synchronized (this) {
            open.computeIfAbsent(container, first -> new LinkedHashSet<>()).add(reading);
        }
        return reading;
    }

    private void end(Reading reading) {
        Promise<Void> told;
        synchronized (this) {
            Set<Reading> all = open.get(reading.container);
            if (all != null) {
                all.remove(reading);
            }
            told = toldIfNobody(reading.container);
        }
        complete(told);
    }

    /** Succeeds, on any thread, when nobody reads, or nobody is waited for. */
    synchronized Future<Void> over(String container) {
        return open.containsKey(container)
                ? waiting.computeIfAbsent(container, first -> Promise.promise()).future()
                : Future.succeededFuture();
    }

    /** Those that have passed nothing on since this was called last are not waited for any more. */
    void leaveTheStalled(String container) {
        Promise<Void> told;
        synchronized (this) {
            Set<Reading> all = open.getOrDefault(container, new LinkedHashSet<>());
            all.removeIf(reading -> !reading.progress);
            all.forEach(reading -> reading.progress = false);
            told = toldIfNobody(container);
        }
        complete(told);
    }

    /** Nobody is waited for any more. */
    void leaveAll(String container) {
        Promise<Void> told;
        synchronized (this) {
            open.remove(container);
            told = waiting.remove(container);
        }
        complete(told);
    }

    private @Nullable Promise<Void> toldIfNobody(String container) {
        Set<Reading> all = open.get(container);
        if (all != null && all.isEmpty()) {
            open.remove(container);
            return waiting.remove(container);
        }
        return null;
    }

    private static void complete(@Nullable Promise<Void> promise) {
        if (promise != null) {
            promise.tryComplete();
        }
    }
}
