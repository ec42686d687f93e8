package io.knit.api.spi.runtime;

import io.vertx.core.Future;

/** A command that runs in a container, or its first process that was joined. Ends with the exit code, 0–255. */
public interface ShellSession extends Intake<Integer> {
    /** Succeeds when it was begun; fails as {@link #ended} does if it can't be. */
    Future<Void> begun();

    /**
     * Whether it gives a first process the one input that it has ({@link ContainerSpec#inputOnce}), so that what was written and not read yet is lost where it is
     * cancelled. Known once it was begun.
     */
    default boolean isOnlyInput() {
        return false;
    }

    /**
     * Has its terminal be of another size; nothing where it has none. On any thread; never blocks.
     *
     * @param columns 1–10000
     * @param rows 1–10000
     */
    void resize(int columns, int rows);
}
