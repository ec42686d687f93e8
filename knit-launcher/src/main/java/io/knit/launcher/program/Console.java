package io.knit.launcher.program;

import java.io.PrintWriter;

/**
 * Where the launcher speaks.
 *
 * @param out for what was asked for: the ready line, help, the version
 * @param err for what went wrong
 */
public record Console(PrintWriter out, PrintWriter err) {
    void say(String line) {
        out.println(line);
        out.flush();
    }

    public void complain(String line) {
        err.println("knit: " + line);
        err.flush();
    }
}
