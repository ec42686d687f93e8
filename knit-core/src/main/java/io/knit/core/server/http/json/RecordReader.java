package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.admission.Refusals;
import io.knit.core.spec.Field;
import io.knit.core.spec.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * JSON to the record of a table. A number outside its range is left for admission, which says it with all else that it finds, unless something
 * is wrong already: then a user learns both at once.
 */
final class RecordReader {
    private final boolean ranges;

    private RecordReader(boolean ranges) {
        this.ranges = ranges;
    }

    /** What is wrong is collected, and harmless values stand in its place. */
    static <R> R read(JsonNode tree, Table<R> table, Refusals refusals) {
        return read(tree, "", table, refusals);
    }

    /** The same of a part of a larger document, which stands there. */
    static <R> R read(JsonNode tree, String pointer, Table<R> table, Refusals refusals) {
        Refusals first = new Refusals();
        R read = new RecordReader(false).record(new Fields(tree, pointer, first, table.names()), table);
        return first.any()
                ? new RecordReader(true).record(new Fields(tree, pointer, refusals, table.names()), table)
                : read;
    }

    private <R> R record(Fields fields, Table<R> table) {
        Map<String, Object> given = new HashMap<>();
        for (Field<R> field : table.fields()) {
            Object value = value(fields, field);
            if (value != null) {
                given.put(field.name(), value);
            } else if (field.required()) {
                given.put(field.name(), harmless(field));
            }
        }
        return table.of(given);
    }

    private static Object harmless(Field<?> field) {
        return switch (field.type()) {
            case NUMBER -> 0;
            case CHOICE -> Objects.requireNonNull(field.choice(field.choices().get(0)));
            case DURATION -> Duration.ZERO;
            default -> "";
        };
    }

    /** Null: it was not given, or is of no use. */
    private @Nullable Object value(Fields fields, Field<?> field) {
        String name = field.name();
        if (!fields.has(name)) {
            String instead = field.instead();
            if (field.required() || instead != null && !fields.has(instead)) {
                fields.require(name);
            }
            return null;
        }
        return switch (field.type()) {
            case TEXT -> fields.text(name);
            case NUMBER -> number(fields, field);
            case FLAG -> fields.flag(name);
            case CORES -> amount(fields, field, fields.cores(name));
            case SIZE -> amount(fields, field, fields.size(name));
            case DURATION -> duration(fields, field);
            case CHOICE -> fields.choice(field);
            case TEXTS -> fields.texts(name);
            case TEXT_MAP -> fields.textMap(name);
            case OBJECT -> record(fields.object(name, field.table().names()), field.table());
            case OBJECTS -> records(fields.objects(name, field.table().names()), field.table());
        };
    }

    private @Nullable Number amount(Fields fields, Field<?> field, @Nullable Number amount) {
        if (ranges && amount != null && !field.isUnset(amount)) {
            fields.requireIn(field.bounds(), field.name(), amount.longValue());
        }
        return amount;
    }

    private @Nullable Integer number(Fields fields, Field<?> field) {
        Integer number = fields.number(field.name());
        if (ranges && number != null && !field.stands().contains(number)) {
            fields.requireIn(field.range(), field.name(), number);
        }
        return number;
    }

    private @Nullable Duration duration(Fields fields, Field<?> field) {
        Duration duration = fields.duration(field.name());
        if (ranges && duration != null) {
            fields.requireIn(field.span(), field.name(), duration);
        }
        return duration;
    }

    private List<Object> records(List<Fields> all, Table<?> table) {
        List<Object> records = new ArrayList<>();
        all.forEach(fields -> records.add(record(fields, table)));
        return records;
    }
}
