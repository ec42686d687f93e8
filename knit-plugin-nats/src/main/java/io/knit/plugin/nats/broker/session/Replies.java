package io.knit.plugin.nats.broker.session;

import io.knit.plugin.nats.broker.access.Responses;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The reply subjects of the requests that a client got and may answer. Those too late are forgotten, and beyond a number of bytes the oldest; what they
 * take counts among what is held for the client.
 * Thread-safe: requests come from any loop.
 */
final class Replies {
    private static final int MOST_BYTES = 4 * 1024 * 1024;
    /** What an entry costs besides its subject, roughly. */
    private static final int ENTRY_BYTES = 128;

    /** What is counted at once. */
    private static final int STEP_BYTES = 16 * 1024;

    private final int most;
    private final long ttlNanos;
    private final LongSupplier nanoTime;
    private final LongConsumer heap;
    private final Map<String, Allowance> allowances = new LinkedHashMap<>();
    private int bytes;
    private int counted;
    private boolean closed;

    /** @param heap told of bytes that are taken or, below 0, given back; not of each single one */
    Replies(Responses responses, LongSupplier nanoTime, LongConsumer heap) {
        this.most = responses.max();
        this.ttlNanos = responses.ttl().toNanos();
        this.nanoTime = nanoTime;
        this.heap = heap;
    }

    /** The client gets a request; gives whether it takes notably more memory than before. */
    synchronized boolean asked(String reply) {
        if (closed) {
            return false;
        }
        keep(reply);
        return count();
    }

    /** Bytes that are taken, roughly. */
    synchronized int bytes() {
        return bytes;
    }

    /** It is asked no more. */
    synchronized void close() {
        closed = true;
        allowances.clear();
        heap.accept(-counted);
        bytes = 0;
        counted = 0;
    }

    // the lock is held in the private methods

    private boolean count() {
        int more = bytes - counted;
        if (Math.abs(more) < STEP_BYTES) {
            return false;
        }
        heap.accept(more);
        counted = bytes;
        return more > 0;
    }

    private void keep(String reply) {
        long now = nanoTime.getAsLong();
        Allowance before = allowances.remove(reply);
        if (before == null) {
            bytes += reply.length() + ENTRY_BYTES;
        }
        allowances.put(reply, new Allowance(now + ttlNanos, most));
        Iterator<Map.Entry<String, Allowance>> oldest = allowances.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<String, Allowance> entry = oldest.next();
            if (bytes <= MOST_BYTES && entry.getValue().deadline - now > 0) {
                return;
            }
            oldest.remove();
            bytes -= entry.getKey().length() + ENTRY_BYTES;
        }
    }

    /** Takes one answer from what the client may send to the subject; false if it may send none. */
    synchronized boolean answer(String subject) {
        Allowance allowance = allowances.get(subject);
        if (allowance == null) {
            return false;
        }
        boolean inTime = allowance.deadline - nanoTime.getAsLong() > 0;
        allowance.left--;
        if (!inTime || allowance.left <= 0) {
            allowances.remove(subject);
            bytes -= subject.length() + ENTRY_BYTES;
            count();
        }
        return inTime;
    }

    private static final class Allowance {
        final long deadline;
        int left;

        Allowance(long deadline, int left) {
            this.deadline = deadline;
            this.left = left;
        }
    }
}
