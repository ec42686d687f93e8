package io.knit.core.wire.asked;

import org.jspecify.annotations.Nullable;

/**
 * What an agent says last of a volume's tar that passed it whole.
 *
 * @param entries files, folders, links and so on
 * @param bytes of the tar, with all that is said of them
 * @param sha256 of the bytes, in hexadecimal digits
 * @param readBack how many entries the volume gave when it was read afterwards; null: it was not
 */
public record TarSum(
        long entries, long bytes, String sha256, @Nullable Long readBack) {
    /** With what was read back. */
    public TarSum readBack(long count) {
        return new TarSum(entries, bytes, sha256, count);
    }
}
