package io.knit.core.agent.volume;

import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.core.wire.asked.TarSum;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Checks a volume's tar while it passes, and sums it up. Not thread-safe. */
final class TarTally {
    private final TarCheck check = new TarCheck(VolumeFilesAbility.FOLDER.substring(1));
    private final MessageDigest digest;
    private long bytes;

    TarTally() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }

    /** @throws KnitException as {@link TarCheck#take} */
    void take(byte[] piece) {
        check.take(piece);
        digest.update(piece);
        bytes += piece.length;
    }

    /**
     * May be called once.
     *
     * @throws KnitException if its end has not come
     */
    TarSum whole() {
        check.requireWhole();
        return new TarSum(check.entries(), bytes, HexFormat.of().formatHex(digest.digest()), null);
    }
}
