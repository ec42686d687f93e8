package io.knit.plugin.nats.broker.login;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a client may still take to be known. It runs in a few ticks, each set when the one before is over: a loop that is busy ticks
 * slowly, and has looked at what the client sent before each. While the client's credentials are checked it stands still as long as
 * others' are found right or wrong meanwhile, up to a number of times: then it is not the client's turn yet. On the connection's loop.
 */
final class LoginClock {
    private static final int TICKS = 4;
    private static final int MOST_STILL = 15 * TICKS;

    private final EventLoop loop;
    private final Access access;
    private final Runnable late;
    private @Nullable ScheduledFuture<?> next;
    private int left;
    private int stillLeft;
    private long answersBefore;
    private boolean checking;

    /** @param late what to do with a client that took too long */
    LoginClock(EventLoop loop, Access access, Runnable late) {
        this.loop = loop;
        this.access = access;
        this.late = late;
    }

    /**
     * From now on the client has the whole time.
     *
     * @param check whether it has given credentials, and the broker is to say something next
     */
    void start(boolean check) {
        stop();
        checking = check;
        left = TICKS;
        stillLeft = MOST_STILL;
        answersBefore = access.answers();
        waitOn();
    }

    void stop() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }

    private void waitOn() {
        next = loop.schedule(this::tick, access.timeout().toNanos() / TICKS, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        long answers = access.answers();
        boolean othersTurn = checking && answers != answersBefore && stillLeft-- > 0;
        answersBefore = answers;
        if (!othersTurn) {
            left--;
        }
        if (left > 0) {
            waitOn();
        } else {
            late.run();
        }
    }
}
