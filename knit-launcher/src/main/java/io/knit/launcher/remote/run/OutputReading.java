package io.knit.launcher.remote.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.LogTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what one instance writes, on a thread of its own, until its end. Whoever waits for it waits as long as lines come. */
final class OutputReading {
    /** Until an agent has put by what an instance wrote whose container it removes, with some time to spare. */
    static final Duration PUT_BY = Duration.ofSeconds(2);

    static final Duration AGAIN = Duration.ofMillis(100);
    private static final LogTerms FOLLOWED = new LogTerms(true, null, null);

    private final KnitClient knit;
    private final String instance;
    private final Consumer<JsonNode> lines;
    private final Thread thread;
    /** The time of the last line that came; on the thread that reads. */
    private String last = "";
    /** How many of that very time came: the parts of a long line have one. */
    private int ofLast;

    private boolean over;
    private boolean read;
    private long lastAtNanos = System.nanoTime();
    private @Nullable KnitClientException failure;

    OutputReading(KnitClient knit, String instance, Consumer<JsonNode> lines) {
        this.knit = knit;
        this.instance = instance;
        this.lines = lines;
        this.thread = new Thread(this::read, "output");
        thread.setDaemon(true);
    }

    OutputReading start() {
        thread.start();
        return this;
    }

    private void read() {
        try {
            followed();
            rest();
            end(null);
        } catch (KnitClientException e) {
            end(e);
        }
    }

    private void followed() {
        try {
            knit.instanceLogs(instance, FOLLOWED, this::line);
        } catch (KnitClientException e) {
            if (!isGoing(e)) {
                throw e;
            }
        }
    }

    /** Engines end what they follow with the container, though it may have written more than was read until then: that is asked for once more. */
    private void rest() {
        long until = System.nanoTime() + PUT_BY.toNanos();
        while (true) {
            Instant since = last.isEmpty() ? null : Instant.parse(last);
            int[] same = {ofLast};
            try {
                knit.instanceLogs(instance, new LogTerms(false, null, since), line -> {
                    if (since == null || isMore(line.path("time").asText(), since, same)) {
                        line(line);
                    }
                });
                return;
            } catch (KnitClientException e) {
                // between the removal of a container and its last lines' being put by there is nothing
                if (e.kind() != KnitClientException.Kind.NOT_FOUND && !isGoing(e)) {
                    throw e;
                }
                // and of what wrote nothing, nothing is kept
                if (since == null || System.nanoTime() > until) {
                    return;
                }
            }
            try {
                Thread.sleep(AGAIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** @param same how many of that very time are yet to be passed over */
    private static boolean isMore(String time, Instant since, int[] same) {
        if (time.isEmpty()) {
            return false;
        }
        Instant at = Instant.parse(time);
        return at.isAfter(since) || at.equals(since) && same[0]-- <= 0;
    }

    /** Its container went while it was asked for. */
    private static boolean isGoing(KnitClientException e) {
        return e.problems().get(0).code().equals("runtime_refused");
    }

    private void line(JsonNode line) {
        lines.accept(line);
        if (line.has("time")) {
            String time = line.path("time").asText();
            ofLast = time.equals(last) ? ofLast + 1 : 1;
            last = time;
        }
        synchronized (this) {
            read = true;
            lastAtNanos = System.nanoTime();
        }
    }

    private synchronized void end(@Nullable KnitClientException why) {
        over = true;
        failure = why;
        notifyAll();
    }

    /** Whether nothing was there to read, or no server to ask, so that it is to be tried again. */
    synchronized boolean isVain() {
        return over && !read && failure != null && passes(failure);
    }

    private static boolean passes(KnitClientException e) {
        return e.kind() == KnitClientException.Kind.NOT_FOUND
                || e.kind() == KnitClientException.Kind.UNREACHABLE
                || e.problems().get(0).code().equals("closed");
    }

    /** Why not all is read; null: it is. */
    synchronized @Nullable String missed() {
        if (failure != null) {
            return failure.getMessage();
        }
        return over ? null : "no more lines came, and no end";
    }

    /**
     * Waits for its end.
     *
     * @param silence after so long without a line it is given up
     * @return whether it has ended
     */
    synchronized boolean await(Duration silence) throws InterruptedException {
        long from = System.nanoTime();
        while (!over) {
            long quiet = System.nanoTime() - Math.max(from, lastAtNanos);
            long left = (silence.toNanos() - quiet) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
