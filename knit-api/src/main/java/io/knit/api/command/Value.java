package io.knit.api.command;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A variable, secret or file of the cluster, or the login of a registry, by its name.
 *
 * @param version 1 and more; rises with each other content, and is never given to a name twice
 * @param bytes how many its content has
 * @param changedBy the name of who set it
 * @param content null: it is not told here; of a secret it never is, of a registry it is the user's name alone
 */
public record Value(
        Kind kind,
        String name,
        int version,
        int bytes,
        Instant changedAt,
        String changedBy,
        @Nullable Content content) {
    public Value {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(changedAt, "changedAt");
        Objects.requireNonNull(changedBy, "changedBy");
    }

    /** The same, with what it is. */
    public Value with(Content told) {
        return new Value(kind, name, version, bytes, changedAt, changedBy, told);
    }

    /** What a value is for, and how much it may hold. */
    public enum Kind {
        /** Text that everybody may see who sees all deployments. */
        VAR(64 << 10),
        /** What nobody is ever told but what runs with it. */
        SECRET(64 << 10),
        /** Any bytes that everybody may see who sees all deployments. */
        FILE(512 << 10),
        /** As whom images of a registry are pulled, by its host: {@code user:password}. The password is told to nobody but the agents that pull from there. */
        REGISTRY(16 << 10);

        private final int most;

        Kind(int most) {
            this.most = most;
        }

        /** Bytes. */
        public int most() {
            return most;
        }

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What several are called, where they are listed: {@code vars}. */
        public String plural() {
            return this == REGISTRY ? "registries" : wireName() + "s";
        }

        /** Whether it is kept sealed, and what it holds is not told. */
        public boolean isSealed() {
            return this == SECRET || this == REGISTRY;
        }

        /** For people: {@code variable}. */
        public String words() {
            return this == VAR ? "variable" : wireName();
        }
    }

    /**
     * What was done when secrets were sealed anew.
     *
     * @param key by which all are sealed now: the first eight hex digits of its SHA-256
     * @param sealed how many were sealed anew
     */
    public record Rotation(String key, int sealed) {}

    /** Bytes that show themselves to nobody by mistake. Immutable. */
    public static final class Content {
        private final byte[] bytes;

        private Content(byte[] bytes) {
            this.bytes = bytes;
        }

        public static Content of(byte[] bytes) {
            return new Content(bytes.clone());
        }

        /** In UTF-8. */
        public static Content of(String text) {
            return new Content(text.getBytes(StandardCharsets.UTF_8));
        }

        public byte[] bytes() {
            return bytes.clone();
        }

        public int size() {
            return bytes.length;
        }

        /** The text that it is; empty: it is no UTF-8. */
        public Optional<String> text() {
            try {
                return Optional.of(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString());
            } catch (CharacterCodingException e) {
                return Optional.empty();
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Content content && Arrays.equals(bytes, content.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Content[" + bytes.length + " bytes, not shown]";
        }
    }
}
