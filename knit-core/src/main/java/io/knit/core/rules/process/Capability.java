package io.knit.core.rules.process;

import io.knit.core.rules.Nearest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rights of which Linux makes up root's, by name: capabilities(7). */
public final class Capability {
    public static final String ALL = "ALL";

    private static final String PREFIX = "CAP_";

    private static final List<String> NAMES = List.of(
            ALL,
            "AUDIT_CONTROL",
            "AUDIT_READ",
            "AUDIT_WRITE",
            "BLOCK_SUSPEND",
            "BPF",
            "CHECKPOINT_RESTORE",
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "IPC_LOCK",
            "IPC_OWNER",
            "KILL",
            "LEASE",
            "LINUX_IMMUTABLE",
            "MAC_ADMIN",
            "MAC_OVERRIDE",
            "MKNOD",
            "NET_ADMIN",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_RAW",
            "PERFMON",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYSLOG",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_CHROOT",
            "SYS_MODULE",
            "SYS_NICE",
            "SYS_PACCT",
            "SYS_PTRACE",
            "SYS_RAWIO",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "WAKE_ALARM");

    private Capability() {}

    /** The one spelling of it: {@code NET_ADMIN} for {@code CAP_NET_ADMIN}. */
    public static String bare(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }

    /** What is wrong with a name, to be put after it; null: nothing. */
    public static @Nullable String fault(String name) {
        if (NAMES.contains(bare(name))) {
            return null;
        }
        String bare = bare(name.toUpperCase(Locale.ROOT));
        return Nearest.to(bare, NAMES, 1)
                .map(nearest -> " is no capability; did you mean \"" + nearest + "\"?")
                .orElse(" is no capability; give one of capabilities(7), such as \"NET_RAW\", or \"ALL\"");
    }
}
