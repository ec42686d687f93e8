package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.OlderValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A {@link KnownValue} as it is stored.
 *
 * @param kind as a word
 * @param bytes how many it holds, sealed or not
 * @param key by which it is sealed; empty: it is not
 * @param body Base64
 */
public record KeptValue(
        @JsonProperty(required = true) String kind,
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) int version,
        int bytes,
        String key,
        @JsonProperty(required = true) String body,
        @Nullable Instant changedAt,
        String changedBy) {
    public static KeptValue of(KnownValue it) {
        Value value = it.value();
        return new KeptValue(
                value.kind().wireName(),
                value.name(),
                value.version(),
                value.bytes(),
                it.key(),
                it.body(),
                value.changedAt(),
                value.changedBy());
    }

    /** @throws KnitException if it is of a kind that this release does not know, or its body is no Base64 */
    public KnownValue known() {
        Value.Kind known = Arrays.stream(Value.Kind.values())
                .filter(each -> each.wireName().equals(kind))
                .findFirst()
                .orElseThrow(() -> new KnitException(ErrorCode.INVALID_VALUE, "there is no such kind of value"));
        try {
            Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "its body is no Base64", e);
        }
        Instant changed = Objects.requireNonNullElse(changedAt, Instant.EPOCH);
        return new KnownValue(new Value(known, name, version, bytes, changed, changedBy, null), key, body);
    }

    /** Without the body. */
    @Override
    public String toString() {
        return "KeptValue[" + kind + "/" + name + "]";
    }

    /** An {@link OlderValue} as it is stored. */
    public record Older(@JsonProperty(required = true) KeptValue value, List<String> readers) {
        public static Older of(OlderValue it) {
            return new Older(KeptValue.of(it.known()), List.copyOf(it.readers()));
        }

        /** @throws KnitException as {@link KeptValue#known} */
        public OlderValue older() {
            return new OlderValue(value.known(), new TreeSet<>(readers));
        }
    }
}
