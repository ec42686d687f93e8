package io.knit.launcher.yaml;

/** A text can't be read. The message is what is the matter; whose text it is goes before. */
public final class NoYaml extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    NoYaml(int line, int column, String words) {
        super(words);
        this.line = line;
        this.column = column;
    }

    /** From 1; 0: it is the matter with all of it. */
    public int line() {
        return line;
    }

    /** To stand behind a name: {@code , line 3, column 1: …}. */
    public String behind() {
        return (line == 0 ? "" : ", line " + line + ", column " + column) + ": " + getMessage();
    }
}
