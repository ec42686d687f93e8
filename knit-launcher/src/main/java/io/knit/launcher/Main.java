package io.knit.launcher;

import io.knit.launcher.program.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The {@code knit} program. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Console console = new Console(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        System.exit(new KnitCommand(console, System.getenv()).run(args));
    }
}
