package io.knit.core.spec;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.TextNode;
import io.knit.api.model.DeploymentSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is different between two specs (pure). */
public final class SpecDiff {
    /** What stands for a secret: that it changed is said, and nothing of it. */
    public static final String MASK = "\"***\"";

    private final List<Change> changes = new ArrayList<>();

    private SpecDiff() {}

    /**
     * One place.
     *
     * @param pointer JSON pointer into the spec
     * @param before its JSON; null: it was not there
     * @param after its JSON; null: it is not there
     */
    public record Change(
            String pointer,
            @Nullable String before,
            @Nullable String after) {}

    /** In the table's order; empty: they say the same. Lists of records are compared place by place, maps key by key. */
    public static List<Change> of(DeploymentSpec before, DeploymentSpec after) {
        SpecDiff diff = new SpecDiff();
        diff.records(JsonPointer.empty(), SpecTable.SPEC, before, after);
        return List.copyOf(diff.changes);
    }

    private <R> void records(JsonPointer pointer, Table<R> table, R before, R after) {
        for (Field<R> field : table.fields()) {
            Object was = given(field, before);
            Object is = given(field, after);
            if (!Objects.equals(was, is)) {
                values(pointer.appendProperty(field.name()), field, was, is);
            }
        }
    }

    private static <R> @Nullable Object given(Field<R> field, R record) {
        Object value = field.of(record);
        return field.isUnset(value) ? null : value;
    }

    @SuppressWarnings("unchecked")
    private void values(JsonPointer pointer, Field<?> field, @Nullable Object was, @Nullable Object is) {
        if (was == null || is == null) {
            add(pointer, text(field, was), text(field, is));
            return;
        }
        switch (field.type()) {
            case TEXT, NUMBER, FLAG, DURATION, CORES, SIZE, CHOICE, TEXTS ->
                add(pointer, text(field, was), text(field, is));
            case TEXT_MAP -> entries(pointer, field, (Map<String, String>) was, (Map<String, String>) is);
            case OBJECT -> records(pointer, (Table<Object>) field.table(), was, is);
            case OBJECTS -> lists(pointer, (Table<Object>) field.table(), (List<Object>) was, (List<Object>) is);
        }
    }

    private void entries(JsonPointer pointer, Field<?> field, Map<String, String> was, Map<String, String> is) {
        Set<String> keys = new LinkedHashSet<>(was.keySet());
        keys.addAll(is.keySet());
        for (String key : keys) {
            if (!Objects.equals(was.get(key), is.get(key))) {
                add(pointer.appendProperty(key), entry(field, was.get(key)), entry(field, is.get(key)));
            }
        }
    }

    private void lists(JsonPointer pointer, Table<Object> table, List<Object> was, List<Object> is) {
        for (int i = 0; i < Math.max(was.size(), is.size()); i++) {
            JsonPointer at = pointer.appendIndex(i);
            if (i < was.size() && i < is.size()) {
                records(at, table, was.get(i), is.get(i));
            } else {
                add(at, record(table, was, i), record(table, is, i));
            }
        }
    }

    private void add(JsonPointer pointer, @Nullable String before, @Nullable String after) {
        changes.add(new Change(pointer.toString(), before, after));
    }

    private static @Nullable String record(Table<Object> table, List<Object> all, int i) {
        return i < all.size() ? SpecJson.of(table, all.get(i)).toString() : null;
    }

    private static @Nullable String text(Field<?> field, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return field.secret() ? MASK : SpecJson.of(field, value).toString();
    }

    private static @Nullable String entry(Field<?> field, @Nullable String value) {
        if (value == null) {
            return null;
        }
        return field.secret() ? MASK : TextNode.valueOf(value).toString();
    }
}
