package io.knit.launcher.remote.show;

import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.screen.Tone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under a head, each column as wide as its widest cell; the last one is not filled up. Where a screen is too narrow for it, the last column – words, which
 * have no head – stands below its row, and then the widest columns are shortened. Where not even that fits, each row has a line for each column.
 */
public final class TextTable {
    private static final int GAP = 2;
    private static final int SHORTEST = 8;
    private static final String BELOW = "  ";

    private final List<List<Cell>> rows = new ArrayList<>();

    private record Cell(String text, Tone tone) {
        int length() {
            return TextTable.length(text);
        }
    }

    public TextTable(String... head) {
        rows.add(Arrays.stream(head).map(word -> new Cell(word, Tone.FAINT)).toList());
    }

    public TextTable row(Object... cells) {
        rows.add(Arrays.stream(cells)
                .map(cell -> cell instanceof Cell made ? made : new Cell(shown(String.valueOf(cell)), Tone.PLAIN))
                .toList());
        return this;
    }

    /** A cell that is coloured by what it says, where colours are welcome. */
    public static Object status(String text) {
        return new Cell(shown(text), Tone.of(text));
    }

    /** As wide as it is. */
    public List<String> lines() {
        return lines(Terminal.NONE);
    }

    /** As wide as the screen at most. */
    public List<String> lines(Terminal terminal) {
        int[] widths = widths();
        int last = widths.length - 1;
        int filled = Arrays.stream(widths, 0, last).map(width -> width + GAP).sum();
        if (filled + widths[last] <= terminal.columns()) {
            return rows.stream().map(row -> line(row, widths, last, terminal)).toList();
        }
        boolean words = rows.get(0).get(last).text().isEmpty();
        int columns = words ? last - 1 : last;
        if (!shorten(widths, columns, terminal.columns())) {
            return blocks(columns, words, terminal);
        }
        List<String> lines = new ArrayList<>();
        for (List<Cell> row : rows) {
            lines.add(line(row, widths, columns, terminal));
            if (words && row.get(last).length() > 0) {
                wrapped(row.get(last).text(), terminal.columns() - BELOW.length())
                        .forEach(part -> lines.add(BELOW + part));
            }
        }
        return lines;
    }

    private int[] widths() {
        int[] widths = new int[rows.get(0).size()];
        for (List<Cell> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }

    /** A line for each column, behind its head; none where there is no row. */
    private List<String> blocks(int last, boolean words, Terminal terminal) {
        List<Cell> head = rows.get(0);
        int heads =
                head.subList(0, last + 1).stream().mapToInt(Cell::length).max().orElse(0) + GAP;
        int room = Math.max(SHORTEST, terminal.columns() - heads);
        List<String> lines = new ArrayList<>();
        for (List<Cell> row : rows.subList(1, rows.size())) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            for (int i = 0; i <= last; i++) {
                String name = head.get(i).text();
                lines.add(terminal.toned(name, Tone.FAINT)
                        + " ".repeat(heads - length(name))
                        + terminal.toned(
                                shortened(row.get(i).text(), room), row.get(i).tone()));
            }
            if (words && row.get(last + 1).length() > 0) {
                wrapped(row.get(last + 1).text(), terminal.columns() - BELOW.length())
                        .forEach(part -> lines.add(BELOW + part));
            }
        }
        return lines;
    }

    /** Takes from the widest until all fit, which is told, or none has anything to spare. */
    private static boolean shorten(int[] widths, int last, int columns) {
        while (true) {
            int widest = 0;
            int sum = last * GAP;
            for (int i = 0; i <= last; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
                sum += widths[i];
            }
            if (sum <= columns) {
                return true;
            }
            if (widths[widest] <= SHORTEST) {
                return false;
            }
            widths[widest]--;
        }
    }

    private static String line(List<Cell> row, int[] widths, int last, Terminal terminal) {
        StringBuilder line = new StringBuilder();
        int gap = 0;
        for (int i = 0; i <= last; i++) {
            String text = shortened(row.get(i).text(), widths[i]);
            if (!text.isEmpty()) {
                line.append(" ".repeat(gap))
                        .append(terminal.toned(text, row.get(i).tone()));
                gap = 0;
            }
            gap += widths[i] - length(text) + GAP;
        }
        return line.toString();
    }

    /** In the middle: names that begin alike differ at their ends, and an image's tag is there. */
    private static String shortened(String text, int width) {
        int length = length(text);
        if (length <= width) {
            return text;
        }
        int begin = text.offsetByCodePoints(0, (width - 1) / 2);
        int end = text.offsetByCodePoints(0, length - width / 2);
        return text.substring(0, begin) + "…" + text.substring(end);
    }

    /** Between its words, and within one that is longer than a line. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text.strip();
        while (length(rest) > width) {
            int most = rest.offsetByCodePoints(0, width);
            int space = rest.lastIndexOf(' ', most);
            int end = space > 0 ? space : most;
            lines.add(rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    /** What came from elsewhere moves no cursor and begins no line. */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> Character.isISOControl(point)
                                || Character.getType(point) == Character.FORMAT
                                || Character.getType(point) == Character.LINE_SEPARATOR
                        ? ' '
                        : point)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
