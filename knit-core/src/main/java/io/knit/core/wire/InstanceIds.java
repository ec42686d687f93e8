package io.knit.core.wire;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an instance's id can be. On a node it becomes a file's and a container's name, and anybody can write a message or a label. */
public final class InstanceIds {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private InstanceIds() {}

    /** Whether a text can be an instance's id: no path, nothing hidden, not too long for a file system. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /**
     * What an instance's container is called.
     *
     * @param part the name of one that is not its main one, or null
     */
    public static String container(String instance, @Nullable String part) {
        return "knit-" + instance + (part == null ? "" : "-" + part);
    }
}
