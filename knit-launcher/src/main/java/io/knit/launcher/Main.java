package io.knit.launcher;

import io.knit.launcher.output.StandardOutput;
import io.knit.launcher.program.Console;
import java.util.Arrays;

/** The {@code knit} program. */
public final class Main {
    /** Bouncy Castle, with which agents sign, unpacks parts for this processor into the temporary folder, where they stay when the process is killed. */
    private static final String NATIVE_PARTS = "org.bouncycastle.native.cpu_variant";

    /** That may begin while they are counted. */
    private static final int MORE_THREADS = 16;

    private static final long MOST_TO_LET_GO_MILLIS = 100;

    private Main() {}

    public static void main(String[] args) {
        if (System.getProperty(NATIVE_PARTS) == null) {
            System.setProperty(NATIVE_PARTS, "java");
        }
        Console console = Console.of(StandardOutput.ofProcess());
        int code = new KnitCommand(console, System.getenv()).run(args);
        letGoOfSockets();
        System.exit(code);
    }

    /**
     * At its end the JVM waits up to 0.3 s for threads that are in the system's hands (HotSpot's {@code VM_Exit}), and that of the JDK's HTTP client is, as
     * long as it waits for its sockets; before Java 21 nothing else closes it. That is two fifths of what a command takes. It ends when it is interrupted.
     */
    private static void letGoOfSockets() {
        Thread[] threads = new Thread[Thread.activeCount() + MORE_THREADS];
        int count = Thread.enumerate(threads);
        for (Thread thread : Arrays.asList(threads).subList(0, count)) {
            if (thread.getName().matches("HttpClient-\\d+-SelectorManager")) {
                thread.interrupt();
                try {
                    thread.join(MOST_TO_LET_GO_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
