package io.knit.api.spi.runtime;

import java.util.List;

/**
 * What to run in a container, or to join.
 *
 * @param command the program and its arguments, no shell's; empty: the container's own first process is joined
 * @param terminal whether the command gets a terminal, which has one output only; a first process has one or not already
 * @param input whether it is given what is written to it; else it has no input
 * @param columns of the terminal, 1–10000; 0: as the runtime has it
 * @param rows of the terminal, 1–10000; 0: as the runtime has it
 * @param early whether a first process is joined also where it has not begun yet, so that nothing of it is missed; what is written waits for it
 */
public record ShellRequest(
        List<String> command, boolean terminal, boolean input, int columns, int rows, boolean early) {
    /** What is there and runs. */
    public ShellRequest(List<String> command, boolean terminal, boolean input, int columns, int rows) {
        this(command, terminal, input, columns, rows, false);
    }

    public ShellRequest {
        command = List.copyOf(command);
        if (columns < 0 || columns > 10_000 || rows < 0 || rows > 10_000) {
            throw new IllegalArgumentException(
                    "a terminal of " + columns + " columns and " + rows + " rows; give 0 to 10000 of each");
        }
    }
}
