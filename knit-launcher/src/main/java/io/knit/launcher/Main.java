package io.knit.launcher;

import io.knit.launcher.program.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The {@code knit} program. */
public final class Main {
    /** Bouncy Castle, with which agents sign, unpacks parts for this processor into the temporary folder, where they stay when the process is killed. */
    private static final String NATIVE_PARTS = "org.bouncycastle.native.cpu_variant";

    private Main() {}

    public static void main(String[] args) {
        if (System.getProperty(NATIVE_PARTS) == null) {
            System.setProperty(NATIVE_PARTS, "java");
        }
        Console console = new Console(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                true);
        System.exit(new KnitCommand(console, System.getenv()).run(args));
    }
}
