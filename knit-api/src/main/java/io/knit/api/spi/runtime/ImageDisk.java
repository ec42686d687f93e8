package io.knit.api.spi.runtime;

/**
 * The file system that images lie on.
 *
 * @param bytes that it has; 0: not known
 * @param free what is left of it for programs without special rights, in bytes; 0 and more
 */
public record ImageDisk(long bytes, long free) {
    /** Nothing is known of it. */
    public static final ImageDisk UNKNOWN = new ImageDisk(0, 0);

    private static final double WHOLE = 100.0;

    public ImageDisk {
        if (bytes < 0 || free < 0 || free > bytes) {
            throw new IllegalArgumentException("of " + bytes + " bytes " + free + " can't be free");
        }
    }

    /** How much of it is taken, in percent; 0 where nothing is known of it. */
    public double usedPercent() {
        return bytes == 0 ? 0 : WHOLE * (bytes - free) / bytes;
    }
}
