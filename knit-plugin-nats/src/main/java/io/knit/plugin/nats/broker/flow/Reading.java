package io.knit.plugin.nats.broker.flow;

import io.netty.channel.Channel;

/** Whether the broker reads from a client: as long as nobody has a reason not to. On the connection's loop. */
public final class Reading {
    /** Why it does not. */
    public enum Reason {
        /** Its credentials are being checked. */
        LOGIN,
        /** A subscriber of its messages can't keep up. */
        SUBSCRIBER,
        /** It asks for more operations than it may. */
        PACE,
        /** It is sent away and has sent enough after that. */
        FAREWELL
    }

    private final Channel channel;
    private int against;
    private boolean last;

    public Reading(Channel channel) {
        this.channel = channel;
    }

    public void pause(Reason reason) {
        if (!last || reason == Reason.FAREWELL) {
            against |= 1 << reason.ordinal();
            channel.config().setAutoRead(false);
        }
    }

    public void resume(Reason reason) {
        boolean paused = against != 0;
        against &= ~(1 << reason.ordinal());
        if (paused && against == 0) {
            channel.config().setAutoRead(true);
        }
    }

    /** What comes is thrown away from now on: only the farewell has a reason left not to read it. */
    public void last() {
        last = true;
        against = 0;
        channel.config().setAutoRead(true);
    }
}
