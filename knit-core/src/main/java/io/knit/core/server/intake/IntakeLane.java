package io.knit.core.server.intake;

import io.knit.api.spi.loop.Loop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where agents' messages wait for the loop: a short line for each node, and one message a turn of the loop, node by node. So a node that speaks all
 * the time keeps neither others waiting nor users, whose commands go straight to the loop. Thread-safe.
 */
public final class IntakeLane {
    /** Of one node; whatever is dropped an agent sends again. */
    static final int MOST_OF_ONE = 16;

    private final Loop loop;
    private final Runnable dropped;
    private final Map<String, Deque<Runnable>> lines = new LinkedHashMap<>();
    private boolean running;

    /** @param dropped called for each message that found its node's line full */
    public IntakeLane(Loop loop, Runnable dropped) {
        this.loop = loop;
        this.dropped = dropped;
    }

    /** Has the message taken on the loop when it is the node's turn. */
    public void add(String node, Runnable message) {
        boolean full;
        boolean start;
        synchronized (this) {
            Deque<Runnable> line = lines.computeIfAbsent(node, any -> new ArrayDeque<>());
            full = line.size() >= MOST_OF_ONE;
            if (full) {
                // the newest knows best
                line.removeFirst();
            }
            line.addLast(message);
            start = !running;
            running = true;
        }
        if (full) {
            dropped.run();
        }
        if (start) {
            loop.execute(this::takeOne);
        }
    }

    private void takeOne() {
        Runnable message = next();
        try {
            message.run();
        } finally {
            if (goesOn()) {
                loop.execute(this::takeOne);
            }
        }
    }

    private synchronized Runnable next() {
        Iterator<Map.Entry<String, Deque<Runnable>>> first = lines.entrySet().iterator();
        Map.Entry<String, Deque<Runnable>> turn = first.next();
        String node = turn.getKey();
        Deque<Runnable> line = turn.getValue();
        first.remove();
        Runnable message = line.removeFirst();
        if (!line.isEmpty()) {
            lines.put(node, line);
        }
        return message;
    }

    /** Whether something of this node waits for its turn. Any thread. */
    public synchronized boolean holds(String node) {
        return lines.containsKey(node);
    }

    private synchronized boolean goesOn() {
        running = !lines.isEmpty();
        return running;
    }
}
