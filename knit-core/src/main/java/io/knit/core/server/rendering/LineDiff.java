package io.knit.core.server.rendering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Where two texts differ, line by line. What is too much to compare is taken for another as a whole. */
final class LineDiff {
    private static final int CONTEXT = 3;
    private static final int MOST_PAIRS = 4_000_000;
    private static final String NO_BREAK = "\\ No newline at end of file\n";

    private final List<String> before;
    private final List<String> after;
    /** Of the lines before, and of those after: which stand in both. */
    private final BitSet kept = new BitSet();

    private final BitSet found = new BitSet();

    private LineDiff(List<String> before, List<String> after) {
        this.before = before;
        this.after = after;
    }

    /** Each with its line break. */
    static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split("(?<=\n)"));
    }

    /** The lines of the first, by their numbers from 0, that the second has in the same order. */
    static BitSet common(List<String> before, List<String> after) {
        LineDiff diff = new LineDiff(before, after);
        diff.match();
        return diff.kept;
    }

    /**
     * As {@code diff -u} writes it.
     *
     * @param from name of what was before
     * @return empty if both are the same
     */
    static String unified(String from, String to, String before, String after) {
        if (before.equals(after)) {
            return "";
        }
        LineDiff diff = new LineDiff(lines(before), lines(after));
        diff.match();
        return "--- " + from + "\n+++ " + to + "\n" + diff.hunks();
    }

    private void match() {
        int begin = 0;
        int same = Math.min(before.size(), after.size());
        while (begin < same && before.get(begin).equals(after.get(begin))) {
            pair(begin, begin);
            begin++;
        }
        int end = 0;
        while (end < same - begin && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
            end++;
            pair(before.size() - end, after.size() - end);
        }
        between(begin, before.size() - end, after.size() - end);
    }

    private void pair(int old, int next) {
        kept.set(old);
        found.set(next);
    }

    /** The longest that both have, from the same line on. */
    private void between(int begin, int oldEnd, int nextEnd) {
        int rows = oldEnd - begin;
        int columns = nextEnd - begin;
        if ((long) rows * columns > MOST_PAIRS) {
            return;
        }
        int[][] longest = new int[rows + 1][columns + 1];
        for (int i = rows - 1; i >= 0; i--) {
            for (int j = columns - 1; j >= 0; j--) {
                longest[i][j] = before.get(begin + i).equals(after.get(begin + j))
                        ? longest[i + 1][j + 1] + 1
                        : Math.max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < rows && j < columns) {
            if (before.get(begin + i).equals(after.get(begin + j))) {
                pair(begin + i++, begin + j++);
            } else if (longest[i + 1][j] >= longest[i][j + 1]) {
                i++;
            } else {
                j++;
            }
        }
    }

    /** A line of the script, and where it stands in both. */
    private record Edit(char sign, String line, int old, int next) {}

    private List<Edit> script() {
        List<Edit> script = new ArrayList<>();
        int old = 0;
        int next = 0;
        while (old < before.size() || next < after.size()) {
            if (old < before.size() && !kept.get(old)) {
                script.add(new Edit('-', before.get(old), old++, next));
            } else if (next < after.size() && !found.get(next)) {
                script.add(new Edit('+', after.get(next), old, next++));
            } else {
                script.add(new Edit(' ', before.get(old), old++, next++));
            }
        }
        return script;
    }

    private String hunks() {
        List<Edit> script = script();
        BitSet shown = new BitSet();
        for (int i = 0; i < script.size(); i++) {
            if (script.get(i).sign() != ' ') {
                shown.set(Math.max(0, i - CONTEXT), Math.min(script.size(), i + CONTEXT + 1));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int begin = shown.nextSetBit(0); begin >= 0; ) {
            int end = shown.nextClearBit(begin);
            hunk(script.subList(begin, end), text);
            begin = shown.nextSetBit(end);
        }
        return text.toString();
    }

    private static void hunk(List<Edit> edits, StringBuilder text) {
        long olds = edits.stream().filter(it -> it.sign() != '+').count();
        long news = edits.stream().filter(it -> it.sign() != '-').count();
        text.append("@@ -")
                .append(range(edits.get(0).old(), olds))
                .append(" +")
                .append(range(edits.get(0).next(), news))
                .append(" @@\n");
        for (Edit edit : edits) {
            text.append(edit.sign()).append(edit.line());
            if (!edit.line().endsWith("\n")) {
                text.append('\n').append(NO_BREAK);
            }
        }
    }

    /** Of no lines the line before is named. */
    private static String range(int begin, long length) {
        int first = length == 0 ? begin : begin + 1;
        return length == 1 ? Integer.toString(first) : first + "," + length;
    }
}
