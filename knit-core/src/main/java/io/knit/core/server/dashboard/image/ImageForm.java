package io.knit.core.server.dashboard.image;

import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What the page of images asks for, as it was typed.
 *
 * @param action {@code look} or {@code prune}; of a push empty
 * @param image that is pushed
 * @param nodes as typed, by their ids
 * @param pushed whether those that were pushed go, too
 */
public record ImageForm(String action, String image, String nodes, boolean pushed) {
    public static final Set<String> FIELDS = Set.of(CsrfTokens.FIELD, "do", "nodes", "pushed");

    /** Of a push. */
    public static final Set<String> PUSHED = Set.of(CsrfTokens.FIELD, "image", "nodes");

    static final ImageForm NONE = new ImageForm("", "", "", false);

    static ImageForm of(MultiMap fields) {
        return new ImageForm(
                field(fields, "do"), field(fields, "image"), field(fields, "nodes"), fields.contains("pushed"));
    }

    private static String field(MultiMap fields, String name) {
        return Objects.requireNonNullElse(fields.get(name), "").strip();
    }

    /** None: all. */
    List<String> meant() {
        return Arrays.stream(nodes.split("[,\\s]+"))
                .filter(node -> !node.isEmpty())
                .toList();
    }
}
