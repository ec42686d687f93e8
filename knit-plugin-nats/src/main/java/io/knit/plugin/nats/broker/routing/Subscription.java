package io.knit.plugin.nats.broker.routing;

import io.knit.plugin.nats.broker.access.Permissions;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a client subscribed to. SubjectRules, queue names and sids are bytes to the broker; as strings they are ISO-8859-1, so
 * that nothing is lost either way.
 */
public final class Subscription {
    private static final int ALONE = 300;
    private static final int TOKEN = 260;

    public final Subscriber owner;
    public final String subject;
    public final @Nullable String queue;
    public final String sid;
    final byte[] sidBytes;

    // written under the owner's Outbound's lock, as several loops may deliver at once
    private long limit;
    private long delivered;
    private volatile boolean ended;

    private final @Nullable Permissions filter;

    public Subscription(Subscriber owner, String subject, @Nullable String queue, String sid) {
        this(owner, subject, queue, sid, null);
    }

    /**
     * @param filter what the owner may not get of all that the subject asks for; null if it may get all
     */
    public Subscription(
            Subscriber owner, String subject, @Nullable String queue, String sid, @Nullable Permissions filter) {
        this.owner = owner;
        this.subject = subject;
        this.queue = queue;
        this.sid = sid;
        this.filter = filter;
        this.sidBytes = sid.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Bytes of heap that it takes, with its place among all subscriptions: rather too many, as others may share that place. Measured on a
     * 64-bit JVM with compressed pointers.
     */
    public long cost() {
        int tokens = 1;
        for (int i = 0; i < subject.length(); i++) {
            tokens += subject.charAt(i) == '.' ? 1 : 0;
        }
        int text = subject.length() + 2 * sid.length() + (queue == null ? 0 : queue.length());
        return ALONE + (long) tokens * TOKEN + 2L * text;
    }

    /** Whether a message of a subject that it asks for may reach it. */
    boolean mayReceive(String messageSubject) {
        return filter == null
                || filter.mayReceive(
                        SubjectRules.readable(messageSubject), queue == null ? "" : SubjectRules.readable(queue));
    }

    /** Takes one delivery from what the client still wants; false if it wants no more. */
    boolean take() {
        if (ended) {
            return false;
        }
        delivered++;
        if (limit > 0 && delivered >= limit) {
            ended = true;
        }
        return true;
    }

    /** Ends the subscription after so many deliveries in all, those of the past included; 0 or less: now. */
    void limit(long most) {
        limit = most;
        if (delivered >= most) {
            ended = true;
        }
    }

    /** How many messages it got. */
    long delivered() {
        return delivered;
    }

    /** Whether it wants nothing more. From any thread. */
    boolean ended() {
        return ended;
    }
}
