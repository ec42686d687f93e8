package io.knit.plugin.docker.image;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** By which digests an engine says that registries have an image of its. */
final class RepoDigests {
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    private RepoDigests() {}

    /**
     * The digest by which the registry that the image is called by has it. Of several, as after a tag was put on the same bytes twice, the first in the
     * alphabet: each is the same image on this engine.
     *
     * @param image as it was asked for
     * @param known {@code repository@digest}, as the engine shortens repositories; null: it knows none
     * @return empty: it was made or loaded here, or is of another registry
     */
    static String of(String image, @Nullable List<String> known) {
        int at = image.indexOf('@');
        if (at >= 0) {
            return image.substring(at + 1);
        }
        String repository = repository(image);
        return known == null
                ? ""
                : known.stream()
                        .filter(each -> each != null && each.startsWith(repository + "@"))
                        .map(each -> each.substring(repository.length() + 1))
                        .filter(digest -> DIGEST.matcher(digest).matches())
                        .sorted()
                        .findFirst()
                        .orElse("");
    }

    /** Without the tag, and without what the default registry's images need not be called by. */
    private static String repository(String image) {
        int colon = image.lastIndexOf(':');
        String name = colon > image.lastIndexOf('/') ? image.substring(0, colon) : image;
        for (String hub : List.of("index.docker.io/", "docker.io/")) {
            if (name.startsWith(hub)) {
                name = name.substring(hub.length());
            }
        }
        return name.startsWith("library/") ? name.substring("library/".length()) : name;
    }
}
