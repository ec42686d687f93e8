package io.knit.gotemplate;

import io.knit.gotemplate.bound.GoFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Go made of a template.
 *
 * @param expected the output, or {@code !parse} or {@code !run}
 */
record Vector(String template, @Nullable Object data, String expected) {
    static List<Vector> read(Path file) {
        try {
            List<?> all = (List<?>) Objects.requireNonNull(Json.read(Files.readString(file)));
            return all.stream().map(Map.class::cast).map(Vector::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Vector of(Map<?, ?> map) {
        Object fails = map.get("fails");
        Object output = map.get("output");
        return new Vector(
                String.valueOf(map.get("template")),
                map.get("data"),
                fails == null ? output == null ? "" : output.toString() : "!" + fails);
    }

    /** What Knit makes of it. */
    String actual() {
        GoTemplate parsed;
        try {
            parsed = GoTemplate.parse(template, Map.of());
        } catch (GoFault e) {
            return "!parse";
        }
        CountingMeter meter = new CountingMeter();
        try {
            String text = parsed.render(data, meter);
            if (meter.depth() != 0) {
                throw new IllegalStateException("what is entered is left");
            }
            return text;
        } catch (GoFault e) {
            return "!run";
        }
    }

    /** Null: none. */
    @Nullable
    String difference() {
        String actual;
        try {
            actual = actual();
        } catch (RuntimeException | StackOverflowError e) {
            actual = e.toString();
        }
        return actual.equals(expected)
                ? null
                : "\ntemplate: " + template + "\ndata: " + data + "\nGo:   " + expected + "\nKnit: " + actual;
    }
}
