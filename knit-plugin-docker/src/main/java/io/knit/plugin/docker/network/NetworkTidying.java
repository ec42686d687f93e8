package io.knit.plugin.docker.network;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * When it is time to look for networks that nobody uses: some seconds after something was removed, for what replaces it is often about to come to the same
 * network, which takes a tenth of a second to make; and after the start, for what was left then. Thread-safe.
 */
public final class NetworkTidying {
    static final Duration AFTER = Duration.ofSeconds(3);

    private final ScheduledExecutorService timer;
    private final Function<String, Future<Integer>> look;
    private final Set<String> clusters = new HashSet<>();
    private boolean due;

    /** @param look removes those of a cluster that are not used */
    public NetworkTidying(ScheduledExecutorService timer, Function<String, Future<Integer>> look) {
        this.timer = timer;
        this.look = look;
    }

    /** Whose containers are here. */
    public void areOf(String cluster) {
        synchronized (this) {
            if (!clusters.add(cluster)) {
                return;
            }
        }
        mayBeUnused();
    }

    /** A container has gone. */
    public synchronized void mayBeUnused() {
        if (due || clusters.isEmpty()) {
            return;
        }
        try {
            timer.schedule(this::look, AFTER.toMillis(), TimeUnit.MILLISECONDS);
            due = true;
        } catch (RejectedExecutionException e) {
            // it closes
        }
    }

    private Future<Void> look() {
        List<String> whose;
        synchronized (this) {
            whose = due ? List.copyOf(clusters) : List.of();
            due = false;
        }
        return Future.join(whose.stream().map(look).toList()).mapEmpty();
    }

    /** What is to be looked for is so now. */
    public Future<Void> close() {
        return look();
    }
}
