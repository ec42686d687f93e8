package io.knit.core.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.spec.Field;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.FullSpec;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import io.knit.core.template.TemplateEngine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever limit a row of the table says, admission keeps: one more is refused where it is. */
class TableLimitsTest {
    private final Admission admission = new Admission(new TemplateEngine());

    /** Each with its pointer: a spec that is beyond one limit. */
    static Stream<Arguments> beyond() {
        List<Arguments> cases = new ArrayList<>();
        of(SpecTable.SPEC, FullSpec.SPEC, "", spec -> spec, cases);
        return cases.stream();
    }

    /** What a spec becomes when a record in it does. */
    private interface Within<R> {
        DeploymentSpec with(R record);
    }

    @SuppressWarnings("unchecked")
    private static <R> void of(Table<R> table, R record, String pointer, Within<R> spec, List<Arguments> cases) {
        for (Field<R> field : table.fields()) {
            String at = pointer + "/" + field.name();
            values(field)
                    .forEach((where, value) -> cases.add(Arguments.of(
                            at + where, spec.with(table.with(record, Collections.singletonMap(field.name(), value))))));
            Object value = field.of(record);
            if (value == null && field.type() == io.knit.core.spec.Type.TEXT) {
                // a constraint has either a value or values
                continue;
            }
            Object inside = Objects.requireNonNull(value, "the full spec has everything");
            switch (field.type()) {
                case OBJECT ->
                    of(
                            (Table<Object>) field.table(),
                            inside,
                            at,
                            inner -> spec.with(table.with(record, Map.of(field.name(), inner))),
                            cases);
                case OBJECTS -> {
                    Object first = ((List<Object>) inside).get(0);
                    of(
                            (Table<Object>) field.table(),
                            first,
                            at + "/0",
                            inner -> spec.with(table.with(record, Map.of(field.name(), List.of(inner)))),
                            cases);
                    if (field.limits().entries() != FieldLimits.NONE) {
                        List<Object> many = Collections.nCopies(field.limits().entries() + 1, first);
                        cases.add(Arguments.of(at, spec.with(table.with(record, Map.of(field.name(), many)))));
                    }
                }
                default -> {}
            }
        }
    }

    /** Values beyond a limit, by where in the field that shows. */
    private static Map<String, Object> values(Field<?> field) {
        Map<String, Object> values = new LinkedHashMap<>();
        FieldLimits limits = field.limits();
        String word = "x".repeat(limits.length() == FieldLimits.NONE ? 1 : limits.length() + 1);
        switch (field.type()) {
            case NUMBER -> values.put("", field.range().most() + 1);
            case CORES -> values.put("", (int) field.bounds().most() + 1);
            case SIZE -> values.put("", field.bounds().most() + 1);
            case DURATION -> values.put("", field.span().most().plusMillis(1));
            case TEXT -> {
                if (limits.length() != FieldLimits.NONE) {
                    values.put("", word);
                }
            }
            case TEXTS -> {
                values.put("", Collections.nCopies(limits.entries() + 1, "x"));
                values.put("/0", List.of(word));
            }
            case TEXT_MAP -> {
                Map<String, String> many = new LinkedHashMap<>();
                IntStream.rangeClosed(0, limits.entries()).forEach(i -> many.put("k" + i, "x"));
                values.put("", many);
                values.put("/k", Map.of("k", word));
                String key = "k".repeat(limits.keyLength() + 1);
                values.put("/" + key, Map.of(key, "x"));
                if (limits.key() != null) {
                    values.put("/=", Map.of("=", "x"));
                }
            }
            case FLAG, CHOICE, OBJECT, OBJECTS -> {}
        }
        return values;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("beyond")
    void oneMoreIsRefusedWhereItIs(String pointer, DeploymentSpec spec) {
        KnitException refused = catchThrowableOfType(KnitException.class, () -> admission.admit(spec));
        assertThat(refused).as("nobody refuses %s", pointer).isNotNull();
        assertThat(Refusals.of(refused)).extracting(KnitException::pointer).contains(pointer);
    }
}
