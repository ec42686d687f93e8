package io.knit.plugin.docker.container;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a container ended, in words. */
final class ExitWords {
    static final int KILLED = 137;

    private static final Pattern STATUS = Pattern.compile("^Exited \\((-?\\d{1,9})\\)");
    private static final int SIGNAL_BASE = 128;
    private static final Map<Integer, String> SIGNALS = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(6, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(9, "SIGKILL"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(15, "SIGTERM"));

    /** What shells and the engine's init say; with an init, a missing program is no failed start but an early end. */
    private static final Map<Integer, String> CONVENTIONS =
            Map.of(126, "the command can't be run", 127, "the command was not found");

    private ExitWords() {}

    /** The code in a list's status: {@code Exited (1) 5 seconds ago}. */
    static OptionalInt code(String status) {
        Matcher matcher = STATUS.matcher(status);
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    static String of(int code, boolean outOfMemory) {
        return of(code, outOfMemory, List.of());
    }

    /** @param remarks what is known beside the code, instead of what it means by convention */
    static String of(int code, boolean outOfMemory, List<String> remarks) {
        if (outOfMemory) {
            return "killed, out of memory";
        }
        if (!remarks.isEmpty()) {
            return "exit code " + code + " (" + String.join("; ", remarks) + ")";
        }
        String shell = CONVENTIONS.get(code);
        if (shell != null) {
            return "exit code " + code + " (" + shell + ")";
        }
        String signal = SIGNALS.get(code - SIGNAL_BASE);
        return signal == null
                ? "exit code " + code
                : "killed by signal " + (code - SIGNAL_BASE) + " (" + signal + "), exit code " + code;
    }
}
