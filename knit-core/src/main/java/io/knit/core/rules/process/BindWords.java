package io.knit.core.rules.process;

import io.knit.api.model.VolumeSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A folder of the host in a container, in the words by which an agent allows it: {@code bind:/srv/data}, {@code bind:/srv/data:rw}; where what the container mounts in it is its host's, too, {@code shared:/srv/data} besides. */
public final class BindWords {
    private static final String BIND = "bind:";
    private static final String SHARED = "shared:";
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

    /**
     * What must be allowed for it.
     *
     * @param path where it is: its own, or where a link leads; without a fault
     */
    public static List<String> needs(VolumeSpec volume, String path) {
        String word = BIND + path + (volume.readOnly() ? "" : WRITABLE);
        // who may mount does so in a folder that he can't write to, too
        return volume.propagation().endsWith("shared") ? List.of(word, SHARED + path) : List.of(word);
    }

    static boolean isWord(String word) {
        return isOfFolder(word) && fault(path(word)) == null;
    }

    private static boolean isOfFolder(String word) {
        return word.startsWith(BIND) || word.startsWith(SHARED);
    }

    static boolean covers(String word, String need) {
        boolean alike = isOfFolder(word) && isOfFolder(need) && word.startsWith(BIND) == need.startsWith(BIND);
        if (!alike || isWritable(need) && !isWritable(word)) {
            return false;
        }
        String wanted = path(need);
        String allowed = path(word);
        return wanted.equals(allowed) || !isTheHost(need) && isWithin(wanted, allowed) && !allowed.equals("/");
    }

    /** Whether it is allowed by its own word alone, not even by {@code all}. */
    static boolean isTheHost(String need) {
        if (!isOfFolder(need)) {
            return false;
        }
        String wanted = path(need);
        return HOST.stream().anyMatch(each -> isWithin(wanted, each) || isWithin(each, wanted));
    }

    private static boolean isWithin(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder.equals("/") ? folder : folder + "/");
    }

    private static boolean isWritable(String word) {
        return word.startsWith(BIND) && word.endsWith(WRITABLE);
    }

    private static String path(String word) {
        return word.substring(word.indexOf(':') + 1, word.length() - (isWritable(word) ? WRITABLE.length() : 0));
    }
}
