package io.knit.plugin.nats.broker;

import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** The timers of event loops. Netty shows them to nobody, so this looks into it. */
final class Timers {
    private Timers() {}

    /** How many are set. */
    static int of(EventExecutorGroup group) throws Exception {
        Field queue = AbstractScheduledEventExecutor.class.getDeclaredField("scheduledTaskQueue");
        queue.setAccessible(true);
        int count = 0;
        for (EventExecutor loop : group) {
            Collection<?> timers = (Collection<?>) queue.get(loop);
            // on its own thread, as the queue is not thread-safe
            count += loop.submit(() -> timers == null ? 0 : timers.size()).get(10, TimeUnit.SECONDS);
        }
        return count;
    }
}
