package io.knit.plugin.nats.broker.session;

import io.knit.plugin.nats.broker.access.Responses;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The reply subjects of the requests that a client got and may answer. The oldest are forgotten beyond a number of bytes.
 * Thread-safe: requests come from any loop.
 */
final class Replies {
    private static final int MOST_BYTES = 256 * 1024;
    /** What an entry costs besides its subject, roughly. */
    private static final int ENTRY_BYTES = 128;

    private final int most;
    private final long ttlNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Allowance> allowances = new LinkedHashMap<>();
    private int bytes;

    Replies(Responses responses, LongSupplier nanoTime) {
        this.most = responses.max();
        this.ttlNanos = responses.ttl().toNanos();
        this.nanoTime = nanoTime;
    }

    /** The client gets a request. */
    synchronized void asked(String reply) {
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
