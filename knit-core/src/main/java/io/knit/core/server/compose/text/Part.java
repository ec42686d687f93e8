package io.knit.core.server.compose.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a YAML document, with its place. A value is its text as it is written: whether {@code 22:22} or {@code no} is a number or a
 * word is for who reads the field to say, not for YAML's rules of types. Immutable.
 *
 * @param text of a value; else empty
 * @param writing how a value is written; of anything else as text
 * @param items of a list; else empty
 * @param members of a map, in the file's order; else empty
 * @param keys where each of them is named
 */
public record Part(
        Kind kind,
        Spot spot,
        String text,
        Writing writing,
        List<Part> items,
        Map<String, Part> members,
        Map<String, Spot> keys) {

    /** What a part is. {@code NOTHING} is a value that is left empty, or {@code null}. */
    public enum Kind {
        NOTHING("empty"),
        VALUE("a value"),
        LIST("a list"),
        MAP("a map");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /** How a value is written, for who has to tell numbers. */
    public enum Writing {
        /** In quotes, or made of something else: its text and nothing more. */
        TEXT,
        /** Without quotes. */
        PLAIN,
        /** Without quotes in a document of JSON, whose numbers are decimal ones. */
        JSON
    }

    public Part {
        items = List.copyOf(items);
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    public static Part nothing(Spot spot) {
        return new Part(Kind.NOTHING, spot, "", Writing.TEXT, List.of(), Map.of(), Map.of());
    }

    public static Part value(Spot spot, String text) {
        return value(spot, text, Writing.TEXT);
    }

    public static Part value(Spot spot, String text, Writing writing) {
        return new Part(Kind.VALUE, spot, text, writing, List.of(), Map.of(), Map.of());
    }

    public static Part list(Spot spot, List<Part> items) {
        return new Part(Kind.LIST, spot, "", Writing.TEXT, items, Map.of(), Map.of());
    }

    public static Part map(Spot spot, Map<String, Part> members, Map<String, Spot> keys) {
        return new Part(Kind.MAP, spot, "", Writing.TEXT, List.of(), members, keys);
    }

    public boolean is(Kind other) {
        return kind == other;
    }

    /** A member of a map; null: there is none. */
    public @Nullable Part at(String key) {
        return members.get(key);
    }

    /** Where a member is named, or this part itself if it has none of this name. */
    public Spot spotOf(String key) {
        return keys.getOrDefault(key, spot);
    }
}
