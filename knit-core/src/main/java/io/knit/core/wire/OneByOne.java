package io.knit.core.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.knit.api.model.Order;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what stands in a list one by one: what a later release wrote and this one can't read costs itself, not its neighbours. */
final class OneByOne<T> extends StdDeserializer<T> implements ResolvableDeserializer {
    private static final long serialVersionUID = 1L;

    private final transient JsonDeserializer<?> usual;
    private final transient Class<T> type;
    private final transient Rest<T> rest;

    /** What is left of one that can't be read. */
    @FunctionalInterface
    private interface Rest<T> {
        /**
         * @param why in words
         * @return null: nothing
         */
        @Nullable
        T of(JsonNode read, String why);
    }

    private OneByOne(Class<T> type, JsonDeserializer<?> usual, Rest<T> rest) {
        super(type);
        this.type = type;
        this.usual = usual;
        this.rest = rest;
    }

    /** A list gets null for one that can't be read. */
    static <T> OneByOne<T> skipping(Class<T> type, JsonDeserializer<?> usual) {
        return new OneByOne<>(type, usual, (read, why) -> null);
    }

    static OneByOne<Assignment> assignments(JsonDeserializer<?> usual) {
        return new OneByOne<>(Assignment.class, usual, OneByOne::unreadable);
    }

    @Override
    public void resolve(DeserializationContext context) throws JsonMappingException {
        ((ResolvableDeserializer) usual).resolve(context);
    }

    @Override
    public @Nullable T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        JsonNode read = context.readTree(parser);
        try (JsonParser whole = read.traverse(parser.getCodec())) {
            whole.nextToken();
            return type.cast(usual.deserialize(whole, context));
        } catch (JsonMappingException e) {
            return rest.of(read, Unreadable.words(e));
        }
    }

    /** It still stops what it names, and still keeps a container that was made from it. */
    private static @Nullable Assignment unreadable(JsonNode read, String why) {
        if (!read.path("instance").isTextual()) {
            return null;
        }
        boolean stop = read.path("order").asText().equalsIgnoreCase(Order.STOP.name());
        return new Assignment(
                read.path("instance").asText(),
                read.path("deployment").asText(),
                read.path("revision").asInt(),
                read.path("slot").asInt(),
                stop ? Order.STOP : Order.RUN,
                null,
                read.path("spec_hash").asText(),
                List.of(),
                SpecBlob.isName(read.path("blob").asText()) ? read.path("blob").asText() : null,
                stop ? null : why,
                null,
                null);
    }
}
