package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.monitor.figures.ConnectionFigures;
import java.util.ArrayDeque;
import java.util.List;

/** The connections that ended last, for who asks why. Thread-safe. */
public final class Departed {
    /** Each may hold some kilobytes of a stranger's name. */
    public static final int MOST = 256;

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
