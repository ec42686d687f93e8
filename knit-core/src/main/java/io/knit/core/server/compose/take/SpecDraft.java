package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Spot;
import java.util.HashMap;
import java.util.Map;

/** A spec under way, and where in the file each of its fields comes from. Not thread-safe. */
final class SpecDraft {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** What an element takes beside its text, in characters: a range of ports is few of them, and many elements. */
    private static final int ELEMENT = 32;

    private final ComposeFindings findings;
    private final ObjectNode json = NODES.objectNode();
    private final Map<String, Spot> places = new HashMap<>();

    SpecDraft(ComposeFindings findings) {
        this.findings = findings;
    }

    /** A field, by its name or, of an object in it, by both with a dot between. */
    void set(String field, Spot at, JsonNode value) {
        ObjectNode object = json;
        String pointer = "";
        String[] names = field.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            pointer = Pointers.child(pointer, names[i]);
            places.putIfAbsent(pointer, at);
            object = object.withObject("/" + names[i]);
        }
        String last = names[names.length - 1];
        object.set(last, value);
        places.put(Pointers.child(pointer, last), at);
    }

    void set(String field, Spot at, String value) {
        set(field, at, NODES.textNode(value));
    }

    void set(String field, Spot at, boolean value) {
        set(field, at, NODES.booleanNode(value));
    }

    void set(String field, Spot at, long value) {
        set(field, at, NODES.numberNode(value));
    }

    /** One more element of a list. */
    void add(String field, Spot at, JsonNode value) {
        findings.spend(at, ELEMENT);
        ArrayNode list = json.withArray("/" + field);
        places.putIfAbsent("/" + field, at);
        places.put("/" + field + "/" + list.size(), at);
        list.add(value);
    }

    void add(String field, Spot at, String value) {
        add(field, at, NODES.textNode(value));
    }

    /** One more entry of a map, or another value of it. */
    void put(String field, String key, Spot at, String value) {
        ((ObjectNode) json.withObject("/" + field)).put(key, value);
        places.putIfAbsent("/" + field, at);
        places.put(Pointers.child("/" + field, key), at);
    }

    boolean has(String field) {
        return json.has(field);
    }

    ObjectNode json() {
        return json;
    }

    Map<String, Spot> places() {
        return places;
    }
}
