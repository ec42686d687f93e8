package io.knit.launcher.remote.ssh;

import java.util.List;

/** Why something was not done on another host, after it was tried. The message is what is the matter and, behind a semicolon, what to do. */
public final class NotDone extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exit;
    private final transient List<String> said;

    /**
     * @param exit the command's exit code
     * @param said what the host said last, line by line
     */
    public NotDone(int exit, String message, List<String> said) {
        super(message);
        this.exit = exit;
        this.said = List.copyOf(said);
    }

    public int exit() {
        return exit;
    }

    public List<String> said() {
        return said;
    }
}
