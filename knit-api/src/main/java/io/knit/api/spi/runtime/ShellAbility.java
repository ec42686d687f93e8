package io.knit.api.spi.runtime;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to let somebody talk to a process in a container. */
@FunctionalInterface
public interface ShellAbility {
    /**
     * Runs a command in a running container, as the container's user, or joins its first process.
     *
     * <p>Obligations: 1. never blocks; 2. each output's bytes come in order, and each reader is waited for, so that a slow one costs no
     * memory; 3. it ends when all output was taken and the command has ended, however; the first process that was joined goes on
     * without who joined it; 4. after {@link Ongoing#cancel}, or when a reader's future fails, no bytes are given, what it took is
     * free, and the command is ended where the runtime can; 5. fails with {@code RUNTIME_REFUSED} where there is no such container or it
     * does not run, or where a first process whose input is not open is to be given some; 6. the end of what a first process is given is the end of
     * what it reads where its container says so ({@link ContainerSpec#inputOnce}), else it waits for who joins it next;
     * 7. such a container's first process is given input by one alone: who joins it with input after that is refused with {@code IN_USE}, and the leaving of that
     * one, also before the process has begun, is the end of what it reads.
     *
     * @param error for what it writes to stderr; with a terminal nothing
     */
    ShellSession shell(String containerId, ShellRequest request, ByteReader output, ByteReader error);
}
