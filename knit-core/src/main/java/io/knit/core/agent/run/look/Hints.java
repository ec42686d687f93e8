package io.knit.core.agent.run.look;

import io.knit.api.spi.loop.Loop;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the engine's hints. What one was about need not be seen at the first look: an engine tells of an end and goes on to show the
 * container as running for up to 2 s, without another hint. So each is followed by a few looks, and then by none. Only on the
 * loop.
 */
public final class Hints {
    /** Between a hint and the looks after the first: most lags are short, and the last look comes after the longest. */
    private static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(250), Duration.ofMillis(750), Duration.ofMillis(1500));

    private final Loop loop;
    private final Runnable look;
    private Loop.@Nullable Timer next;

    public Hints(Loop loop, Runnable look) {
        this.loop = loop;
        this.look = look;
    }

    /** Looks now and a few times more; a newer hint begins anew. */
    public void heard() {
        look.run();
        follow(0);
    }

    private void follow(int step) {
        if (next != null) {
            next.cancel();
        }
        next = step == PAUSES.size()
                ? null
                : loop.after(PAUSES.get(step), () -> {
                    look.run();
                    follow(step + 1);
                });
    }
}
