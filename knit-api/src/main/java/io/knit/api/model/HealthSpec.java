package io.knit.api.model;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one finds out whether an instance does its work. At most one of {@code http}, {@code tcp}, {@code exec}; with none the image's own
 * {@code HEALTHCHECK} counts, if it has one.
 *
 * @param http a request to it, or null
 * @param tcp a connection to it, or null
 * @param exec a command in the container that must end with 0; empty: none
 * @param disabled nothing is checked, whatever the image says
 * @param interval between two checks
 * @param timeout until a check without an answer has failed
 * @param retries after so many failures in a row it is unhealthy; 1 or more
 * @param grace after the start failures do not count for so long, or until the first success
 */
public record HealthSpec(
        @Nullable HttpCheck http,
        @Nullable TcpCheck tcp,
        List<String> exec,
        boolean disabled,
        Duration interval,
        Duration timeout,
        int retries,
        Duration grace) {
    /** What a spec has that says nothing of it: the image's own check, if it has one. */
    public static final HealthSpec IMAGE = new HealthSpec(
            null, null, List.of(), false, Duration.ofSeconds(10), Duration.ofSeconds(2), 3, Duration.ofSeconds(10));

    /** Nothing is checked. */
    public static final HealthSpec DISABLED =
            new HealthSpec(null, null, List.of(), true, IMAGE.interval, IMAGE.timeout, IMAGE.retries, IMAGE.grace);

    public HealthSpec {
        exec = List.copyOf(exec);
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(grace, "grace");
    }

    /** A request that must be answered with a status of its range. */
    public static HealthSpec of(HttpCheck http) {
        return of(Objects.requireNonNull(http, "http"), null, List.of());
    }

    /** A connection that must come about. */
    public static HealthSpec of(TcpCheck tcp) {
        return of(null, Objects.requireNonNull(tcp, "tcp"), List.of());
    }

    /** A command in the container that must end with 0. */
    public static HealthSpec of(List<String> command) {
        return of(null, null, command);
    }

    private static HealthSpec of(@Nullable HttpCheck http, @Nullable TcpCheck tcp, List<String> exec) {
        return new HealthSpec(http, tcp, exec, false, IMAGE.interval, IMAGE.timeout, IMAGE.retries, IMAGE.grace);
    }

    /** The same with other times. */
    public HealthSpec timed(Duration interval, Duration timeout, int retries, Duration grace) {
        return new HealthSpec(http, tcp, exec, disabled, interval, timeout, retries, grace);
    }

    /** Whether Knit checks it, and not the engine by what the image says. */
    public boolean isOwn() {
        return !disabled && (http != null || tcp != null || !exec.isEmpty());
    }

    /** Whether the image's own check counts. */
    public boolean isImages() {
        return !disabled && !isOwn();
    }
}
