package io.knit.core.wire.usual;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of one type, of which the fields stand in the order of their names. Of two texts in turn most fields say the same: then they are the
 * same object, and are not read again. Not thread-safe.
 */
final class UsualRecord implements UsualValue {
    private final Absent absent;
    private final Constructor<?> maker;
    private final RecordComponent[] fields;
    /** By field, once it was not there: whether it may be null. */
    private final @Nullable Boolean[] nullable;
    /** What stands for a field that is not there, once it was not. */
    private final @Nullable Object[] known;

    /** In the order of a text. */
    private final List<Place> places = new ArrayList<>();

    /** By the place that may be next: which one was, the last time. */
    private final int[] guesses;

    private UsualRecord(Class<?> type, Absent absent) throws NoSuchMethodException {
        this.absent = absent;
        this.fields = type.getRecordComponents();
        Class<?>[] types = new Class<?>[fields.length];
        this.nullable = new Boolean[fields.length];
        for (int i = 0; i < fields.length; i++) {
            types[i] = fields[i].getType();
        }
        this.maker = type.getDeclaredConstructor(types);
        maker.setAccessible(true);
        this.known = new Object[fields.length];
        this.guesses = new int[fields.length + 1];
    }

    /** @param values readers of the types of its fields */
    static UsualRecord of(Class<?> type, Absent absent, Function<Type, UsualValue> values) {
        try {
            UsualRecord reader = new UsualRecord(type, absent);
            reader.place(values);
            return reader;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record has a constructor of its fields", e);
        }
    }

    private void place(Function<Type, UsualValue> values) {
        PropertyNamingStrategies.SnakeCaseStrategy names = new PropertyNamingStrategies.SnakeCaseStrategy();
        for (int i = 0; i < fields.length; i++) {
            places.add(new Place(names.translate(fields[i].getName()), i, fields[i], values));
        }
        places.sort(Comparator.comparing(place -> place.name));
        for (int i = 0; i < guesses.length; i++) {
            guesses[i] = Math.min(i, fields.length - 1);
        }
    }

    @Override
    public Object read(UsualText in) {
        @Nullable Object[] values = new Object[fields.length];
        in.expect('{');
        if (!in.has('}')) {
            int next = 0;
            do {
                next = next(in, next);
                Place place = places.get(next++);
                values[place.field] = place.value(in);
            } while (in.hasMore('}'));
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null && !isNullable(i)) {
                values[i] = filled(i, values);
            }
        }
        return made(values);
    }

    /** The place of the field that is next, past whose name it goes. */
    private int next(UsualText in, int from) {
        if (from == fields.length) {
            throw Unusual.TEXT;
        }
        int guess = guesses[from];
        if (in.has(places.get(guess).key)) {
            return guess;
        }
        for (int i = from; i < fields.length; i++) {
            if (in.has(places.get(i).key)) {
                guesses[from] = i;
                return i;
            }
        }
        throw Unusual.TEXT;
    }

    private boolean isNullable(int index) {
        Boolean known = nullable[index];
        if (known == null) {
            known = absent.isNullable(fields[index]);
            nullable[index] = known;
        }
        return known;
    }

    private Object filled(int index, @Nullable Object[] values) {
        RecordComponent field = fields[index];
        Object value = known[index];
        if (value == null) {
            JsonProperty said = field.getAccessor().getAnnotation(JsonProperty.class);
            value = said != null && said.required() ? null : absent.of(field, values);
            if (value == null) {
                throw Unusual.TEXT;
            }
            if (absent.isAlwaysTheSame(field)) {
                known[index] = value;
            }
        }
        return value;
    }

    private Object made(@Nullable Object[] values) {
        try {
            return maker.newInstance(values);
        } catch (ReflectiveOperationException e) {
            // what it refuses is said by who reads the text anew
            throw Unusual.TEXT;
        }
    }

    /** A field, and the value that the text before had there. */
    private static final class Place {
        private static final int TRIES = 16;

        private final String name;
        private final byte[] key;
        private final int field;
        private final RecordComponent type;
        private final Function<Type, UsualValue> values;
        /** Null: no text had this field yet. */
        private @Nullable UsualValue reader;

        /** How often it was another than before, at the beginning: what always is, is not compared any more. */
        private int others;

        private byte[] seen = {};
        private int from;
        private int length;
        private Object last = "";

        Place(String name, int field, RecordComponent type, Function<Type, UsualValue> values) {
            this.name = name;
            this.key = ("\"" + name + "\":").getBytes(StandardCharsets.US_ASCII);
            this.field = field;
            this.type = type;
            this.values = values;
        }

        Object value(UsualText in) {
            UsualValue read = reader == null ? values.apply(type.getGenericType()) : reader;
            reader = read;
            if (others >= TRIES) {
                return read.read(in);
            }
            if (length > 0 && in.hasValue(seen, from, length)) {
                others = 0;
                return last;
            }
            others++;
            int begin = in.at();
            last = read.read(in);
            seen = in.bytes();
            from = begin;
            length = in.at() - begin;
            return last;
        }
    }
}
