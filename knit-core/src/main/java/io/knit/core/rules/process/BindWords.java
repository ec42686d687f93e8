package io.knit.core.rules.process;

import io.knit.api.model.VolumeSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A folder of the host in a container, in the words by which an agent allows it: {@code bind:/srv/data}, {@code bind:/srv/data:rw}. */
public final class BindWords {
    static final String BIND = "bind:";

    private static final String WRITABLE = ":rw";
    private static final int LONGEST = 4096;

    /** Who has one of them, or what it is in, has the host: each is allowed by its own word alone, and so is all that is in them. */
    private static final List<String> HOST = List.of(
            "/etc",
            "/proc",
            "/sys",
            "/dev",
            "/boot",
            "/run/docker.sock",
            "/var/run/docker.sock",
            "/run/containerd",
            "/var/run/containerd",
            "/var/lib/docker",
            "/var/lib/containerd",
            "/var/lib/knit");

    private BindWords() {}

    /** What is wrong with a path of the host, to be put after it; null: nothing. */
    static @Nullable String fault(String path) {
        if (!path.startsWith("/")) {
            return " is not absolute; start it with /";
        }
        if (path.equals("/")) {
            return null;
        }
        if (path.length() > LONGEST || path.chars().anyMatch(c -> Character.isISOControl(c) || c == ':' || c == ',')) {
            return " is too long, or has a colon, a comma or a control character; give another path";
        }
        for (String part : path.substring(1).split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return " has //, . or .. in it, or / at its end; write the path as it is without";
            }
        }
        return null;
    }

    /** What must be allowed for it. */
    static String need(VolumeSpec volume) {
        return word(volume.bind(), !volume.readOnly());
    }

    /** @param path without a fault */
    public static String word(String path, boolean writable) {
        return BIND + path + (writable ? WRITABLE : "");
    }

    static boolean isWord(String word) {
        return word.startsWith(BIND) && fault(path(word)) == null;
    }

    static boolean covers(String word, String need) {
        if (!word.startsWith(BIND) || !need.startsWith(BIND) || isWritable(need) && !isWritable(word)) {
            return false;
        }
        String wanted = path(need);
        String allowed = path(word);
        return wanted.equals(allowed) || !isTheHost(need) && isWithin(wanted, allowed) && !allowed.equals("/");
    }

    /** Whether it is allowed by its own word alone, not even by {@code all}. */
    static boolean isTheHost(String need) {
        if (!need.startsWith(BIND)) {
            return false;
        }
        String wanted = path(need);
        return HOST.stream().anyMatch(each -> isWithin(wanted, each) || isWithin(each, wanted));
    }

    private static boolean isWithin(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder.equals("/") ? folder : folder + "/");
    }

    private static boolean isWritable(String word) {
        return word.endsWith(WRITABLE);
    }

    private static String path(String word) {
        return word.substring(BIND.length(), word.length() - (isWritable(word) ? WRITABLE.length() : 0));
    }
}
