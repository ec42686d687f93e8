package io.knit.core.server.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.knit.core.rules.ImageReference;
import io.knit.core.server.image.TarIndex.Span;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.image.ImageAsked;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * One image of a tar. What goes to nodes is made anew of its configuration and its layers: no path, link or name that somebody put into a tar ever reaches an engine, some of which go by one of its tables
 * of contents and some by another.
 */
final class SavedImage {
    private static final int MOST_MANIFEST = 1 << 20;
    private static final int MOST_CONFIG = 8 << 20;
    private static final int MOST_LAYERS = 500;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final FileChannel file;
    private final String name;
    private final byte[] config;
    private final List<String> digests;
    private final List<Span> layers;

    private SavedImage(FileChannel file, String name, byte[] config, List<String> digests, List<Span> layers) {
        this.file = file;
        this.name = name;
        this.config = config;
        this.digests = digests;
        this.layers = layers;
    }

    /**
     * What is in a tar. Blocks.
     *
     * @param name the one by which it is to be there, as engines list it
     * @throws io.knit.api.error.KnitException with {@code INVALID_VALUE} if that is not exactly what it has
     */
    static SavedImage read(FileChannel file, String name) throws IOException {
        TarIndex index = TarIndex.read(file);
        JsonNode all = json(index, "manifest.json", MOST_MANIFEST);
        if (!all.isArray() || all.isEmpty()) {
            throw TarIndex.broken("names no image in its manifest.json");
        }
        if (all.size() > 1) {
            throw TarIndex.broken("has " + all.size() + " images; save and push one at a time");
        }
        JsonNode one = all.get(0);
        requireName(one.path("RepoTags"), name);
        byte[] config = bytes(index, one.path("Config").asText(), MOST_CONFIG);
        List<String> digests = new ArrayList<>();
        for (JsonNode digest :
                parsed(config, "its configuration").path("rootfs").path("diff_ids")) {
            if (!ImageReference.isDigest(digest.asText())) {
                throw TarIndex.broken("has a configuration that does not name its layers as images do");
            }
            digests.add(digest.asText());
        }
        List<Span> layers = new ArrayList<>();
        for (JsonNode layer : one.path("Layers")) {
            layers.add(found(index, layer.asText()));
        }
        if (layers.isEmpty() || layers.size() != digests.size() || layers.size() > MOST_LAYERS) {
            throw TarIndex.broken("has " + layers.size() + " layers, and a configuration of " + digests.size()
                    + "; an image has as many, from 1 to " + MOST_LAYERS);
        }
        return new SavedImage(file, name, config, List.copyOf(digests), List.copyOf(layers));
    }

    private static void requireName(JsonNode tags, String name) {
        List<String> names = new ArrayList<>();
        tags.forEach(tag -> names.add(tag.asText()));
        boolean same = names.size() == 1
                && ImageReference.fault(names.get(0)) == null
                && ImageReference.familiar(names.get(0)).equals(name);
        if (!same) {
            String has = names.isEmpty()
                    ? "an image without a name"
                    : "the image " + PlainText.of(String.join(", ", names), 200);
            throw TarIndex.broken("has " + has + ", and not just " + name + "; make it with: docker save " + name);
        }
    }

    private static Span found(TarIndex index, String path) {
        String plain = path.startsWith("./") ? path.substring(2) : path;
        return index.find(plain)
                .orElseThrow(() -> TarIndex.broken(
                        "lacks " + PlainText.of(plain, 100) + ", of which an image as docker save gives it consists"));
    }

    private static byte[] bytes(TarIndex index, String path, int most) throws IOException {
        Span span = found(index, path);
        if (span.size() > most) {
            throw TarIndex.broken("has a " + PlainText.of(path, 100) + " of more than " + most + " bytes");
        }
        return index.bytes(span);
    }

    private static JsonNode json(TarIndex index, String path, int most) throws IOException {
        return parsed(bytes(index, path, most), path);
    }

    private static JsonNode parsed(byte[] bytes, String what) throws IOException {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw TarIndex.broken("has in " + what + " what is no JSON");
        }
    }

    ImageAsked asked() {
        return new ImageAsked(name, id(), digests, false);
    }

    String id() {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(config));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    int layers() {
        return layers.size();
    }

    /**
     * A tar of it.
     *
     * @param left so many of its lowest layers are left out
     */
    ImagePieces pieces(int left) {
        Map<Span, String> names = new HashMap<>();
        List<String> paths = new ArrayList<>();
        for (Span layer : layers) {
            paths.add(names.computeIfAbsent(layer, first -> "layer-" + names.size() + ".tar"));
        }
        ImagePieces pieces = new ImagePieces(file);
        pieces.add("manifest.json", manifest(paths));
        pieces.add("config.json", config);
        layers.subList(Math.min(left, layers.size()), layers.size()).stream()
                .distinct()
                .forEach(layer -> pieces.add(names.getOrDefault(layer, ""), layer));
        return pieces.end();
    }

    private byte[] manifest(List<String> paths) {
        var manifest = JSON.createArrayNode();
        var one = manifest.addObject().put("Config", "config.json");
        one.putArray("RepoTags").add(name);
        var named = one.putArray("Layers");
        paths.forEach(named::add);
        return manifest.toString().getBytes(StandardCharsets.UTF_8);
    }
}
