package io.knit.api.spi.runtime;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to run a command in a container. */
@FunctionalInterface
public interface ExecAbility {
    /**
     * Runs a command in a running container, as the container's user, and waits for its end.
     *
     * <p>Obligations: 1. never blocks; 2. a command that ended, however, succeeds with its code; 3. one that has not ended within the timeout fails
     * with {@code RUNTIME_REFUSED}, and is ended where the runtime can; 4. output beyond 4 KiB is dropped, and holds nothing up; 5. fails with
     * {@code RUNTIME_REFUSED} where the container does not run or has no such program; 6. fails with {@code RUNTIME_UNAVAILABLE} or {@code BUSY},
     * which say nothing of the container, where it was not begun or how it ended can't be known; the timeout is the command's own, so that what it
     * waits for its turn does not count.
     *
     * @param command the program and its arguments; no shell's
     */
    Future<ExecResult> exec(String containerId, List<String> command, Duration timeout);

    /**
     * As {@link #exec}, for a command that tells whether the container does its work. A runtime that lets commands wait for each other does this
     * apart from them, so that commands which take long hold up no checks.
     */
    default Future<ExecResult> check(String containerId, List<String> command, Duration timeout) {
        return exec(containerId, command, timeout);
    }
}
