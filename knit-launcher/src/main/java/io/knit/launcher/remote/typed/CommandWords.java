package io.knit.launcher.remote.typed;

import java.util.List;

/** The words of a command that is to run in a container. */
public final class CommandWords {
    private static final String PARTS = "--";

    private CommandWords() {}

    /** Without a {@code --} that parts them from what stands before, which who comes from kubectl types. */
    public static List<String> of(List<String> typed) {
        return typed.size() > 1 && typed.get(0).equals(PARTS) ? typed.subList(1, typed.size()) : typed;
    }
}
