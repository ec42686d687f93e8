package io.knit.api.spi.runtime;

import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What the volumes of one slot are called on an engine: {@code knit.CLUSTER.DEPLOYMENT.SLOT.NAME}, of the cluster the first eight characters. No two have one name, and none is longer than an
 * engine takes.
 *
 * @param cluster the cluster's whole id
 * @param node the node whose agent makes them
 * @param deployment a DNS label
 * @param slot the slot's number or name
 */
public record SlotVolumes(String cluster, String node, String deployment, String slot) {
    private static final String PREFIX = "knit.";
    private static final int CLUSTER = 8;
    private static final int LONGEST = 200;
    private static final int HASHED = 32;
    private static final Pattern WHOLE = Pattern.compile("[A-Za-z0-9-]+");
    private static final Pattern VOLUME = Pattern.compile("[A-Za-z0-9_.-]+");

    public SlotVolumes {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(slot, "slot");
    }

    /** Whose volume it is that this slot's spec names: its own, or that of the first slot of another deployment. */
    public SlotVolumes holding(VolumeSpec volume) {
        return volume.isShared() ? new SlotVolumes(cluster, node, volume.of(), SlotVolume.FIRST) : this;
    }

    /** The engine's name of a volume that a spec names. */
    public String named(String volume) {
        return engineName(volume);
    }

    /** The engine's name of a volume that an image wants at a path, and that no spec names: it begins with what no spec's name begins with. */
    public String unnamed(String path) {
        StringBuilder name = new StringBuilder("_");
        for (byte part : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) part;
            if (c == '/') {
                name.append('.');
            } else if (c < 0x80 && (Character.isLetterOrDigit(c) || c == '-')) {
                name.append(c);
            } else {
                name.append('_').append(HexFormat.of().toHexDigits(part));
            }
        }
        return engineName(name.toString());
    }

    /**
     * What a volume is labelled with.
     *
     * @param volume its name in the spec; of one without, its path in the container
     */
    public Map<String, String> labels(String volume) {
        return Map.of(
                KnitLabels.CLUSTER, cluster,
                KnitLabels.NODE, node,
                KnitLabels.DEPLOYMENT, deployment,
                KnitLabels.SLOT, slot,
                KnitLabels.VOLUME, volume);
    }

    /** One with as many dots is of these parts; where a part has a dot, or all are too long, there is one dot less and a fingerprint. */
    private String engineName(String volume) {
        String prefix = PREFIX + cluster.substring(0, Math.min(CLUSTER, cluster.length())) + "." + deployment + ".";
        String plain = prefix + slot + "." + volume;
        boolean whole = WHOLE.matcher(slot).matches() && VOLUME.matcher(volume).matches();
        return whole && plain.length() <= LONGEST ? plain : prefix + fingerprint(slot + '\0' + volume);
    }

    private static String fingerprint(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, HASHED);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
