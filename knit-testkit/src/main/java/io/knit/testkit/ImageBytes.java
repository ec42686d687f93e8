package io.knit.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Images as {@code docker save} gives them. */
public final class ImageBytes {
    private ImageBytes() {}

    /**
     * A tar of one.
     *
     * @param layers what is in each, the lowest first; no engine but a fake takes layers that are no tars themselves
     */
    public static byte[] of(String name, byte[]... layers) {
        return TarBytes.of(files("\"" + name + "\"", layers));
    }

    /**
     * What is in such a tar.
     *
     * @param names as they are in its manifest, in JSON
     */
    public static Map<String, byte[]> files(String names, byte[]... layers) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        List<String> digests = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        for (byte[] layer : layers) {
            String digest = digest(layer);
            digests.add("\"sha256:" + digest + "\"");
            paths.add("\"" + digest + "/layer.tar\"");
            files.put(digest + "/layer.tar", layer);
        }
        byte[] config =
                ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
                                + digests + "}}")
                        .getBytes(StandardCharsets.UTF_8);
        files.put(digest(config) + ".json", config);
        files.put(
                "manifest.json",
                ("[{\"Config\":\"" + digest(config) + ".json\",\"RepoTags\":[" + names + "],\"Layers\":" + paths + "}]")
                        .getBytes(StandardCharsets.UTF_8));
        return files;
    }

    /** A layer of so many bytes, unlike those of other seeds. */
    public static byte[] layer(int seed, int size) {
        byte[] layer = new byte[size];
        Arrays.fill(layer, (byte) seed);
        return layer;
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
