package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import org.jspecify.annotations.Nullable;

/**
 * What a node shall make ready for an instance that it may be given soon. Nothing runs for it.
 *
 * @param attempt the how manyth try for this instance it is; another one is another order
 * @param registryAuth for the image's registry, or null: anonymous
 */
public record Prepare(
        String instance,
        int attempt,
        String image,
        PullPolicy pull,
        @JsonProperty("registry_auth") @Nullable RegistryAuth registryAuth) {}
