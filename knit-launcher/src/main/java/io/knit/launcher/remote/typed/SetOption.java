package io.knit.launcher.remote.typed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.knit.core.spec.Field;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import io.knit.core.spec.Type;
import io.knit.launcher.yaml.NoYaml;
import io.knit.launcher.yaml.YamlTrees;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --set PATH=VALUE} says: puts a value into a spec. What is a text by the table of fields stays one, however it looks; anything else is read as
 * YAML. A field that this release does not know is left to the server to judge.
 */
public final class SetOption {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Set<Type> TEXTS = Set.of(Type.TEXT, Type.CHOICE, Type.DURATION);

    private SetOption() {}

    /**
     * Puts them into the spec, in their order.
     *
     * @throws IllegalArgumentException if one can't be; the spec is of no use then
     */
    public static void put(List<String> options, ObjectNode spec) {
        Set<SpecPath> seen = new HashSet<>();
        for (String option : options) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("--set is written PATH=VALUE, such as --set image=nginx:1.27");
            }
            SpecPath path = SpecPath.of(option.substring(0, equals));
            if (!seen.add(path)) {
                throw new IllegalArgumentException("--set " + path + " is given twice; leave one out");
            }
            put(path, value(path, option.substring(equals + 1)), spec);
        }
    }

    private static void put(SpecPath path, JsonNode value, ObjectNode spec) {
        JsonNode at = spec;
        for (int i = 0; i < path.steps().size(); i++) {
            boolean last = i == path.steps().size() - 1;
            JsonNode fresh =
                    last ? value : path.steps().get(i + 1) instanceof Integer ? JSON.arrayNode() : JSON.objectNode();
            at = path.steps().get(i) instanceof Integer place
                    ? inList(at, place, last, fresh, path, i)
                    : inObject(at, (String) path.steps().get(i), last, fresh, path, i);
        }
    }

    private static JsonNode inObject(JsonNode at, String key, boolean last, JsonNode fresh, SpecPath path, int depth) {
        if (!(at instanceof ObjectNode object)) {
            throw new IllegalArgumentException("--set " + path + ": " + path.words(depth)
                    + (at.isArray()
                            ? " is a list; say which of it, as in " + path.words(depth) + "[0]"
                            : " has no parts"));
        }
        if (last || object.path(key).isMissingNode() || object.path(key).isNull()) {
            object.set(key, fresh);
        }
        return object.path(key);
    }

    private static JsonNode inList(JsonNode at, int place, boolean last, JsonNode fresh, SpecPath path, int depth) {
        if (!(at instanceof ArrayNode list)) {
            throw new IllegalArgumentException("--set " + path + ": "
                    + (depth == 0 ? "the spec" : path.words(depth)) + " is no list; write a name in place of ["
                    + place + "]");
        }
        if (place > list.size()) {
            throw new IllegalArgumentException("--set " + path + ": " + path.words(depth) + " has " + list.size()
                    + " entries; the next is [" + list.size() + "]");
        }
        if (place == list.size()) {
            list.add(fresh);
        } else if (last) {
            list.set(place, fresh);
        }
        return list.path(place);
    }

    private static JsonNode value(SpecPath path, String text) {
        Kind kind = Kind.of(path);
        if (kind.text()) {
            return TextNode.valueOf(text);
        }
        JsonNode value = yaml(path, text);
        Type type = kind.type();
        String wanted = type == null ? "" : wanted(type, value, path);
        if (!wanted.isEmpty() || value.isNull()) {
            throw new IllegalArgumentException("--set " + path + ": " + (text.isEmpty() ? "nothing" : text) + " is not "
                    + (wanted.isEmpty() ? "a value; what is to be left out is left out of the file" : wanted));
        }
        return value;
    }

    /** What the field takes, where that is not what was given; else empty. */
    private static String wanted(Type type, JsonNode value, SpecPath path) {
        return switch (type) {
            case NUMBER, CORES -> value.isNumber() ? "" : "a number";
            case FLAG -> value.isBoolean() ? "" : "true or false";
            case TEXTS, OBJECTS ->
                value.isArray() ? "" : "a list; write [a, b], or set one of it, as in " + path + "[0]=…";
            case OBJECT, TEXT_MAP ->
                value.isObject() ? "" : "an object; write {key: value}, or set one of it, as in " + path + ".key=…";
            case SIZE -> value.isNumber() || value.isTextual() ? "" : "a size such as 64MiB";
            case TEXT, CHOICE, DURATION -> "";
        };
    }

    private static JsonNode yaml(SpecPath path, String text) {
        try {
            JsonNode value = YamlTrees.typed(text);
            return value == null ? JSON.nullNode() : value;
        } catch (NoYaml e) {
            throw new IllegalArgumentException(
                    "--set " + path + ": the value can't be read as YAML" + e.behind()
                            + "; put a text into quotes: '\"…\"'",
                    e);
        }
    }

    /**
     * What is at a path, by the table of fields.
     *
     * @param type null: this release does not know it
     * @param text whether it is taken as it is written
     */
    private record Kind(@Nullable Type type, boolean text) {
        private static final Kind UNKNOWN = new Kind(null, false);

        static Kind of(SpecPath path) {
            Table<?> table = SpecTable.SPEC;
            List<Object> steps = path.steps();
            for (int i = 0; i < steps.size(); i++) {
                if (!(steps.get(i) instanceof String name) || !table.names().contains(name)) {
                    return UNKNOWN;
                }
                Field<?> field = table.field(name);
                int left = steps.size() - 1 - i;
                switch (field.type()) {
                    case OBJECT, OBJECTS -> {
                        int inside = field.type() == Type.OBJECT ? 0 : 1;
                        if (inside == 1 && left > 0 && !(steps.get(i + 1) instanceof Integer)) {
                            return UNKNOWN;
                        }
                        if (left <= inside) {
                            return left == 0 ? new Kind(field.type(), false) : new Kind(Type.OBJECT, false);
                        }
                        table = field.table();
                        i += inside;
                    }
                    case TEXTS, TEXT_MAP -> {
                        return left == 0 ? new Kind(field.type(), false) : new Kind(Type.TEXT, true);
                    }
                    default -> {
                        return new Kind(field.type(), TEXTS.contains(field.type()));
                    }
                }
            }
            return UNKNOWN;
        }
    }
}
