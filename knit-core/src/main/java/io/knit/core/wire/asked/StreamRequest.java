package io.knit.core.wire.asked;

import io.knit.core.wire.image.ImageAsked;
import io.knit.core.wire.image.ImagesAsked;
import org.jspecify.annotations.Nullable;

/**
 * What a stream is asked for. What an agent does not know it refuses in words.
 *
 * @param kind one of the words here
 * @param instance whose; empty: it is about the node
 * @param logs for {@link #LOGS}
 * @param shell for {@link #SHELL}
 * @param path for {@link #COPY_OUT} and {@link #COPY_IN}: absolute, within the container
 * @param volume for {@link #VOLUME_OUT} and {@link #VOLUME_IN}
 * @param image for {@link #IMAGE_IN}
 * @param images for {@link #IMAGES}
 */
public record StreamRequest(
        int v,
        String kind,
        String instance,
        @Nullable LogRange logs,
        @Nullable ShellAsked shell,
        @Nullable String path,
        @Nullable VolumeAsked volume,
        @Nullable ImageAsked image,
        @Nullable ImagesAsked images) {
    /** What an instance wrote, as lines of {@link LogText}. */
    public static final String LOGS = "logs";

    /** A command in its container. */
    public static final String SHELL = "shell";

    /** A file or folder of its container, as tar. */
    public static final String COPY_OUT = "copy_out";

    /** The server sends a tar, which is unpacked in a folder of its container. */
    public static final String COPY_IN = "copy_in";

    /** What its container uses now: a {@link UsageText}. */
    public static final String USAGE = "usage";

    /** What the node's host uses now: a {@link HostUsage}. */
    public static final String HOST_USAGE = "host_usage";

    /** What is in a volume of the node, as tar. */
    public static final String VOLUME_OUT = "volume_out";

    /** The server sends a tar, which is put in the place of what is in a volume of the node. */
    public static final String VOLUME_IN = "volume_in";

    /** The server sends an image as tar, of which an agent says first what of it is there. */
    public static final String IMAGE_IN = "image_in";

    /** Which images the node has, or that some go: an {@code ImagesHere}. */
    public static final String IMAGES = "images";

    public static StreamRequest ofLogs(String instance, LogRange range) {
        return new StreamRequest(1, LOGS, instance, range, null, null, null, null, null);
    }

    public static StreamRequest ofShell(String instance, ShellAsked shell) {
        return new StreamRequest(1, SHELL, instance, null, shell, null, null, null, null);
    }

    /** @param kind {@link #COPY_OUT} or {@link #COPY_IN} */
    public static StreamRequest ofFiles(String kind, String instance, String path) {
        return new StreamRequest(1, kind, instance, null, null, path, null, null, null);
    }

    /** @param kind {@link #VOLUME_OUT} or {@link #VOLUME_IN} */
    public static StreamRequest ofVolume(String kind, VolumeAsked volume) {
        return new StreamRequest(1, kind, "", null, null, null, volume, null, null);
    }

    /** Whether only agents with the feature {@code volume_files} know it. */
    public boolean isOfVolume() {
        return kind.equals(VOLUME_OUT) || kind.equals(VOLUME_IN);
    }

    /** Only for agents with the feature {@code images}. */
    public static StreamRequest ofImage(ImageAsked image) {
        return new StreamRequest(1, IMAGE_IN, "", null, null, null, null, image, null);
    }

    /** Only for agents with the feature {@code image_list}. */
    public static StreamRequest ofImages(ImagesAsked images) {
        return new StreamRequest(1, IMAGES, "", null, null, null, null, null, images);
    }

    public static StreamRequest ofUsage(String instance) {
        return new StreamRequest(1, USAGE, instance, null, null, null, null, null, null);
    }

    public static StreamRequest ofHostUsage() {
        return new StreamRequest(1, HOST_USAGE, "", null, null, null, null, null, null);
    }
}
