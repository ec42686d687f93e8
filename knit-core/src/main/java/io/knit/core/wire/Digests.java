package io.knit.core.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/** Short fingerprints: the first 16 hex digits of a SHA-256, enough to notice a difference, not meant against forgery. */
final class Digests {
    private static final int HEX_DIGITS = 16;

    private Digests() {}

    /** Of the orders as such; a spec is represented by its hash. The first release works out the same. */
    static String of(Collection<Assignment> ordered, Collection<Prepare> prepare) {
        return of(ordered, prepare, List.of(), false);
    }

    /**
     * @param blobs whether it tells what is no part of the container, such as a password or the version of what a file follows, too
     */
    static String of(
            Collection<Assignment> ordered,
            Collection<Prepare> prepare,
            Collection<VolumeRemoval> removals,
            boolean blobs) {
        StringBuilder text = new StringBuilder();
        for (Assignment a : ordered) {
            text.append(a.instance()).append('|').append(a.order()).append('|').append(a.specHash());
            a.ports()
                    .forEach(p -> text.append('|')
                            .append(p.hostIp())
                            .append(' ')
                            .append(p.hostPort())
                            .append(' ')
                            .append(p.containerPort())
                            .append(' ')
                            .append(p.protocol()));
            if (blobs && a.blob() != null) {
                text.append('|').append(a.blob());
            }
            if (blobs) {
                a.reads()
                        .forEach(value ->
                                text.append('|').append(value.key()).append(' ').append(value.version()));
            }
            text.append('\n');
        }
        for (Prepare p : prepare) {
            text.append("prepare|").append(p.instance()).append('|').append(p.attempt());
            text.append('|').append(p.image()).append('|').append(p.pull()).append('\n');
        }
        for (VolumeRemoval removal : removals) {
            text.append("volume|").append(removal.deployment()).append('|').append(removal.slot());
            text.append('|')
                    .append(removal.name())
                    .append('|')
                    .append(removal.marked())
                    .append('\n');
        }
        return of(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    static String of(byte[] bytes) {
        return whole(bytes).substring(0, HEX_DIGITS);
    }

    /** All 64 digits: enough to take two things for the same. */
    static String whole(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
