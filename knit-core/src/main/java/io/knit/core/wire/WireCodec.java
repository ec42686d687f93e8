package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Messages to and from JSON in snake_case. Also the form in which records are kept on disk. Thread-safe. */
public final class WireCodec {
    /** Version of the protocol; raised when an older reader would misunderstand. */
    public static final int VERSION = 1;

    /** The largest message: what a NATS server takes by default. */
    public static final int MAX_BYTES = 1024 * 1024;

    private static final int MAX_DEPTH = 32;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .addModule(new TimeModule())
            .addModule(new RecordsModule())
            .build();

    /** By what they read: which deserializer that takes is looked up once for all of the documents of a store. */
    private static final Map<Class<?>, ObjectReader> READERS = new ConcurrentHashMap<>();

    /** For stores: text in it may hold half a surrogate pair, which only an escape carries. */
    private static final ObjectWriter ASCII = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build());
    }

    private WireCodec() {}

    public static byte[] encode(Object message) {
        try {
            return MAPPER.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String encodeText(Object record) {
        try {
            return ASCII.writeValueAsString(record);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a message.
     *
     * @throws KnitException with {@code NOT_JSON} if the bytes are not such a message; the text says why, and names no content of it but
     *     words of an enumeration
     */
    public static <T> T decode(byte[] bytes, Class<T> type) {
        try {
            return whole(READERS.computeIfAbsent(type, MAPPER::readerFor).<T>readValue(bytes), type);
        } catch (IOException e) {
            throw unreadable(type, e);
        }
    }

    /**
     * Reads a part of a message.
     *
     * @param where its name in the message
     * @throws KnitException with {@code NOT_JSON}; the text is the reason alone, as for the part of a whole message
     */
    public static <T> T decode(JsonNode part, String where, Class<T> type) {
        try {
            return whole(MAPPER.treeToValue(part, type), type);
        } catch (JsonMappingException e) {
            e.prependPath(type, where);
            throw new KnitException(ErrorCode.NOT_JSON, Unreadable.words(e));
        } catch (JsonProcessingException e) {
            throw new KnitException(ErrorCode.NOT_JSON, Unreadable.words(e));
        }
    }

    private static <T> T whole(@Nullable T value, Class<T> type) {
        if (value == null) {
            throw new KnitException(ErrorCode.NOT_JSON, "can't be read as " + type.getSimpleName() + ": it is null");
        }
        return value;
    }

    /** Without the exception, whose own text may quote a secret. */
    private static KnitException unreadable(Class<?> type, IOException e) {
        return new KnitException(
                ErrorCode.NOT_JSON, "can't be read as " + type.getSimpleName() + ": " + Unreadable.words(e));
    }

    /**
     * The tree of a document that {@link #encodeText} wrote.
     *
     * @throws KnitException with {@code NOT_JSON} if it is no JSON object
     */
    public static ObjectNode parse(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode tree) {
                return tree;
            }
        } catch (IOException e) {
            throw unreadable(ObjectNode.class, e);
        }
        throw new KnitException(ErrorCode.NOT_JSON, "not a JSON object");
    }

    /**
     * Reads a record that {@link #encodeText} wrote.
     *
     * @throws KnitException with {@code NOT_JSON}
     */
    public static <T> T decodeText(String text, Class<T> type) {
        return decode(text.getBytes(StandardCharsets.UTF_8), type);
    }

    static ObjectNode tree(Object record) {
        return MAPPER.valueToTree(record);
    }
}
