package io.knit.core.rules;

import io.knit.core.template.WholeText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in a container a file may be mounted. The engine takes more, and fails at start. */
public final class DestinationRules {
    private static final int MAX_PATH = 4096;
    private static final int MAX_NAME = 255;
    private static final List<String> KERNELS = List.of("/proc", "/sys", "/dev");

    private DestinationRules() {}

    /** What is wrong with it and what to do; null if nothing is. */
    public static @Nullable String fault(String path) {
        return fault(path, KERNELS);
    }

    /** Of a folder of the host, such as its {@code /sys} for who watches it: engines refuse {@code /proc} alone. */
    public static @Nullable String boundFault(String path) {
        return fault(path, List.of("/proc"));
    }

    private static @Nullable String fault(String path, List<String> kernelOnes) {
        if (!path.startsWith("/")) {
            return "is not absolute; start it with /";
        }
        if (path.equals("/")) {
            return "is the root; give the path of a file";
        }
        if (path.length() > MAX_PATH) {
            return "is longer than " + MAX_PATH + " characters; shorten it";
        }
        if (path.chars().anyMatch(Character::isISOControl)) {
            return "has control characters; remove them";
        }
        String unwritable = WholeText.fault(path);
        if (unwritable != null) {
            return unwritable;
        }
        if (path.endsWith("/")) {
            return "ends with /; give the path of a file";
        }
        for (String part : path.substring(1).split("/", -1)) {
            if (part.isEmpty()) {
                return "has // in it; write one /";
            }
            if (part.equals("..") || part.equals(".")) {
                return "has " + part + " in it; write the path as it is without";
            }
            if (part.length() > MAX_NAME) {
                return "has a name of more than " + MAX_NAME + " characters; shorten it";
            }
        }
        for (String kernels : kernelOnes) {
            if (path.equals(kernels) || path.startsWith(kernels + "/")) {
                return "lies in " + kernels + ", which is the kernel's; choose another place";
            }
        }
        return null;
    }
}
