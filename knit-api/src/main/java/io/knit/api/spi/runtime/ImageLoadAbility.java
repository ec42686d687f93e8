package io.knit.api.spi.runtime;

import io.vertx.core.Future;
import java.util.List;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to take images as tar, in the form that {@code docker save} gives. */
public interface ImageLoadAbility {
    /**
     * How much of an image is there. Fails only where that can't be found out.
     *
     * @param image its name with its tag
     * @param id SHA-256 of its configuration: {@code sha256:} and 64 digits
     * @param layers by the digests of what is in them unpacked, the lowest first
     */
    Future<ImagePresence> presence(String image, String id, List<String> layers);

    /**
     * Takes a tar of one image. It succeeds when the image is there by its name.
     *
     * <p>Obligations: 1. never blocks; 2. no more is kept here than is written at once; 3. after {@link Ongoing#cancel}, or where the tar is not whole, it fails and the name means what it meant before;
     * 4. fails with {@code RUNTIME_REFUSED} where the tar is no image, or lacks a layer that is not there.
     *
     * @param image the name that is in the tar
     */
    Intake<Void> load(String image);
}
