package io.knit.api.spi.runtime;

import io.vertx.core.Future;
import java.util.Set;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to let go of images. */
public interface ImagesAbility {
    /** By what names images are that containers are made of, whosever those are and whether they run or not: each as it was said when the container was made. */
    Future<Set<String>> usedImages();

    /**
     * Takes this name from an image, and the image with it if it has no other; one that is not there succeeds. Fails with {@code IN_USE}, and nothing is done, where that would take
     * the image of a container.
     *
     * @param image as {@link ImageRequest#image} said it
     */
    Future<Void> removeImage(String image);
}
