package io.knit.plugin.nats.broker.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Messages and bytes that went one way. Counted by one thread at a time (a connection's own loop, or whoever holds its
 * {@code Outbound}'s lock), read by any: opaque writes cost what plain ones do, and no reader sees half a number.
 */
public final class Traffic {
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

    public void count(int size) {
        MESSAGES.setOpaque(this, messages + 1);
        BYTES.setOpaque(this, bytes + size);
    }

    /** Adds what another counted. */
    public void add(Traffic other) {
        MESSAGES.setOpaque(this, messages + other.messages());
        BYTES.setOpaque(this, bytes + other.bytes());
    }

    public long messages() {
        return (long) MESSAGES.getOpaque(this);
    }

    public long bytes() {
        return (long) BYTES.getOpaque(this);
    }
}
