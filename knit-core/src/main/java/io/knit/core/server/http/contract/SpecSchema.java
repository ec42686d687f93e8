package io.knit.core.server.http.contract;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.spi.Cores;
import io.knit.api.spi.Durations;
import io.knit.api.spi.Sizes;
import io.knit.core.spec.Bounds;
import io.knit.core.spec.Field;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.Range;
import io.knit.core.spec.SpecJson;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The tables as JSON Schema (2020-12, as OpenAPI 3.1 has it). It takes all that is taken, and refuses what one field alone shows; what only
 * several together show, and grammars, are for the server to say.
 */
final class SpecSchema {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String SCHEMAS = "#/components/schemas/";

    private SpecSchema() {}

    /**
     * By name, in alphabetical order; they refer to each other as OpenAPI's components. What has secrets is there twice: as it is given,
     * and, with {@code Shown} behind its name, as it is shown.
     */
    static Map<String, ObjectNode> all() {
        Map<String, ObjectNode> schemas = new TreeMap<>();
        schemas.put("Duration", NODES.objectNode().put("type", "string").put("pattern", "^" + Durations.PATTERN + "$"));
        SpecTable.ALL.forEach((name, table) -> schemas.put(name, of(table, false)));
        SpecTable.ALL.values().stream()
                .filter(SpecSchema::hasSecrets)
                .forEach(table -> schemas.put(nameOf(table, true), of(table, true)));
        return schemas;
    }

    private static boolean hasSecrets(Table<?> table) {
        return table.fields().stream().anyMatch(field -> switch (field.type()) {
            case OBJECT, OBJECTS -> hasSecrets(field.table());
            default -> field.secret();
        });
    }

    private static <R> ObjectNode of(Table<R> table, boolean shown) {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ArrayNode required = NODES.arrayNode();
        ObjectNode properties = NODES.objectNode();
        for (Field<R> field : table.fields()) {
            if (shown && field.secret()) {
                continue;
            }
            properties.set(field.name(), property(table, field, shown));
            if (field.required()) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        schema.set("properties", properties);
        return schema.put("additionalProperties", false);
    }

    private static <R> ObjectNode property(Table<R> table, Field<R> field, boolean shown) {
        ObjectNode schema = NODES.objectNode();
        String doc = field.doc();
        if (!field.required() && !field.unlessGiven().isEmpty()) {
            doc += ". Unless given: " + field.unlessGiven();
        }
        schema.put("description", doc);
        type(schema, field, shown);
        Object value = table.unlessGiven(field);
        if (value != null && field.unlessGiven().isEmpty()) {
            schema.set("default", SpecJson.of(field, value));
        }
        if (field.secret()) {
            schema.put("writeOnly", true);
        }
        if (field.since() != null) {
            schema.put("x-feature", field.since());
        }
        return schema;
    }

    private static void type(ObjectNode schema, Field<?> field, boolean shown) {
        FieldLimits limits = field.limits();
        switch (field.type()) {
            case TEXT -> text(schema, limits);
            case NUMBER -> number(schema.put("type", "integer"), field);
            case FLAG -> schema.put("type", "boolean");
            case CORES -> cores(schema.put("type", "number"), field.bounds());
            case SIZE -> size(schema, field.bounds());
            case DURATION -> schema.put("type", "string").put("pattern", "^" + Durations.PATTERN + "$");
            case CHOICE -> field.choices().forEach(schema.put("type", "string").putArray("enum")::add);
            case TEXTS -> {
                most(schema.put("type", "array"), "maxItems", limits.entries());
                text(schema.putObject("items"), limits);
            }
            case TEXT_MAP -> {
                most(schema.put("type", "object"), "maxProperties", limits.entries());
                key(schema.putObject("propertyNames"), limits);
                text(schema.putObject("additionalProperties"), limits);
            }
            case OBJECT -> schema.put("$ref", SCHEMAS + nameOf(field.table(), shown));
            case OBJECTS -> {
                most(schema.put("type", "array"), "maxItems", limits.entries());
                schema.putObject("items").put("$ref", SCHEMAS + nameOf(field.table(), shown));
            }
        }
    }

    private static void number(ObjectNode schema, Field<?> field) {
        Range range = field.range();
        if (range.besides().isEmpty() && field.stands().isEmpty()) {
            schema.put("minimum", range.least()).put("maximum", range.most());
            return;
        }
        ArrayNode either = schema.putArray("anyOf");
        either.addObject().put("minimum", range.least()).put("maximum", range.most());
        ArrayNode besides = either.addObject().putArray("enum");
        range.besides().stream().sorted().forEach(besides::add);
        field.stands().stream().sorted().forEach(besides::add);
    }

    /** Zero is none. */
    private static void cores(ObjectNode schema, Bounds bounds) {
        schema.put("multipleOf", Cores.decimal(1)).put("minimum", 0).put("maximum", Cores.decimal(bounds.most()));
    }

    private static void size(ObjectNode schema, Bounds bounds) {
        ArrayNode either = schema.putArray("anyOf");
        either.addObject().put("type", "string").put("pattern", "^" + Sizes.PATTERN + "$");
        either.addObject().put("type", "integer").put("minimum", 0).put("maximum", bounds.most());
    }

    private static void text(ObjectNode schema, FieldLimits limits) {
        most(schema.put("type", "string"), "maxLength", limits.length());
        Pattern pattern = limits.pattern();
        if (pattern != null) {
            schema.put("pattern", whole(pattern));
        }
    }

    private static void key(ObjectNode schema, FieldLimits limits) {
        most(schema, "maxLength", limits.keyLength());
        Pattern pattern = limits.key();
        if (pattern != null) {
            schema.put("pattern", whole(pattern));
        }
    }

    private static String whole(Pattern pattern) {
        return "^(?:" + pattern.pattern() + ")$";
    }

    private static void most(ObjectNode schema, String keyword, int most) {
        if (most != FieldLimits.NONE) {
            schema.put(keyword, most);
        }
    }

    private static String nameOf(Table<?> table, boolean shown) {
        String suffix = shown && hasSecrets(table) ? "Shown" : "";
        return SpecTable.ALL.entrySet().stream()
                .filter(named -> named.getValue() == table)
                .map(named -> named.getKey() + suffix)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(table.record() + " is not in SpecTable.ALL"));
    }
}
