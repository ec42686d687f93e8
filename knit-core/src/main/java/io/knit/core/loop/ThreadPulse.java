package io.knit.core.loop;

import io.knit.api.spi.loop.Loop;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A thread that does nothing but beat: where its beats are far apart, nothing ran in between. A loop that is busy does not keep it from beating.
 * Thread-safe.
 */
public final class ThreadPulse implements Pulse {
    private static final Duration BEAT = Duration.ofMillis(200);

    private final Loop loop;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread beating = new Thread(task, "knit-pulse");
        beating.setDaemon(true);
        return beating;
    });
    private Duration lastBeat;
    private Duration lastStandstill = Duration.ZERO;
    private Duration stoodStill = Duration.ZERO;

    public ThreadPulse(Loop loop) {
        this.loop = loop;
        this.lastBeat = loop.elapsed();
        thread.scheduleWithFixedDelay(this::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void beat() {
        Duration now = loop.elapsed();
        Duration since = now.minus(lastBeat);
        if (since.compareTo(LEAST) > 0) {
            lastStandstill = now;
            stoodStill = stoodStill.plus(since);
        }
        lastBeat = now;
    }

    /** Whoever asks first after a standstill is the first to notice it. */
    @Override
    public synchronized Duration lastStandstill() {
        if (!thread.isShutdown()) {
            beat();
        }
        return lastStandstill;
    }

    @Override
    public synchronized Duration stoodStill() {
        lastStandstill();
        return stoodStill;
    }

    public void close() {
        thread.shutdownNow();
    }
}
