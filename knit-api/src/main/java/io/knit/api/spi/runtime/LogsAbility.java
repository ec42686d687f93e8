package io.knit.api.spi.runtime;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to give what a container wrote. */
@FunctionalInterface
public interface LogsAbility {
    /**
     * Gives the lines that a container wrote to stdout and stderr, in the order in which they were kept, also of one that has ended.
     *
     * <p>Obligations: 1. never blocks; 2. one line at a time, the next one when the reader's future has succeeded, so that a slow reader
     * costs no memory; 3. ends with the last line that is there, or, where the query follows, with the container; 4. after
     * {@link Ongoing#cancel}, or when the reader's future fails, no line is given and what it took is free; 5. fails with
     * {@code RUNTIME_REFUSED} where there is no such container, or its output is not kept where it can be read.
     */
    Ongoing<Void> logs(String containerId, LogQuery query, LogReader reader);
}
