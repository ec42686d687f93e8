package io.knit.core.server.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a backup has.
 *
 * @param form the store's, as its {@code meta} says it
 * @param revision of the state, at least: what was stored while it was made may be in it, too
 * @param keys the names of those that its secrets are sealed with, which are not in it
 * @param at when it was made, by the server's clock
 */
public record Manifest(
        String cluster, String version, int form, long revision, List<String> keys, Instant at, List<Part> parts) {
    /** Of backups; one with another number is another's. */
    static final int NUMBER = 1;

    private static final String KIND = "knit_backup";

    public Manifest {
        keys = List.copyOf(keys);
        parts = List.copyOf(parts);
    }

    /**
     * A file in it.
     *
     * @param sha256 in hexadecimal digits
     */
    public record Part(String name, long bytes, String sha256) {}

    String text() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put(KIND, NUMBER).put("cluster", cluster).put("knit_version", version);
        json.put("store_form", form).put("revision", revision).put("at", at.toString());
        keys.forEach(key -> json.withArray("secrets_keys").add(key));
        parts.forEach(part -> json.withArray("parts")
                .addObject()
                .put("name", part.name())
                .put("bytes", part.bytes())
                .put("sha256", part.sha256()));
        return WireCodec.encodeText(json);
    }

    /** @throws RuntimeException if it is none, or another's */
    static Manifest read(String text) {
        Manifest any = readAny(text);
        if (!isKnown(text)) {
            throw new IllegalArgumentException(
                    "it was made by a newer Knit (" + any.version() + "); restore it with that");
        }
        return any;
    }

    /** Whether it is one as this Knit makes them. */
    static boolean isKnown(String text) {
        return WireCodec.parse(text).path(KIND).asInt() == NUMBER;
    }

    /**
     * Also of a newer Knit's: what it has in common with this one's.
     *
     * @throws RuntimeException if it is none
     */
    static Manifest readAny(String text) {
        JsonNode json = WireCodec.parse(text);
        if (!json.path(KIND).isInt()) {
            throw new IllegalArgumentException("it is no backup of Knit");
        }
        List<Part> parts = new ArrayList<>();
        json.path("parts")
                .forEach(part -> parts.add(new Part(
                        part.path("name").asText(),
                        part.path("bytes").asLong(-1),
                        part.path("sha256").asText())));
        List<String> keys = new ArrayList<>();
        json.path("secrets_keys").forEach(key -> keys.add(key.asText()));
        return new Manifest(
                json.path("cluster").asText(),
                json.path("knit_version").asText(),
                json.path("store_form").asInt(),
                json.path("revision").asLong(),
                keys,
                Instant.parse(json.path("at").asText()),
                parts);
    }
}
