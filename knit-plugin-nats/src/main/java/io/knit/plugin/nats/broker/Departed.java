package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.monitor.ConnectionFigures;
import java.util.ArrayDeque;
import java.util.List;

/** The connections that ended last, for who asks why. Thread-safe. */
final class Departed {
    /** Each may hold some kilobytes of a stranger's name. */
    static final int MOST = 256;

    private final ArrayDeque<ConnectionFigures> last = new ArrayDeque<>();

    synchronized void add(ConnectionFigures figures) {
        if (last.size() == MOST) {
            last.removeFirst();
        }
        last.addLast(figures);
    }

    synchronized List<ConnectionFigures> list() {
        return List.copyOf(last);
    }
}
