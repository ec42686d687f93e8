package io.knit.core.wire.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A message of a stream: a head of 12 bytes (form, kind, channel, nothing yet, number), and what it brings. */
final class StreamFrame {
    /** Of the head. */
    static final int HEAD = 12;

    private static final byte FORM = 1;

    /** What a frame is; on the wire by its number from 1, which never changes. */
    enum Kind {
        /** The server asks for a stream; the body is a {@code StreamRequest}. Sent again until the agent is heard. */
        OPEN,
        /** A piece of it. */
        DATA,
        /** The sender is there, and allows so many bytes since the begin; the body is that number. */
        ALIVE,
        /** The sender has sent all. From the agent: and the stream is over. */
        END,
        /** The stream is over; the body is a {@link StreamFailure}. */
        FAIL
    }

    private final Kind kind;
    private final int channel;
    private final long number;
    private final byte[] body;

    /**
     * @param channel what the bytes are, as the two ends agree for what was asked; 0–127
     * @param number of {@code DATA} how many came before it in its direction, of {@code ALIVE} and {@code END} how many were sent so far,
     *     of {@code OPEN} what may be sent before more is allowed, in bytes
     */
    StreamFrame(Kind kind, int channel, long number, byte[] body) {
        this.kind = Objects.requireNonNull(kind, "kind");
        this.channel = channel;
        this.number = number;
        this.body = body;
    }

    Kind kind() {
        return kind;
    }

    int channel() {
        return channel;
    }

    long number() {
        return number;
    }

    byte[] body() {
        return body;
    }

    byte[] bytes() {
        return ByteBuffer.allocate(HEAD + body.length)
                .put(FORM)
                .put((byte) (kind.ordinal() + 1))
                .put((byte) channel)
                .put((byte) 0)
                .putLong(number)
                .put(body)
                .array();
    }

    /** A frame from a message, or null: it is none that is known here. */
    static @Nullable StreamFrame of(byte[] bytes) {
        if (bytes.length < HEAD || bytes[0] != FORM) {
            return null;
        }
        ByteBuffer head = ByteBuffer.wrap(bytes);
        int kind = head.get(1) - 1;
        int channel = head.get(2);
        long number = head.getLong(4);
        boolean known = kind >= 0 && kind < Kind.values().length && channel >= 0 && number >= 0;
        return known
                ? new StreamFrame(Kind.values()[kind], channel, number, Arrays.copyOfRange(bytes, HEAD, bytes.length))
                : null;
    }

    static StreamFrame alive(long sent, long allowed) {
        return new StreamFrame(
                Kind.ALIVE,
                0,
                sent,
                ByteBuffer.allocate(Long.BYTES).putLong(allowed).array());
    }

    /** What an {@code ALIVE} allows; 0 if it does not say. */
    long allowed() {
        return body.length < Long.BYTES ? 0 : ByteBuffer.wrap(body).getLong();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StreamFrame that
                && kind == that.kind
                && channel == that.channel
                && number == that.number
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, channel, number, Arrays.hashCode(body));
    }

    @Override
    public String toString() {
        return kind + " " + number + " on " + channel + " with " + body.length + " bytes";
    }
}
