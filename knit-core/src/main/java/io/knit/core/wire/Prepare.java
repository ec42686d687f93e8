package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node shall make ready for an instance that it may be given soon. Nothing runs for it.
 *
 * @param attempt the how manyth try for this instance it is; another one is another order
 * @param registryAuth for the image's registry, or null: anonymous
 * @param parts images of its init containers and sidecars, which are fetched as well; null: it has none. The digest of a set has nothing of them: an agent that does
 *     not know them works out the same one
 * @param platforms what each of {@link #images} must be for, in the same order, empty: as the node's engine chooses; null: none says. Nor has the digest of these
 */
public record Prepare(
        String instance,
        int attempt,
        String image,
        PullPolicy pull,
        @JsonProperty("registry_auth") @Nullable RegistryAuth registryAuth,
        @Nullable List<String> parts,
        @Nullable List<String> platforms) {

    /** Of an instance that has one container. */
    public Prepare(String instance, int attempt, String image, PullPolicy pull, @Nullable RegistryAuth registryAuth) {
        this(instance, attempt, image, pull, registryAuth, null);
    }

    /** Of an instance whose images are for the platforms that engines choose. */
    public Prepare(
            String instance,
            int attempt,
            String image,
            PullPolicy pull,
            @Nullable RegistryAuth registryAuth,
            @Nullable List<String> parts) {
        this(instance, attempt, image, pull, registryAuth, parts, null);
    }

    /** The main one first. */
    public List<String> images() {
        return parts == null
                ? List.of(image)
                : Stream.concat(Stream.of(image), parts.stream().filter(Objects::nonNull))
                        .toList();
    }

    /** Of one of {@link #images}, by its place. */
    public String platform(int image) {
        String told = platforms == null || image >= platforms.size() ? null : platforms.get(image);
        return told == null ? "" : told;
    }
}
