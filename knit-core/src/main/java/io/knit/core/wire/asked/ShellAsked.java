package io.knit.core.wire.asked;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to run in a container, or that its own process is to be joined.
 *
 * @param command the program and its arguments; empty: it is joined
 * @param terminal whether it gets a terminal
 * @param input whether it is given what comes
 * @param columns of the terminal; 0: as the runtime has it
 * @param rows of the terminal; 0: as the runtime has it
 * @param part in which container beside the main one, or before it, by its name in the spec; only for agents with the feature {@code part_streams}. Null: in the main one
 * @param early whether a process that has not begun yet, or has no container yet, is joined as soon as it is there, before it writes anything; only for agents with the feature {@code stdin}
 */
public record ShellAsked(
        List<String> command,
        boolean terminal,
        boolean input,
        int columns,
        int rows,
        @Nullable String part,
        boolean early) {
    /** Of {@code DATA} from the server: what the command reads. */
    public static final int INPUT = 0;

    /** Of {@code DATA} from the agent. One that is empty, the first, says that the command was begun. */
    public static final int OUTPUT = 1;

    /** Of {@code DATA} from the agent. */
    public static final int ERROR = 2;

    /** Of {@code DATA} from the agent, of a process that was joined with input: {@link #JOINED} or {@link #TAKEN}, in ASCII. */
    public static final int GIVEN = 5;

    /** On {@link #GIVEN}: what comes is given to it from now on; where it is given once, to nobody else any more. */
    public static final String JOINED = "joined";

    /** On {@link #GIVEN}: all that came, to its end, was passed on to the runtime. */
    public static final String TAKEN = "taken";

    /** Of {@code DATA} from the server: a {@link TerminalSize}. */
    public static final int RESIZE = 4;

    /** Of the main container. */
    public ShellAsked(List<String> command, boolean terminal, boolean input, int columns, int rows) {
        this(command, terminal, input, columns, rows, null);
    }

    /** Of what runs. */
    public ShellAsked(
            List<String> command, boolean terminal, boolean input, int columns, int rows, @Nullable String part) {
        this(command, terminal, input, columns, rows, part, false);
    }

    public ShellAsked {
        command = List.copyOf(command);
    }
}
