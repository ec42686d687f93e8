package io.knit.core.wire.usual;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Durations;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Readers of records, for one who reads many texts, one after the other. Not thread-safe. */
public final class UsualRecords {
    private static final UsualValue NEVER = in -> {
        throw Unusual.TEXT;
    };

    private final Absent absent;
    private final Map<Type, UsualValue> readers = new HashMap<>();

    /** @param trees read the text of an object, and throw {@link KnitException} if it is none */
    public UsualRecords(Absent absent, Function<String, ObjectNode> trees) {
        this.absent = absent;
        readers.put(String.class, UsualText::string);
        readers.put(int.class, UsualText::small);
        readers.put(Integer.class, UsualText::small);
        readers.put(long.class, UsualText::number);
        readers.put(Long.class, UsualText::number);
        readers.put(boolean.class, UsualText::truth);
        readers.put(Boolean.class, UsualText::truth);
        readers.put(ObjectNode.class, in -> trees.apply(in.object()));
        readers.put(Instant.class, in -> Instant.ofEpochMilli(in.number()));
        readers.put(Duration.class, in -> Durations.of(in.string()).orElseThrow(() -> Unusual.TEXT));
    }

    /**
     * The record that a text says, as the codec would read it.
     *
     * @return empty: the text is not in the form in which Knit writes such a record, or can't be read
     */
    public <T> Optional<T> read(String text, Class<T> type) {
        try {
            UsualText in = new UsualText(text.getBytes(StandardCharsets.UTF_8));
            Object value = reader(type).read(in);
            in.end();
            return Optional.of(type.cast(value));
        } catch (Unusual | KnitException e) {
            return Optional.empty();
        }
    }

    private UsualValue reader(Type type) {
        UsualValue known = readers.get(type);
        if (known == null) {
            known = made(type);
            readers.put(type, known);
        }
        return known;
    }

    private UsualValue made(Type type) {
        if (type instanceof ParameterizedType of) {
            Type[] inside = of.getActualTypeArguments();
            if (of.getRawType() == List.class) {
                return list(reader(inside[0]));
            }
            return of.getRawType() == Map.class && inside[0] == String.class ? map(reader(inside[1])) : NEVER;
        }
        if (!(type instanceof Class<?> one)) {
            return NEVER;
        }
        if (one.isEnum()) {
            return word(one);
        }
        return one.isRecord() && absent.isPlain(one) ? UsualRecord.of(one, absent, this::reader) : NEVER;
    }

    private static UsualValue word(Class<?> type) {
        Map<String, Object> words = new HashMap<>();
        for (Object constant : type.getEnumConstants()) {
            words.put(((Enum<?>) constant).name(), constant);
        }
        return in -> {
            Object word = words.get(in.string());
            if (word == null) {
                throw Unusual.TEXT;
            }
            return word;
        };
    }

    private static UsualValue list(UsualValue each) {
        return in -> {
            in.expect('[');
            if (in.has(']')) {
                return List.of();
            }
            List<Object> values = new ArrayList<>();
            do {
                values.add(each.read(in));
            } while (in.hasMore(']'));
            return Collections.unmodifiableList(values);
        };
    }

    private static UsualValue map(UsualValue each) {
        return in -> {
            in.expect('{');
            if (in.has('}')) {
                return Map.of();
            }
            Map<String, Object> values = new LinkedHashMap<>();
            do {
                String key = in.string();
                in.expect(':');
                if (values.put(key, each.read(in)) != null) {
                    throw Unusual.TEXT;
                }
            } while (in.hasMore('}'));
            return Collections.unmodifiableMap(values);
        };
    }
}
