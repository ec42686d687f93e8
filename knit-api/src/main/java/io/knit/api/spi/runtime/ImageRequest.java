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
 * @param platform which it must be for, {@code os/arch} or {@code os/arch/variant}: one that is there for another is as if it were not. Empty: as the runtime chooses
 */
public record ImageRequest(
        String image, PullPolicy policy, @Nullable RegistryAuth auth, String platform) {
    public ImageRequest {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(platform, "platform");
    }

    /** One for the platform that the runtime chooses. */
    public ImageRequest(String image, PullPolicy policy, @Nullable RegistryAuth auth) {
        this(image, policy, auth, "");
    }

    /** The same for this platform. */
    public ImageRequest on(String platform) {
        return new ImageRequest(image, policy, auth, platform);
    }
}
