package io.knit.launcher.remote.live;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows events on a thread of its own, and has another wait for them: however many come meanwhile, they are one reason to look again. */
public final class Follower implements AutoCloseable {
    private static final long AGAIN_MILLIS = 1_000;

    private final KnitClient knit;
    private final @Nullable String deployment;
    private final Thread reading;
    private final List<JsonNode> events = new ArrayList<>();
    private boolean moved;
    private boolean closed;
    private String away = "";
    private boolean tried;

    /**
     * What came of waiting.
     *
     * @param moved whether something may be other than when it was last looked at
     * @param events since then, in their order
     * @param away why nothing is heard; empty: it is
     */
    public record News(boolean moved, List<JsonNode> events, String away) {}

    /** @param deployment null: of everything */
    public Follower(KnitClient knit, @Nullable String deployment) {
        this.knit = knit;
        this.deployment = deployment;
        this.reading = new Thread(this::read, "events");
        reading.setDaemon(true);
    }

    public Follower start() {
        reading.start();
        return this;
    }

    /** Waits until the server listens, or does not answer, or as long: what happens from then on is heard. */
    public synchronized void awaitOpen(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        for (long left = most.toMillis(); !tried && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /** Waits for news, or as long; what was heard before counts. */
    public synchronized News await(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (!moved && !closed) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        News news = new News(moved, List.copyOf(events), away);
        moved = false;
        events.clear();
        return news;
    }

    private void read() {
        while (!isClosed()) {
            try {
                knit.events(deployment, null, () -> heard(null), this::heard);
                lost("the server ended the stream of events");
            } catch (KnitClientException e) {
                lost(String.valueOf(e.getMessage()));
            }
            pause();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void heard(@Nullable JsonNode event) {
        if (event != null) {
            events.add(event);
        }
        away = "";
        tried = true;
        moved = true;
        notifyAll();
    }

    private synchronized void lost(String why) {
        away = why;
        tried = true;
        moved = true;
        notifyAll();
    }

    private synchronized void pause() {
        try {
            long end = System.nanoTime() + AGAIN_MILLIS * 1_000_000;
            for (long left = AGAIN_MILLIS; !closed && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        reading.interrupt();
    }
}
