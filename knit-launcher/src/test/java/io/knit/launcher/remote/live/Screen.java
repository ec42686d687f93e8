package io.knit.launcher.remote.live;

import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/** What a person sees of what is written: knows only those moves of the cursor that are used. */
final class Screen extends Writer {
    private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    private final List<String> seen = new ArrayList<>();
    private int row;
    private int column;

    @Override
    public synchronized void write(char[] buffer, int from, int count) {
        String text = new String(buffer, from, count);
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            if (sign == '\033') {
                int end = i + 2;
                while (Character.isDigit(text.charAt(end))) {
                    end++;
                }
                move(text.substring(i + 2, end), text.charAt(end));
                i = end;
            } else if (sign == '\n') {
                row++;
                column = 0;
                if (row == lines.size()) {
                    lines.add(new StringBuilder());
                }
            } else if (sign == '\r') {
                column = 0;
            } else {
                StringBuilder line = lines.get(row);
                line.setLength(Math.max(line.length(), column + 1));
                line.setCharAt(column++, sign);
            }
        }
        seen.add(shown());
    }

    private void move(String number, char command) {
        switch (command) {
            case 'A' -> row -= Integer.parseInt(number);
            case 'K' -> lines.get(row).setLength(column);
            case 'J' -> {
                lines.get(row).setLength(column);
                lines.subList(row + 1, lines.size()).clear();
            }
            default -> throw new IllegalArgumentException("unknown: " + command);
        }
    }

    /** What stands there now. */
    synchronized String shown() {
        return String.join("\n", lines);
    }

    /** All that ever stood there. */
    synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
