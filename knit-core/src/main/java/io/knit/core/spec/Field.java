package io.knit.core.spec;

import io.knit.api.model.Worded;
import io.knit.api.spi.Cores;
import io.knit.api.spi.Sizes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One row of the table: a field of a record, and all that is said of it. Immutable; made by a {@link Row}. */
public final class Field<R> {
    private final Row<R> row;

    private Field(Row<R> row) {
        this.row = row;
    }

    /** As in JSON. */
    public String name() {
        return row.name;
    }

    public Type type() {
        return row.type;
    }

    /** What a record has there; null: nothing was given, and nothing stands for it. */
    public @Nullable Object of(R record) {
        return row.value.apply(record);
    }

    /** Whether a user must give it. */
    public boolean required() {
        return row.required;
    }

    /** The field that a user may give instead, where one of both must be given; null: there is none. */
    public @Nullable String instead() {
        return row.instead;
    }

    /** Whether a record says by this value that nothing was given, and what is chosen is shown elsewhere. */
    public boolean isUnset(@Nullable Object value) {
        return value == null || value.equals(row.unset);
    }

    /** What happens unless it is given, where that is more than a value; else empty. */
    public String unlessGiven() {
        return row.unlessGiven;
    }

    /** Of a number. */
    public Range range() {
        return Objects.requireNonNull(row.range, () -> row.name + " has no range");
    }

    /** Of cores and of a size. */
    public Bounds bounds() {
        return Objects.requireNonNull(row.bounds, () -> row.name + " has no bounds");
    }

    /** Of a duration. */
    public Span span() {
        return Objects.requireNonNull(row.span, () -> row.name + " has no span");
    }

    /** Numbers of the JSON that the record puts another one for, so that they are in no record. */
    public Set<Integer> stands() {
        return row.stands;
    }

    public FieldLimits limits() {
        return row.limits;
    }

    /** What an agent must know to run a spec that sets it; null: every agent does. */
    public @Nullable String since() {
        return row.since;
    }

    /** Whether nobody may see it who has not given it. */
    public boolean secret() {
        return row.secret;
    }

    /** Whether people put into it what is only for them, as passwords: no file that is handed on has it. */
    public boolean confidential() {
        return row.secret || row.confidential;
    }

    /** Of a map that is confidential, whether what stands under that key is not: it says what a thing is, and Knit decides by it. */
    public boolean isOpen(String key) {
        return row.open.contains(key);
    }

    public Use use() {
        return row.use;
    }

    /** One sentence or a few, in Markdown without the first capital, as it stands in a table. */
    public String doc() {
        FieldLimits limits = row.limits;
        String doc = row.doc;
        Range range = row.range;
        if (range != null) {
            doc = doc.replace("{range}", range.least() + "–" + range.most());
        }
        Bounds bounds = row.bounds;
        if (bounds != null) {
            doc = doc.replace("{range}", bounds.toString());
        }
        if (row.span != null) {
            doc = doc.replace("{range}", row.span.toString());
        }
        return doc.replace("{entries}", number(limits.entries()))
                .replace("{length}", number(limits.length()))
                .replace("{key}", number(limits.keyLength()));
    }

    /** Beside it in a form; empty: no form has it. */
    public String label() {
        return row.label;
    }

    /** A few words more for a form; may be empty. */
    public String hint() {
        return row.hint;
    }

    /** Of a choice, as they are written. */
    public List<String> choices() {
        return row.choices.keySet().stream().toList();
    }

    /** The constant that is written so; null: there is none. */
    public @Nullable Object choice(String name) {
        return row.choices.get(name);
    }

    /** As a choice is written. */
    static String word(Object constant) {
        return constant instanceof Worded worded
                ? worded.word()
                : ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    /** Whether what it holds is a part of its record in Java alone: JSON has the part's fields in its place. */
    boolean isPart() {
        return row.part;
    }

    /** A field of its part, as the record's own. */
    @SuppressWarnings("unchecked")
    Field<R> lift(Field<?> inner) {
        return new Field<>(new Row<>((Row<Object>) inner.row, row.value));
    }

    /** The table of what it holds. */
    public Table<?> table() {
        return Objects.requireNonNull(row.table, () -> row.name + " holds no records");
    }

    private static String number(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static <R> Row<R> text(String name, Function<R, @Nullable String> value) {
        return new Row<>(name, Type.TEXT, value::apply);
    }

    static <R> Row<R> number(String name, ToIntFunction<R> value, int least, int most) {
        Row<R> row = new Row<>(name, Type.NUMBER, value::applyAsInt);
        row.range = new Range(least, most, Set.of(), "");
        return row;
    }

    static <R> Row<R> flag(String name, Predicate<R> value) {
        return new Row<>(name, Type.FLAG, value::test);
    }

    /** @param least in thousandths, like {@code most} */
    static <R> Row<R> cores(String name, ToIntFunction<R> value, int least, int most, String orElse) {
        Row<R> row = new Row<>(name, Type.CORES, value::applyAsInt);
        row.bounds = new Bounds(least, most, Cores::text, orElse);
        return row.unset(0);
    }

    static <R> Row<R> size(String name, ToLongFunction<R> value, long least, long most, String orElse) {
        Row<R> row = new Row<>(name, Type.SIZE, value::applyAsLong);
        row.bounds = new Bounds(least, most, Sizes::text, orElse);
        return row.unset(0L);
    }

    static <R> Row<R> duration(String name, Function<R, @Nullable Duration> value, Duration least, Duration most) {
        Row<R> row = new Row<>(name, Type.DURATION, value::apply);
        row.span = new Span(least, most);
        return row;
    }

    static <R, E extends Enum<E>> Row<R> choice(String name, Function<R, E> value, Class<E> type) {
        Row<R> row = new Row<>(name, Type.CHOICE, value::apply);
        row.choices = new LinkedHashMap<>();
        Stream.of(type.getEnumConstants()).forEach(constant -> row.choices.put(word(constant), constant));
        return row;
    }

    static <R> Row<R> texts(String name, Function<R, List<String>> value) {
        return new Row<>(name, Type.TEXTS, value::apply);
    }

    static <R> Row<R> textMap(String name, Function<R, Map<String, String>> value) {
        return new Row<>(name, Type.TEXT_MAP, value::apply);
    }

    static <R, S> Row<R> object(String name, Function<R, @Nullable S> value, Table<S> table) {
        Row<R> row = new Row<>(name, Type.OBJECT, value::apply);
        row.table = table;
        return row;
    }

    /** A record within another whose fields are in JSON the other's own. */
    static <R, S> Row<R> part(String name, Function<R, S> value, Table<S> table) {
        Row<R> row = new Row<>(name, Type.OBJECT, value::apply);
        row.table = table;
        row.part = true;
        return row;
    }

    static <R, S> Row<R> objects(String name, Function<R, List<S>> value, Table<S> table) {
        Row<R> row = new Row<>(name, Type.OBJECTS, value::apply);
        row.table = table;
        return row;
    }

    /** Says what is to be said of a field, then is a field. */
    static final class Row<R> {
        private final String name;
        private final Type type;
        private final Function<R, @Nullable Object> value;
        private boolean required;
        private @Nullable String instead;
        private @Nullable Object unset;
        private String unlessGiven = "";
        private @Nullable Range range;
        private @Nullable Bounds bounds;
        private @Nullable Span span;
        private Set<Integer> stands = Set.of();
        private FieldLimits limits = FieldLimits.ANY;
        private @Nullable String since;
        private boolean secret;
        private boolean confidential;
        private Set<String> open = Set.of();
        private Use use = Use.CONTAINER;
        private String doc = "";
        private String label = "";
        private String hint = "";
        private Map<String, Object> choices = Map.of();
        private @Nullable Table<?> table;
        private boolean part;

        private Row(String name, Type type, Function<R, @Nullable Object> value) {
            this.name = name;
            this.type = type;
            this.value = value;
        }

        /** The same of what is a part of another record. */
        private Row(Row<Object> inner, Function<R, @Nullable Object> within) {
            this(inner.name, inner.type, record -> inner.value.apply(Objects.requireNonNull(within.apply(record))));
            required = inner.required;
            instead = inner.instead;
            unset = inner.unset;
            unlessGiven = inner.unlessGiven;
            range = inner.range;
            bounds = inner.bounds;
            span = inner.span;
            stands = inner.stands;
            limits = inner.limits;
            since = inner.since;
            secret = inner.secret;
            confidential = inner.confidential;
            open = inner.open;
            use = inner.use;
            doc = inner.doc;
            label = inner.label;
            hint = inner.hint;
            choices = inner.choices;
            table = inner.table;
            part = inner.part;
        }

        Field<R> done() {
            return new Field<>(this);
        }

        Row<R> required() {
            required = true;
            return this;
        }

        /** It must be given, or the other field. */
        Row<R> requiredUnless(String other) {
            instead = other;
            return this;
        }

        /** This value of the record means that nothing was given. */
        Row<R> unset(Object value) {
            unset = value;
            return this;
        }

        Row<R> unlessGiven(String words) {
            unlessGiven = words;
            return this;
        }

        /** Numbers outside the range that mean something of their own. */
        Row<R> besides(Set<Integer> numbers, String orElse) {
            Range before = Objects.requireNonNull(range, "a number");
            range = new Range(before.least(), before.most(), numbers, orElse);
            return this;
        }

        /** A number for which the record puts what it has unless one is given. */
        Row<R> stands(int number) {
            stands = Set.of(number);
            return this;
        }

        Row<R> entries(int most) {
            limits = new FieldLimits(most, limits.length(), limits.pattern(), limits.keyLength(), limits.key());
            return this;
        }

        Row<R> length(int most) {
            limits = new FieldLimits(limits.entries(), most, limits.pattern(), limits.keyLength(), limits.key());
            return this;
        }

        Row<R> pattern(String pattern) {
            limits = new FieldLimits(
                    limits.entries(), limits.length(), Pattern.compile(pattern), limits.keyLength(), limits.key());
            return this;
        }

        Row<R> keys(int length) {
            limits = new FieldLimits(limits.entries(), limits.length(), limits.pattern(), length, limits.key());
            return this;
        }

        Row<R> keys(int length, String pattern) {
            limits = new FieldLimits(
                    limits.entries(), limits.length(), limits.pattern(), length, Pattern.compile(pattern));
            return this;
        }

        /** Agents before this feature don't know it. */
        Row<R> since(String feature) {
            since = feature;
            return this;
        }

        Row<R> secret() {
            secret = true;
            return this;
        }

        /** @param keys of a map, those whose values are not */
        Row<R> confidential(String... keys) {
            confidential = true;
            open = Set.of(keys);
            return this;
        }

        Row<R> use(Use use) {
            this.use = use;
            return this;
        }

        /** {@code {range}}, {@code {entries}}, {@code {length}} and {@code {key}} stand for the figures. */
        Row<R> doc(String doc) {
            this.doc = doc;
            return this;
        }

        Row<R> form(String label, String hint) {
            this.label = label;
            this.hint = hint;
            return this;
        }
    }
}
