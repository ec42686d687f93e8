package io.knit.core.wire;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A node's id is a DNS label, and thereby one token of a subject: no dot, no wildcard, no blank can come in by it. */
public final class NodeId {
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private NodeId() {}

    public static boolean isValid(@Nullable String id) {
        return id != null && DNS_LABEL.matcher(id).matches();
    }
}
