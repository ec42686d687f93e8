package io.knit.core.server.http.json;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.MISSING_FIELD;
import static io.knit.api.error.ErrorCode.UNKNOWN_FIELD;
import static io.knit.api.error.ErrorCode.WRONG_TYPE;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.spi.Cores;
import io.knit.api.spi.Durations;
import io.knit.api.spi.Sizes;
import io.knit.core.rules.Nearest;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.admission.Refusals;
import io.knit.core.spec.Bounds;
import io.knit.core.spec.Field;
import io.knit.core.spec.Range;
import io.knit.core.spec.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object without changing a type: {@code "80"} is no number and {@code 80} no string. What is
 * wrong is collected, and null or a harmless value returned in its place. Only what {@link #has} says is there may be asked for.
 */
final class Fields {
    private static final Pattern SIZE_ELSEWHERE = Pattern.compile("(\\d{1,9}) ?([kKmMgGtT])(?:i|b|B|iB|ib|ibi)?");

    /** What has another form here than where people know it from. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "env_file",
            "keep the file with the server (knit file set NAME), and write \"env_from\": [{\"file\": \"NAME\"}]",
            "tmpfs",
            "what is in memory is no volume: write it beside them, \"tmpfs\": [\"/PATH:size=64m\"]");

    private final JsonNode object;
    private final String pointer;
    private final Refusals refusals;

    /** @param known all fields it may have */
    Fields(JsonNode object, String pointer, Refusals refusals, List<String> known) {
        this.object = object;
        this.pointer = pointer;
        this.refusals = refusals;
        if (!object.isObject()) {
            String what = pointer.isEmpty() ? "the document" : name(pointer);
            refusals.add(pointer, WRONG_TYPE, what + " is " + kind(object) + "; give an object: { … }");
            return;
        }
        object.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                String elsewhere = isOfContainers(known) ? ELSEWHERE.get(field) : null;
                String hint = elsewhere != null
                        ? elsewhere
                        : Nearest.to(field, known, 1)
                                .map(nearest -> "did you mean \"" + nearest + "\"?")
                                .orElse(
                                        known.isEmpty()
                                                ? "remove it; nothing is said in this body, but perhaps in the query"
                                                : "remove it; known are " + String.join(", ", known));
                refusals.add(
                        Pointers.child(pointer, field),
                        UNKNOWN_FIELD,
                        "there is no field " + Pointers.quoted(field) + "; " + hint);
            }
        });
    }

    /** Whether it is a container, or a volume of one. */
    private static boolean isOfContainers(List<String> known) {
        return known.contains("image") || known.contains("bind");
    }

    /** Whether it is given, if only as null. */
    boolean has(String field) {
        return object.has(field);
    }

    /** Refuses an object that has it not. */
    void require(String field) {
        if (object.isObject()) {
            refusals.add(at(field), MISSING_FIELD, field + " is missing" + in() + "; give it");
        }
    }

    /** Refuses a text of nothing. */
    void requireSaid(String field, String hint) {
        JsonNode value = object.path(field);
        if (value.isTextual() && value.textValue().isEmpty()) {
            refusals.add(at(field), INVALID_VALUE, field + " is empty" + in() + "; " + hint);
        }
    }

    /** Refuses a number's value. */
    void requireIn(Range range, String field, int number) {
        refuse(field, range.fault(shortName(field), number));
    }

    /** Refuses a duration's value. */
    void requireIn(Span span, String field, Duration duration) {
        refuse(field, span.fault(shortName(field), duration));
    }

    private void refuse(String field, @Nullable String fault) {
        if (fault != null) {
            refusals.add(at(field), INVALID_VALUE, fault);
        }
    }

    /** Refuses an amount. */
    void requireIn(Bounds bounds, String field, long amount) {
        refuse(field, bounds.fault(shortName(field), amount));
    }

    /** Within a list, the list's element is where the pointer says. */
    private String shortName(String field) {
        return name(at(field)).replaceAll("^.*]\\.", "");
    }

    String text(String field) {
        return text(at(field), object.get(field));
    }

    @Nullable
    Integer number(String field) {
        JsonNode value = object.get(field);
        if (!value.isIntegralNumber()) {
            String hint = value.isTextual() ? "; remove the quotes" : "; give a whole number";
            refusals.add(at(field), WRONG_TYPE, field + " is " + kind(value) + hint);
            return null;
        }
        if (!value.canConvertToInt()) {
            refusals.add(at(field), INVALID_VALUE, field + " is far too large; give a number of its range");
            return null;
        }
        return value.intValue();
    }

    /** Thousandths of a core. */
    @Nullable
    Integer cores(String field) {
        JsonNode value = object.get(field);
        if (!value.isNumber()) {
            String hint = value.isTextual() ? "; remove the quotes" : "; give a number of cores, such as 0.5";
            refusals.add(at(field), WRONG_TYPE, field + " is " + kind(value) + hint);
            return null;
        }
        try {
            return Cores.of(value.decimalValue());
        } catch (ArithmeticException e) {
            refusals.add(
                    at(field),
                    INVALID_VALUE,
                    field
                            + " can't be reckoned with; give a number of cores with at most three digits behind the point,"
                            + " such as 0.5");
            return null;
        }
    }

    /** Bytes. */
    @Nullable
    Long size(String field) {
        JsonNode value = object.get(field);
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        if (value.isTextual()) {
            Long size = Sizes.of(value.textValue()).orElse(null);
            if (size == null) {
                refusals.add(
                        at(field),
                        INVALID_VALUE,
                        field + " is " + Pointers.quoted(value.textValue()) + ", which is no size; "
                                + meant(value.textValue()));
            }
            return size;
        }
        refusals.add(
                at(field),
                WRONG_TYPE,
                field + " is " + kind(value) + "; give a size such as \"512MiB\", or a whole number of bytes");
        return null;
    }

    /** People write {@code 512m}, {@code 1.5 GB} and {@code 2Gi} elsewhere. */
    private static String meant(String text) {
        Matcher meant = SIZE_ELSEWHERE.matcher(text);
        return meant.matches()
                ? "did you mean \"" + meant.group(1) + meant.group(2).toUpperCase(Locale.ROOT) + "iB\"?"
                : "give a whole number with B, KiB, MiB, GiB or TiB, such as \"512MiB\", or of bytes";
    }

    @Nullable
    Boolean flag(String field) {
        JsonNode value = object.get(field);
        if (!value.isBoolean()) {
            String hint = value.isTextual() ? "; remove the quotes" : "; give true or false";
            // elsewhere they are called so
            String other = value.isArray() && field.equals("init")
                    ? ". What is to run before the container goes into init_containers"
                    : "";
            refusals.add(at(field), WRONG_TYPE, field + " is " + kind(value) + hint + other);
            return null;
        }
        return value.booleanValue();
    }

    @Nullable
    Duration duration(String field) {
        JsonNode value = object.get(field);
        if (!value.isTextual()) {
            String such = value.canConvertToInt() && value.intValue() > 0 ? value.intValue() + "s" : "10s";
            refusals.add(
                    at(field),
                    WRONG_TYPE,
                    field + " is " + kind(value) + "; give a duration with its unit, such as \"" + such + "\"");
            return null;
        }
        Duration duration = Durations.of(value.textValue()).orElse(null);
        if (duration == null) {
            refusals.add(
                    at(field),
                    INVALID_VALUE,
                    field + " is " + Pointers.quoted(value.textValue())
                            + ", which is no duration; give whole numbers with h, m, s or ms, such as \"1h30m\", \"10s\" or \"500ms\"");
        }
        return duration;
    }

    /** One of an enum's constants, written in lower case. */
    @Nullable
    Object choice(Field<?> row) {
        String field = row.name();
        String text = text(field);
        if (!object.get(field).isTextual()) {
            return null;
        }
        Object choice = row.choice(text);
        if (choice == null) {
            String meant = text.isBlank()
                    ? ""
                    : Nearest.to(text, row.choices(), 1)
                            .map(nearest -> "; did you mean \"" + nearest + "\"?")
                            .orElse("");
            refusals.add(
                    at(field),
                    INVALID_VALUE,
                    field + " is " + Pointers.quoted(text) + "; give one of " + String.join(", ", row.choices())
                            + meant);
        }
        return choice;
    }

    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        int i = 0;
        for (JsonNode element : elements(field)) {
            texts.add(text(at(field) + "/" + i++, element));
        }
        return texts;
    }

    Map<String, String> textMap(String field) {
        Map<String, String> map = new LinkedHashMap<>();
        JsonNode value = object.get(field);
        if (!value.isObject()) {
            refusals.add(
                    at(field), WRONG_TYPE, field + " is " + kind(value) + "; give an object: {\"key\": \"value\"}");
        } else {
            value.properties()
                    .forEach(entry ->
                            map.put(entry.getKey(), text(Pointers.child(at(field), entry.getKey()), entry.getValue())));
        }
        return map;
    }

    Fields object(String field, List<String> known) {
        return new Fields(object.get(field), at(field), refusals, known);
    }

    List<Fields> objects(String field, List<String> known) {
        List<Fields> objects = new ArrayList<>();
        int i = 0;
        for (JsonNode element : elements(field)) {
            objects.add(new Fields(element, at(field) + "/" + i++, refusals, known));
        }
        return objects;
    }

    private Iterable<JsonNode> elements(String field) {
        JsonNode value = object.get(field);
        if (!value.isArray()) {
            refusals.add(at(field), WRONG_TYPE, field + " is " + kind(value) + "; give a list: [ … ]");
            return List.of();
        }
        return value;
    }

    private String text(String pointer, JsonNode value) {
        if (value.isTextual()) {
            return value.textValue();
        }
        boolean quotable = value.isNumber() || value.isBoolean();
        String hint = quotable ? "; quote it: \"" + value.asText() + "\"" : "; give a string";
        // a file's rights that YAML has read already, 0400 as 256, whose digits are other rights
        hint = value.isNumber() && pointer.endsWith("/mode") ? "; quote its octal digits, as in \"0640\"" : hint;
        refusals.add(pointer, WRONG_TYPE, name(pointer) + " is " + kind(value) + hint);
        return "";
    }

    private String in() {
        return pointer.isEmpty() ? "" : " in " + name(pointer);
    }

    private String at(String field) {
        return Pointers.child(pointer, field);
    }

    /** {@code ports[0].host_ip} for {@code /ports/0/host_ip}. */
    private static String name(String pointer) {
        return pointer.substring(1)
                .replaceAll("/(\\d+)(?=/|$)", "[$1]")
                .replace('/', '.')
                .replace("~1", "/")
                .replace("~0", "~");
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case STRING, BINARY -> "a string";
            case BOOLEAN -> "true or false";
            case NUMBER -> value.isIntegralNumber() ? "a number" : "a number with a fraction";
            case NULL, MISSING -> "null";
        };
    }
}
