package io.knit.launcher.remote.show;

import java.util.ArrayList;
import java.util.List;

/** What went wrong, in two lines: what, and what to do about it. */
public final class Faults {
    private Faults() {}

    /**
     * The lines of a fault.
     *
     * @param words what is the matter and, behind the last semicolon, what to do
     * @param otherwise what to do where the words do not say it; empty: nothing can be said
     */
    public static List<String> lines(String words, String otherwise) {
        int end = words.lastIndexOf("; ");
        List<String> lines = new ArrayList<>();
        lines.add(TextTable.shown(end < 0 ? words : words.substring(0, end)));
        String todo = end < 0 ? otherwise : words.substring(end + 2);
        if (!todo.isEmpty()) {
            lines.add(TextTable.shown(todo));
        }
        return lines;
    }
}
