package io.knit.core.rules;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** IP literals, read without ever asking a name server. */
public final class IpAddress {
    private static final Pattern V4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");

    private IpAddress() {}

    /** One spelling per address, so that two of them can be compared; null if it is none. */
    public static @Nullable String canonical(String text) {
        if (V4.matcher(text).matches()) {
            return text;
        }
        int[] groups = text.contains(":") && text.length() <= 45 ? v6(text) : null;
        if (groups == null) {
            return null;
        }
        StringBuilder canonical = new StringBuilder();
        for (int group : groups) {
            canonical.append(canonical.length() == 0 ? "" : ":").append(Integer.toHexString(group));
        }
        return canonical.toString();
    }

    /** Whether both are one address, however they are spelled; two that are none are the same if their texts are. */
    public static boolean same(@Nullable String one, @Nullable String other) {
        return one != null && other != null && spelled(one).equals(spelled(other));
    }

    /** In its one spelling; what is no address stays as it is. */
    public static String spelled(String text) {
        String canonical = canonical(text);
        return canonical == null ? text : canonical;
    }

    private static int @Nullable [] v6(String text) {
        String address = expandV4(text);
        if (address == null) {
            return null;
        }
        int gap = address.indexOf("::");
        if (gap < 0) {
            int[] all = groups(address);
            return all != null && all.length == 8 ? all : null;
        }
        int[] left = groups(address.substring(0, gap));
        int[] right = groups(address.substring(gap + 2));
        if (left == null || right == null || left.length + right.length > 7) {
            return null;
        }
        int[] all = new int[8];
        System.arraycopy(left, 0, all, 0, left.length);
        System.arraycopy(right, 0, all, 8 - right.length, right.length);
        return all;
    }

    /** {@code ::ffff:10.0.0.1} with its last part as two groups. */
    private static @Nullable String expandV4(String text) {
        int last = text.lastIndexOf(':');
        String tail = text.substring(last + 1);
        if (!tail.contains(".")) {
            return text;
        }
        if (!V4.matcher(tail).matches()) {
            return null;
        }
        String[] bytes = tail.split("\\.", -1);
        return text.substring(0, last + 1)
                + Integer.toHexString(Integer.parseInt(bytes[0]) << 8 | Integer.parseInt(bytes[1]))
                + ":"
                + Integer.toHexString(Integer.parseInt(bytes[2]) << 8 | Integer.parseInt(bytes[3]));
    }

    private static int @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        int[] groups = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (!GROUP.matcher(parts[i]).matches()) {
                return null;
            }
            groups[i] = Integer.parseInt(parts[i], 16);
        }
        return groups;
    }
}
