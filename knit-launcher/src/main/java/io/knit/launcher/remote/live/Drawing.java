package io.knit.launcher.remote.live;

import io.knit.launcher.remote.screen.Terminal;
import java.io.PrintWriter;
import java.util.List;

/** Some lines at the end of a screen, drawn over themselves. Thread-safe. */
final class Drawing {
    private static final String ESCAPE = "\033[";

    private final PrintWriter out;
    private final Terminal terminal;
    private int drawn;

    Drawing(PrintWriter out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Draws other lines in place of those that were drawn before; what does not fit the screen is counted. */
    synchronized void draw(List<String> lines) {
        int most = terminal.rows() - 1;
        StringBuilder text = new StringBuilder(back());
        int shown = lines.size() <= most ? lines.size() : most - 1;
        for (String line : lines.subList(0, shown)) {
            text.append(cut(line, terminal.columns())).append(ESCAPE).append("K\n");
        }
        drawn = shown;
        if (shown < lines.size()) {
            text.append("… and ")
                    .append(lines.size() - shown)
                    .append(" more lines")
                    .append(ESCAPE)
                    .append("K\n");
            drawn++;
        }
        out.print(text.append(ESCAPE).append('J'));
        out.flush();
    }

    /** Takes away what was drawn. */
    synchronized void clear() {
        if (drawn > 0) {
            out.print(back() + ESCAPE + "J");
            out.flush();
            drawn = 0;
        }
    }

    private String back() {
        return drawn == 0 ? "" : "\r" + ESCAPE + drawn + "A";
    }

    /** So many characters of a line, without counting its colours: a line that the screen breaks would be two when it is drawn over. */
    static String cut(String line, int columns) {
        StringBuilder kept = new StringBuilder(line.length());
        int count = 0;
        boolean coloured = false;
        for (int i = 0; i < line.length(); ) {
            int point = line.codePointAt(i);
            if (point == '\033') {
                int end = line.indexOf('m', i) + 1;
                kept.append(line, i, end);
                coloured = true;
                i = end;
                continue;
            }
            if (count++ < columns) {
                kept.appendCodePoint(point);
            }
            i += Character.charCount(point);
        }
        if (count <= columns) {
            return line;
        }
        return coloured ? kept.toString() : kept.substring(0, kept.offsetByCodePoints(0, columns - 1)) + "…";
    }
}
