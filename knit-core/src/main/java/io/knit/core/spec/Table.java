package io.knit.core.spec;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of one record, in its components' order; those of a part of it stand in that one's place. Immutable. */
public final class Table<R> {
    private final Class<R> record;
    private final Function<Given, R> blank;
    private final List<Field<R>> components;
    private final List<Field<R>> fields;
    private final Constructor<R> constructor;
    private final R madeUp;

    private Table(Class<R> record, Function<Given, R> blank, List<Field<R>> components) {
        this.record = record;
        this.blank = blank;
        this.components = components;
        this.fields = components.stream().flatMap(Table::lifted).toList();
        this.constructor = constructor(record);
        this.madeUp = blank.apply(new Given(required(fields)));
    }

    /**
     * Of a record.
     *
     * @param blank the record of which only what is required was given: it says what all else is then
     * @throws IllegalStateException unless each component has its row and each row its component
     */
    @SafeVarargs
    static <R> Table<R> of(Class<R> record, Function<Given, R> blank, Field.Row<R>... rows) {
        List<Field<R>> fields = Arrays.stream(rows).map(Field.Row<R>::done).toList();
        requireWhole(record, fields.stream().map(Field::name).toList());
        return new Table<>(record, blank, fields);
    }

    /** The fields of a part as those of what has it. */
    private static <R> Stream<Field<R>> lifted(Field<R> component) {
        return component.isPart() ? component.table().fields().stream().map(component::lift) : Stream.of(component);
    }

    static void requireWhole(Class<?> record, List<String> rows) {
        List<String> components =
                Arrays.stream(record.getRecordComponents()).map(Table::wireName).toList();
        if (!components.equals(rows)) {
            throw new IllegalStateException("the table has of " + record.getSimpleName() + " the rows " + rows
                    + " and the record the components " + components
                    + "; give each component its row, in the same order");
        }
    }

    static String wireName(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static <R> Constructor<R> constructor(Class<R> record) {
        Class<?>[] types = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return record.getConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(record.getName() + " is not public", e);
        }
    }

    public Class<R> record() {
        return record;
    }

    /** As JSON has them: those of a part are the record's own. */
    public List<Field<R>> fields() {
        return fields;
    }

    /** As Java has them: a part is one. */
    List<Field<R>> components() {
        return components;
    }

    /** All fields' names. */
    public List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    /**
     * The row of that name.
     *
     * @throws NoSuchElementException if there is none
     */
    public Field<R> field(String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("there is no row " + name));
    }

    /** A record of the values that were given, by name, and of what all others are unless given. All that are required must be there. */
    public R of(Map<String, Object> given) {
        return with(blank.apply(new Given(given)), given);
    }

    /** The same record with other values, by name. */
    public R with(R record, Map<String, ?> other) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Field<R> field : components) {
            Object before = field.of(record);
            values.add(
                    field.isPart()
                            ? partWith(field.table(), before, other)
                            : other.containsKey(field.name()) ? other.get(field.name()) : before);
        }
        try {
            return constructor.newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException refused ? refused : new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record's constructor can be called", e);
        }
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Object partWith(Table<?> table, @Nullable Object part, Map<String, ?> other) {
        if (part == null || table.names().stream().noneMatch(other::containsKey)) {
            return part;
        }
        return ((Table<Object>) table).with(part, other);
    }

    /**
     * The same record without what is {@linkplain Field#confidential confidential}, at whatever depth.
     *
     * @param mask what stands for a text there
     */
    public R masked(R record, UnaryOperator<String> mask) {
        Map<String, Object> other = new HashMap<>();
        for (Field<R> field : fields) {
            Object value = field.of(record);
            if (value != null) {
                Object shown = masked(field, value, mask);
                if (!shown.equals(value)) {
                    other.put(field.name(), shown);
                }
            }
        }
        return other.isEmpty() ? record : with(record, other);
    }

    @SuppressWarnings("unchecked")
    private static Object masked(Field<?> field, Object value, UnaryOperator<String> mask) {
        return switch (field.type()) {
            case TEXT -> field.confidential() ? mask.apply((String) value) : value;
            case TEXTS ->
                field.confidential() ? ((List<String>) value).stream().map(mask).toList() : value;
            case TEXT_MAP -> field.confidential() ? entries(field, (Map<String, String>) value, mask) : value;
            case OBJECT -> ((Table<Object>) field.table()).masked(value, mask);
            case OBJECTS ->
                ((List<Object>) value)
                        .stream()
                                .map(each -> ((Table<Object>) field.table()).masked(each, mask))
                                .toList();
            case NUMBER, FLAG, DURATION, CORES, SIZE, CHOICE -> value;
        };
    }

    private static Map<String, String> entries(Field<?> field, Map<String, String> all, UnaryOperator<String> mask) {
        Map<String, String> shown = new TreeMap<>();
        all.forEach((name, value) -> shown.put(name, field.isOpen(name) ? value : mask.apply(value)));
        return shown;
    }

    /** What a field is unless given; null: nothing, or it is required. Where it depends on others, for made-up ones. */
    public @Nullable Object unlessGiven(Field<R> field) {
        return field.required() ? null : field.of(madeUp);
    }

    private static <R> Map<String, Object> required(List<Field<R>> fields) {
        Map<String, Object> given = new HashMap<>();
        for (Field<R> field : fields) {
            if (field.required()) {
                given.put(field.name(), madeUp(field));
            }
        }
        return given;
    }

    private static Object madeUp(Field<?> field) {
        return switch (field.type()) {
            case NUMBER -> 1;
            case CHOICE -> Objects.requireNonNull(field.choice(field.choices().get(0)));
            case DURATION -> Duration.ofSeconds(1);
            default -> "-";
        };
    }

    /** What was given of a record, by name. */
    record Given(Map<String, ?> values) {
        String text(String name) {
            return (String) value(name);
        }

        int number(String name) {
            return (Integer) value(name);
        }

        private Object value(String name) {
            Object value = values.get(name);
            if (value == null) {
                throw new NoSuchElementException(name + " is required, and was not given");
            }
            return value;
        }
    }
}
