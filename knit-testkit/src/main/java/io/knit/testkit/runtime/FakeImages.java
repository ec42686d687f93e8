package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The images of a {@link FakeEngine}, which guards them, and its registry, which has every image while it can be reached. */
final class FakeImages {
    private final Set<String> present = new HashSet<>();
    private final Map<String, Set<String>> volumes = new HashMap<>();
    private boolean registryUp = true;
    /** Who alone is given anything; null: anybody. */
    private @Nullable RegistryAuth demanded;

    void volumes(String image, Set<String> paths) {
        volumes.put(image, Set.copyOf(paths));
    }

    /** Paths at which the image wants a volume. */
    Set<String> volumesOf(String image) {
        return volumes.getOrDefault(image, Set.of());
    }

    void add(String image) {
        present.add(image);
    }

    void remove(String image) {
        present.remove(image);
    }

    void setRegistryUp(boolean up) {
        registryUp = up;
    }

    void demand(@Nullable RegistryAuth login) {
        demanded = login;
    }

    PulledImage pull(ImageRequest request) {
        String image = request.image();
        boolean here = present.contains(image);
        boolean ask = request.policy() == PullPolicy.ALWAYS || (request.policy() == PullPolicy.MISSING && !here);
        if (ask && registryUp && demanded != null && !demanded.equals(request.auth())) {
            throw unavailable("the registry refused the credentials for " + image);
        }
        if (ask && registryUp) {
            present.add(image);
            return new PulledImage("");
        }
        if (!here) {
            String why = ask ? "the registry can't be reached" : "the policy is never to pull";
            throw unavailable(why + ", and " + image + " is not on this node");
        }
        return new PulledImage(ask ? "the registry can't be reached; the present image serves" : "");
    }

    void require(String image) {
        if (!present.contains(image)) {
            throw unavailable("no such image: " + image);
        }
    }

    private static KnitException unavailable(String message) {
        return new KnitException(ErrorCode.IMAGE_UNAVAILABLE, message);
    }
}
