package io.knit.api.spi.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to say which images there are, and to let go of them. */
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

    /** All images of this host, whoever brought them, each once. Fails with {@code RUNTIME_REFUSED} where that can't be said. */
    default Future<List<HostImage>> images() {
        return Future.failedFuture(
                new KnitException(ErrorCode.RUNTIME_REFUSED, "the container runtime does not list its images"));
    }

    /** The disk that they lie on; {@link ImageDisk#UNKNOWN} where it can't be looked at. */
    default Future<ImageDisk> imageDisk() {
        return Future.succeededFuture(ImageDisk.UNKNOWN);
    }
}
