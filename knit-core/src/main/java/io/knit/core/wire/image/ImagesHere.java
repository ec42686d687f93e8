package io.knit.core.wire.image;

import java.util.List;

/**
 * What a node says of its images.
 *
 * @param images those that were asked for, the first {@link #MOST}
 * @param total how many there are of them
 * @param diskBytes of the file system that they lie on; 0: not known
 * @param diskFree what is left of it, in bytes
 * @param failed containers that are kept since they failed, the first {@link #MOST}; images are not removed for them
 */
public record ImagesHere(
        int v, List<ImageHere> images, int total, long diskBytes, long diskFree, List<FailedHere> failed) {
    /** So many are named. */
    public static final int MOST = 1_000;

    public ImagesHere {
        images = List.copyOf(images);
        failed = List.copyOf(failed);
    }
}
