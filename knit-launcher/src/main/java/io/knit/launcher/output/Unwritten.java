package io.knit.launcher.output;

import java.io.PrintWriter;

/** Ends a command whose output nobody takes any more; why not, {@link StandardOutput#failure} says. */
public final class Unwritten extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Unwritten() {
        super("the standard output could not be written", null, false, false);
    }

    /**
     * Writes out what is left of what was printed.
     *
     * @throws Unwritten if it could not be, or what was before it
     */
    public static void require(PrintWriter out) {
        if (out.checkError()) {
            throw new Unwritten();
        }
    }
}
