package io.knit.core.server.state;

import io.knit.api.command.Value;
import java.util.Base64;
import java.util.Objects;

/**
 * A variable, secret or file, and what it holds.
 *
 * @param value without content
 * @param key by which it is sealed; empty: it is not
 * @param body Base64: what it holds, or the box that has it
 */
public record KnownValue(Value value, String key, String body) {
    public KnownValue {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(body, "body");
    }

    /** Of something that everybody may see. */
    public static KnownValue open(Value value, Value.Content content) {
        return new KnownValue(value, "", Base64.getEncoder().encodeToString(content.bytes()));
    }

    public boolean isSealed() {
        return !key.isEmpty();
    }

    /** Where it stands among all. */
    public String at() {
        return at(value.kind(), value.name());
    }

    /** Where one of this kind and name stands. */
    public static String at(Value.Kind kind, String name) {
        return kind.wireName() + "/" + name;
    }

    /** Its bytes, or those of its box. */
    public byte[] bytes() {
        return Base64.getDecoder().decode(body);
    }

    /** Without what it holds. */
    @Override
    public String toString() {
        return "KnownValue[" + value + ", key=" + key + "]";
    }
}
