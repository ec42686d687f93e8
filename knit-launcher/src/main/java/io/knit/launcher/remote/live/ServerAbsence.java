package io.knit.launcher.remote.live;

import io.knit.client.KnitClientException;
import io.knit.client.KnitClientException.Kind;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server's absence, which whoever waits for what goes on without it bears for a while. Not thread-safe. */
public final class ServerAbsence {
    /** So long a server may be away, as for its restart. */
    private static final Duration MOST = Duration.ofSeconds(30);

    private final Duration most;
    private @Nullable Long sinceNanos;

    public ServerAbsence() {
        this(MOST);
    }

    /** @param most since the first look that failed */
    ServerAbsence(Duration most) {
        this.most = most;
    }

    /**
     * Looks.
     *
     * @param before what was seen last, which counts while the server is away
     * @throws KnitClientException if it is away for too long, or says that something else is the matter
     */
    public <T extends @Nullable Object> T look(Supplier<? extends T> look, T before) {
        try {
            T seen = look.get();
            sinceNanos = null;
            return seen;
        } catch (KnitClientException e) {
            if (e.kind() != Kind.UNREACHABLE && e.kind() != Kind.TIMED_OUT) {
                throw e;
            }
            long now = System.nanoTime();
            Long since = sinceNanos;
            if (since == null) {
                sinceNanos = now;
            } else if (now - since > most.toNanos()) {
                throw e;
            }
            return before;
        }
    }
}
