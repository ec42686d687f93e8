package io.knit.core.template.parse;

/**
 * A place in a text.
 *
 * @param line from 1
 * @param column from 1; 0 if only the line is known
 */
record Position(int line, int column) {
    static Position at(String text, int offset) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < Math.min(offset, text.length()); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new Position(line, Math.max(0, Math.min(offset, text.length()) - lineStart) + 1);
    }

    static Position endOf(String text) {
        return at(text, text.stripTrailing().length());
    }

    /** Where the line begins; the text's end if it has fewer lines. */
    static int lineStart(String text, int line) {
        int start = 0;
        for (int n = 1; n < line; n++) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                return text.length();
            }
            start = end + 1;
        }
        return start;
    }

    static int lineEnd(String text, int line) {
        int end = text.indexOf('\n', lineStart(text, line));
        return end < 0 ? text.length() : end;
    }

    @Override
    public String toString() {
        return column == 0 ? "line " + line : "line " + line + ", column " + column;
    }
}
