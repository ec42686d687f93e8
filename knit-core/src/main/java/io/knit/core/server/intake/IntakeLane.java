package io.knit.core.server.intake;

import io.knit.api.spi.loop.Loop;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
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
    /** Bytes of one node. */
    static final int LARGEST_OF_ONE = 2 << 20;
    /** Bytes of all: of whoever has the most the oldest give way. */
    static final int LARGEST = 64 << 20;

    private final Loop loop;
    private final Runnable dropped;
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private long bytes;
    private boolean running;

    private record Message(int bytes, Runnable taken) {}

    private static final class Line {
        private final Deque<Message> messages = new ArrayDeque<>();
        private long bytes;

        boolean isFull() {
            return messages.size() > MOST_OF_ONE || bytes > LARGEST_OF_ONE && messages.size() > 1;
        }
    }

    /** @param dropped called for each message that found its node's line full */
    public IntakeLane(Loop loop, Runnable dropped) {
        this.loop = loop;
        this.dropped = dropped;
    }

    /**
     * Has the message taken on the loop when it is the node's turn.
     *
     * @param size in bytes, of what waits in memory with it
     */
    public void add(String node, int size, Runnable message) {
        int gone = 0;
        boolean start;
        synchronized (this) {
            Line line = lines.computeIfAbsent(node, any -> new Line());
            line.messages.addLast(new Message(size, message));
            line.bytes += size;
            bytes += size;
            // the newest knows best
            while (line.isFull()) {
                removeFirst(line);
                gone++;
            }
            while (bytes > LARGEST) {
                Line largest = Collections.max(lines.values(), Comparator.comparingLong(each -> each.bytes));
                removeFirst(largest);
                gone++;
                lines.values().removeIf(each -> each.messages.isEmpty());
            }
            start = !running && !lines.isEmpty();
            running |= start;
        }
        for (int i = 0; i < gone; i++) {
            dropped.run();
        }
        if (start) {
            loop.execute(this::takeOne);
        }
    }

    private Message removeFirst(Line line) {
        Message first = line.messages.removeFirst();
        line.bytes -= first.bytes();
        bytes -= first.bytes();
        return first;
    }

    private void takeOne() {
        try {
            next().run();
        } finally {
            if (goesOn()) {
                loop.execute(this::takeOne);
            }
        }
    }

    private synchronized Runnable next() {
        Iterator<Map.Entry<String, Line>> first = lines.entrySet().iterator();
        if (!first.hasNext()) {
            // what waited was too much, and gave way
            return () -> {};
        }
        Map.Entry<String, Line> turn = first.next();
        String node = turn.getKey();
        Line line = turn.getValue();
        first.remove();
        Message message = removeFirst(line);
        if (!line.messages.isEmpty()) {
            lines.put(node, line);
        }
        return message.taken();
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
