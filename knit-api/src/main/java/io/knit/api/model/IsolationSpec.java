package io.knit.api.model;

import java.util.List;
import java.util.Map;

/**
 * What keeps a container apart from its host, or lets it reach there. Of JSON's fields they are the spec's own, as in Compose's files.
 *
 * @param capDrop capabilities it has not, such as {@code NET_RAW}; {@code ALL}: none but those added
 * @param sysctls of the kernel's settings that are the container's own, by name
 */
public record IsolationSpec(List<String> capDrop, Map<String, String> sysctls) {
    /** What a spec has that says nothing of it. */
    public static final IsolationSpec DEFAULT = new IsolationSpec(List.of(), Map.of());

    public IsolationSpec {
        capDrop = List.copyOf(capDrop);
        sysctls = Copies.ordered(sysctls);
    }
}
