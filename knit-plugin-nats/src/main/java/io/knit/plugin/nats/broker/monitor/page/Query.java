package io.knit.plugin.nats.broker.monitor.page;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parameters of a request. What is given without a value counts as not given, as with nats-server. */
public final class Query {
    private static final int MOST = 32;
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("", "0", "f", "F", "FALSE", "false", "False");

    private final String path;
    private final Map<String, List<String>> parameters;

    private Query(String path, Map<String, List<String>> parameters) {
        this.path = path;
        this.parameters = parameters;
    }

    /** @throws IllegalArgumentException if it is not well formed */
    public static Query of(String uri) {
        QueryStringDecoder decoder = QueryStringDecoder.builder()
                .maxParams(MOST)
                .semicolonIsNormalChar(true)
                .build(uri);
        return new Query(decoder.path(), decoder.parameters());
    }

    /** The same, given otherwise than by an address. */
    public static Query of(Map<String, String> parameters) {
        Map<String, List<String>> lists = new HashMap<>();
        parameters.forEach((name, value) -> lists.put(name, List.of(value)));
        return new Query("", lists);
    }

    public String path() {
        return path;
    }

    String text(String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.get(0);
    }

    boolean flag(String name) {
        String text = text(name);
        if (!TRUE.contains(text) && !FALSE.contains(text)) {
            throw wrong("boolean", name, "ParseBool", text, "invalid syntax");
        }
        return TRUE.contains(text);
    }

    /** A number from 1 on, or else the usual one; never above the most. */
    int number(String name, int usual, int most) {
        String text = text(name);
        long value = text.isEmpty() ? 0 : number("int", name, "Atoi", text);
        return value < 1 ? usual : (int) Math.min(value, most);
    }

    /** An id, or 0 if none is given. */
    long id(String name) {
        String text = text(name);
        if (text.startsWith("-") || text.startsWith("+")) {
            throw wrong("uint64", name, "ParseUint", text, "invalid syntax");
        }
        return text.isEmpty() ? 0 : number("uint64", name, "ParseUint", text);
    }

    /** The value, which must be one of these or not given at all. */
    String oneOf(String name, String usual, String complaint, String... known) {
        String text = text(name);
        if (text.isEmpty()) {
            return usual;
        }
        if (!Arrays.asList(known).contains(text)) {
            throw new WrongQuery(complaint + text);
        }
        return text;
    }

    private static long number(String type, String name, String function, String text) {
        if (!text.matches("[+-]?[0-9]+")) {
            throw wrong(type, name, function, text, "invalid syntax");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw wrong(type, name, function, text, "value out of range");
        }
    }

    private static WrongQuery wrong(String type, String name, String function, String text, String why) {
        return new WrongQuery("Error decoding " + type + " for '" + name + "': strconv." + function + ": parsing \""
                + text + "\": " + why);
    }
}
