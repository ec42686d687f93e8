package io.knit.core.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.api.spi.Cores;
import io.knit.api.spi.Durations;
import io.knit.api.spi.Sizes;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Specs as JSON for people and programs, in the table's order. Secrets are left out, whoever asks. */
public final class SpecJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SpecJson() {}

    /** With all that was left out filled in. */
    public static ObjectNode of(DeploymentSpec spec) {
        ObjectNode json = of(SpecTable.SPEC, spec);
        if (spec.mode() != Mode.REPLICATED) {
            // it has no meaning, and would be refused
            json.remove("replicas");
        }
        return json;
    }

    static <R> ObjectNode of(Table<R> table, R record) {
        ObjectNode json = NODES.objectNode();
        for (Field<R> field : table.fields()) {
            Object value = field.of(record);
            if (value != null && !field.isUnset(value) && !field.secret()) {
                json.set(field.name(), of(field, value));
            }
        }
        return json;
    }

    /** What a field has; its own secrets left out. */
    @SuppressWarnings("unchecked")
    public static JsonNode of(Field<?> field, Object value) {
        return switch (field.type()) {
            case TEXT -> NODES.textNode((String) value);
            case NUMBER -> NODES.numberNode((Integer) value);
            case FLAG -> NODES.booleanNode((Boolean) value);
            case CORES -> NODES.numberNode(Cores.decimal((Integer) value));
            case SIZE -> NODES.textNode(Sizes.text((Long) value));
            case CHOICE -> NODES.textNode(Field.word(value));
            case DURATION -> NODES.textNode(Durations.text((Duration) value));
            case TEXTS -> texts((List<String>) value);
            case TEXT_MAP -> map((Map<String, String>) value);
            case OBJECT -> of((Table<Object>) field.table(), value);
            case OBJECTS -> {
                ArrayNode all = NODES.arrayNode();
                ((List<?>) value).forEach(each -> all.add(of((Table<Object>) field.table(), each)));
                yield all;
            }
        };
    }

    private static ArrayNode texts(List<String> texts) {
        ArrayNode json = NODES.arrayNode();
        texts.forEach(json::add);
        return json;
    }

    private static ObjectNode map(Map<String, String> entries) {
        ObjectNode json = NODES.objectNode();
        entries.forEach(json::put);
        return json;
    }
}
