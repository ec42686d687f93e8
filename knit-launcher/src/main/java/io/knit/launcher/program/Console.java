package io.knit.launcher.program;

import java.io.PrintWriter;

/**
 * Where the launcher speaks.
 *
 * @param out for what was asked for: the ready line, help, the version
 * @param err for what went wrong
 * @param ofProcess whether these are the streams that the process was started with, behind which a screen may be
 */
public record Console(PrintWriter out, PrintWriter err, boolean ofProcess) {
    /** Not the process's own streams: what is printed goes to no screen. */
    public Console(PrintWriter out, PrintWriter err) {
        this(out, err, false);
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    public void complain(String line) {
        err.println("knit: " + line);
        err.flush();
    }
}
