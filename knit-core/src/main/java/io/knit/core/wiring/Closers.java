package io.knit.core.wiring;

import io.knit.core.plugin.Foreign;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a start took and a close gives back, the last first; each one is closed though another failed. Thread-safe. */
public final class Closers {
    private static final Logger LOG = LoggerFactory.getLogger(Closers.class);

    private final Deque<Supplier<Future<Void>>> open = new ArrayDeque<>();
    private @Nullable Future<Void> closed;

    /** Remembers to close; does so at once if the rest is closed already. */
    public synchronized void add(Supplier<Future<Void>> close) {
        if (closed != null) {
            closed = closed.compose(nothing -> quietly(close));
        } else {
            open.push(close);
        }
    }

    public synchronized Future<Void> close() {
        if (closed == null) {
            Future<Void> last = Future.succeededFuture();
            while (!open.isEmpty()) {
                Supplier<Future<Void>> next = open.pop();
                last = last.compose(nothing -> quietly(next));
            }
            closed = last;
        }
        return closed;
    }

    private static Future<Void> quietly(Supplier<Future<Void>> close) {
        return Foreign.call(close::get, Future::<Void>failedFuture)
                .onFailure(e -> LOG.warn("Something could not be closed", e))
                .otherwiseEmpty();
    }
}
