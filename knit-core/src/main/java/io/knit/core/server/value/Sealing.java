package io.knit.core.server.value;

import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.state.KnownValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What secrets are sealed with, once.
 *
 * @param chance at least 25 of {@code a-z 0-9}, by chance, for this time alone
 */
public record Sealing(KeyRing keys, String chance) {
    /** Of who has no keys. */
    public static final Sealing NONE = new Sealing(KeyRing.NONE, "");

    /** @param value without content */
    KnownValue seal(Value value, Value.Content content) {
        byte[] box = keys.seal(about(value), content.bytes(), chance);
        return new KnownValue(value, keys.first(), Base64.getEncoder().encodeToString(box));
    }

    /**
     * What a value holds.
     *
     * @throws io.knit.api.error.KnitException with {@code SECRETS_LOCKED}
     */
    public Value.Content open(KnownValue known) {
        return Value.Content.of(
                known.isSealed() ? keys.open(about(known.value()), known.key(), known.bytes()) : known.bytes());
    }

    /**
     * A text, sealed by the first key.
     *
     * @param about what it is: it opens for nothing else
     * @return Base64
     */
    public String seal(String about, String text) {
        byte[] box = keys.seal(about, text.getBytes(StandardCharsets.UTF_8), chance);
        return Base64.getEncoder().encodeToString(box);
    }

    /**
     * The text that was sealed.
     *
     * @throws io.knit.api.error.KnitException with {@code SECRETS_LOCKED}
     */
    public String open(String about, String key, String box) {
        try {
            return new String(keys.open(about, key, Base64.getDecoder().decode(box)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new KnitException(ErrorCode.SECRETS_LOCKED, "what is stored is no Base64; set it again", e);
        }
    }

    private static String about(Value value) {
        return "knit " + value.kind().wireName() + "\n" + value.name() + "\n" + value.version();
    }

    /** Without the chance. */
    @Override
    public String toString() {
        return "Sealing[" + keys + "]";
    }
}
