package io.knit.plugin.nats.broker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Messages and bytes that went one way. Counted by one thread at a time (a connection's own loop, or whoever holds its
 * {@link Outbound}'s lock), read by any: opaque writes cost what plain ones do, and no reader sees half a number.
 */
final class Traffic {
    private static final VarHandle MESSAGES = handle("messages");
    private static final VarHandle BYTES = handle("bytes");

    private long messages;
    private long bytes;

    private static VarHandle handle(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(Traffic.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    void count(int size) {
        MESSAGES.setOpaque(this, messages + 1);
        BYTES.setOpaque(this, bytes + size);
    }

    /** Adds what another counted. */
    void add(Traffic other) {
        MESSAGES.setOpaque(this, messages + other.messages());
        BYTES.setOpaque(this, bytes + other.bytes());
    }

    long messages() {
        return (long) MESSAGES.getOpaque(this);
    }

    long bytes() {
        return (long) BYTES.getOpaque(this);
    }
}
