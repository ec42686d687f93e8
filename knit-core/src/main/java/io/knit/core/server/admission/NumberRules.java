package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.spec.Field;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every number and duration of a spec has its row's range, whichever record it is in. */
final class NumberRules {
    private final Refusals refusals;

    private NumberRules(Refusals refusals) {
        this.refusals = refusals;
    }

    static void check(DeploymentSpec spec, Refusals refusals) {
        new NumberRules(refusals).record("", "", SpecTable.SPEC, spec);
    }

    /** @param within the name of what the record is in, as a user knows it: an element of a list is where the pointer says */
    private <R> void record(String pointer, String within, Table<R> table, R record) {
        for (Field<R> field : table.fields()) {
            field(pointer + "/" + field.name(), within + field.name(), field, field.of(record));
        }
    }

    @SuppressWarnings("unchecked")
    private void field(String pointer, String name, Field<?> field, @Nullable Object value) {
        if (value == null) {
            return;
        }
        switch (field.type()) {
            case CORES, SIZE -> {
                if (!field.isUnset(value)) {
                    refuse(pointer, field.bounds().fault(name, ((Number) value).longValue()));
                }
            }
            case NUMBER -> refuse(pointer, field.range().fault(name, (Integer) value));
            case DURATION -> refuse(pointer, field.span().fault(name, (Duration) value));
            case OBJECT -> record(pointer, name + ".", (Table<Object>) field.table(), value);
            case OBJECTS -> list(pointer, field, (List<Object>) value);
            case TEXT, FLAG, CHOICE, TEXTS, TEXT_MAP -> {}
        }
    }

    private void refuse(String pointer, @Nullable String fault) {
        if (fault != null) {
            refusals.add(pointer, INVALID_VALUE, fault);
        }
    }

    @SuppressWarnings("unchecked")
    private void list(String pointer, Field<?> field, List<Object> records) {
        // of a list that is too long as a whole nobody wants to know more
        if (records.size() <= field.limits().entries()) {
            for (int i = 0; i < records.size(); i++) {
                record(pointer + "/" + i, "", (Table<Object>) field.table(), records.get(i));
            }
        }
    }
}
