package io.knit.client;

import org.jspecify.annotations.Nullable;

/**
 * How to run a command in an instance.
 *
 * @param terminal whether it gets a terminal, with one output for all that it writes
 * @param input whether it is given what is written to it
 * @param columns of the terminal, 1–9999; 0: as the container engine has it
 * @param rows of the terminal, 1–9999; 0: as the container engine has it
 * @param part in which sidecar or init container a command runs; null: in the main container, as always where its own process is joined
 * @param early of a process that is joined: also before it has begun, or has a container, so that nothing it writes is missed; what is written waits for it
 */
public record ShellTerms(
        boolean terminal,
        boolean input,
        int columns,
        int rows,
        @Nullable String part,
        boolean early) {
    /** What runs already. */
    public ShellTerms(boolean terminal, boolean input, int columns, int rows, @Nullable String part) {
        this(terminal, input, columns, rows, part, false);
    }

    /** In the main container. */
    public ShellTerms(boolean terminal, boolean input, int columns, int rows) {
        this(terminal, input, columns, rows, null);
    }

    /** Neither a terminal nor input. */
    public static ShellTerms plain() {
        return new ShellTerms(false, false, 0, 0);
    }

    /** The same, with input. */
    public ShellTerms withInput() {
        return new ShellTerms(terminal, true, columns, rows, part, early);
    }

    /** The same, before it has begun. */
    public ShellTerms asEarlyAsCanBe() {
        return new ShellTerms(terminal, input, columns, rows, part, true);
    }

    /** The same, in that sidecar; null: in the main container. */
    public ShellTerms inside(@Nullable String container) {
        return new ShellTerms(terminal, input, columns, rows, container, early);
    }
}
