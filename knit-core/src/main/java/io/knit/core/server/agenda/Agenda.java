package io.knit.core.server.agenda;

import io.knit.api.spi.loop.Loop;
import io.knit.core.plugin.Foreign;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every deadline of the server, with one timer. Each has a name, by which it is put off, brought forward or called off. All moments are of
 * the loop's {@link Loop#elapsed}. Loop-bound.
 */
public final class Agenda {
    private static final Logger LOG = LoggerFactory.getLogger(Agenda.class);

    private final Loop loop;
    private final Map<String, Entry> byName = new HashMap<>();
    private final TreeSet<Entry> inOrder =
            new TreeSet<>(Comparator.comparing(Entry::moment).thenComparing(Entry::number));
    private long number;
    private Loop.@Nullable Timer timer;
    private @Nullable Duration set;
    private boolean closed;

    private record Entry(String name, Duration moment, long number, Runnable task) {}

    public Agenda(Loop loop) {
        this.loop = loop;
    }

    /** Has the task run at that moment, or soon where that is past; instead of what has this name now. */
    public void at(String name, Duration moment, Runnable task) {
        if (closed) {
            return;
        }
        remove(name);
        Entry entry = new Entry(name, moment, number++, task);
        byName.put(name, entry);
        inOrder.add(entry);
        arm();
    }

    /** The same, counted from now. */
    public void after(String name, Duration wait, Runnable task) {
        at(name, loop.elapsed().plus(wait), task);
    }

    /** The same, unless what has this name is due earlier. */
    public void atLatest(String name, Duration moment, Runnable task) {
        Entry present = byName.get(name);
        if (present == null || present.moment().compareTo(moment) > 0) {
            at(name, moment, task);
        }
    }

    public void cancel(String name) {
        remove(name);
        arm();
    }

    /** Nothing of it is run any more. */
    public void close() {
        closed = true;
        byName.clear();
        inOrder.clear();
        arm();
    }

    private void remove(String name) {
        Entry present = byName.remove(name);
        if (present != null) {
            inOrder.remove(present);
        }
    }

    private void arm() {
        Duration first = inOrder.isEmpty() ? null : inOrder.first().moment();
        if (first != null && first.equals(set)) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        set = first;
        if (first == null) {
            timer = null;
            return;
        }
        Duration wait = first.minus(loop.elapsed());
        timer = loop.after(wait.isNegative() ? Duration.ZERO : wait, this::fire);
    }

    private void fire() {
        timer = null;
        set = null;
        Duration now = loop.elapsed();
        while (!inOrder.isEmpty() && inOrder.first().moment().compareTo(now) <= 0) {
            Entry due = inOrder.first();
            remove(due.name());
            run(due);
        }
        arm();
    }

    private static void run(Entry due) {
        // one deadline must not cost the others theirs
        Foreign.run(due.task(), e -> LOG.error("What was to be done at a deadline failed: {}", due.name(), e));
    }
}
