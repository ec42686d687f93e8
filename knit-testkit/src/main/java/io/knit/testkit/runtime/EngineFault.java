package io.knit.testkit.runtime;

import java.time.Duration;
import java.util.Objects;

/**
 * How one call to a {@link FakeEngine} goes.
 *
 * @param delay until the engine does it (or does not)
 */
public record EngineFault(Kind kind, Duration delay) {
    /** It goes well, at once. */
    public static final EngineFault NONE = new EngineFault(Kind.NONE, Duration.ZERO);

    public EngineFault {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(delay, "delay");
    }

    /** What goes wrong. */
    public enum Kind {
        /** Nothing. */
        NONE,
        /** It fails with {@code RUNTIME_REFUSED} and nothing was done. */
        FAIL,
        /** It fails with {@code BUSY} and nothing was done. */
        BUSY,
        /** It fails with {@code RUNTIME_REFUSED} though it was done; a removal has only stopped the container. */
        FAIL_LATE,
        /** It is never done, and the caller's deadline ends it. */
        HANG,
        /** It is done, but the answer never comes and the caller's deadline ends it. */
        HANG_LATE
    }
}
