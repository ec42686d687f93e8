package io.knit.api.spi.figure;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A number about what a program does, as Prometheus understands it. Immutable.
 *
 * @param name {@code [a-z][a-z0-9_]*}; a counter's ends in {@code _total}; with its unit if it has one: {@code _bytes}, {@code _seconds}
 * @param help one sentence for people, without its full stop
 * @param labels tell figures of one name apart; keys as the name, in alphabetical order; often empty
 */
public record Figure(String name, String help, Kind kind, Map<String, String> labels, double value) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

    /** What a number does over time. */
    public enum Kind {
        /** Only grows; begins again at 0 when the program does. */
        COUNTER,
        /** Goes up and down. */
        GAUGE
    }

    /** @throws IllegalArgumentException if a name is none, or says something else than the kind */
    public Figure {
        Objects.requireNonNull(help, "help");
        requireName(name);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        labels.keySet().forEach(Figure::requireName);
        if ((Objects.requireNonNull(kind, "kind") == Kind.COUNTER) != name.endsWith("_total")) {
            throw new IllegalArgumentException(name + " is a " + kind + "; counters, and only they, end in _total");
        }
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is no name of a figure or label; give small letters, digits and _");
        }
    }

    /** A counter without labels. */
    public static Figure counter(String name, String help, double value) {
        return new Figure(name, help, Kind.COUNTER, Map.of(), value);
    }

    /** A gauge without labels. */
    public static Figure gauge(String name, String help, double value) {
        return new Figure(name, help, Kind.GAUGE, Map.of(), value);
    }

    /** This figure with one more label. */
    public Figure with(String label, String text) {
        Map<String, String> more = new TreeMap<>(labels);
        more.put(label, text);
        return new Figure(name, help, kind, more, value);
    }
}
