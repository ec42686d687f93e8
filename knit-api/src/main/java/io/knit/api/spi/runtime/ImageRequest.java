package io.knit.api.spi.runtime;

import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An image that must be there.
 *
 * @param image reference as the user wrote it
 * @param auth for its registry, or null: anonymous
 */
public record ImageRequest(
        String image, PullPolicy policy, @Nullable RegistryAuth auth) {
    public ImageRequest {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(policy, "policy");
    }
}
