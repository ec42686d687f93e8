package io.knit.launcher.remote.ssh;

import java.util.regex.Pattern;

/**
 * Whom {@code ssh} connects to: never what it could take for an option.
 *
 * @param text as it was typed, {@code [user@]host}; the host is a name, one of the user's ssh configuration too, or an address
 */
public record SshTarget(String text) {
    private static final Pattern SHAPE = Pattern.compile("([A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}@)?"
            + "([A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|[0-9A-Fa-f:]{2,39}(%[A-Za-z0-9_.-]{1,15})?)");

    /** @throws IllegalArgumentException if it is neither */
    public static SshTarget of(String typed) {
        if (!SHAPE.matcher(typed).matches()) {
            throw new IllegalArgumentException(
                    "HOST is a name or an address, perhaps with a user before it: root@10.54.0.17; a port is given with --ssh-port");
        }
        return new SshTarget(typed);
    }

    /** Without the user. */
    public String host() {
        return text.substring(text.indexOf('@') + 1);
    }

    @Override
    public String toString() {
        return text;
    }
}
