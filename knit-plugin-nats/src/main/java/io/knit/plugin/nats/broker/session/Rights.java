package io.knit.plugin.nats.broker.session;

import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.knit.plugin.nats.broker.routing.SubjectRules;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client may do that may not do everything. Remembers what was asked for lately by the subject's bytes, so that a message costs neither a
 * string nor a look at the patterns; a few KiB at most. On the connection's loop, but for {@link #replies}.
 */
final class Rights {
    private static final int SLOTS = 16; // a power of two
    private static final int LONGEST_KEPT = 256;

    private final Permissions permissions;
    private final @Nullable Replies replies;
    private final @Nullable Entry[] slots = new @Nullable Entry[SLOTS];

    /** @param heap told of bytes that are taken or, below 0, given back */
    Rights(Permissions permissions, LongConsumer heap) {
        this.permissions = permissions;
        this.replies = permissions
                .responses()
                .map(responses -> new Replies(responses, System::nanoTime, heap))
                .orElse(null);
    }

    /** What it may answer; null if it needs no request to publish what it may. */
    @Nullable
    Replies replies() {
        return replies;
    }

    boolean mayPublish(Publication message) {
        return allowed(message.line, message.subjectStart, message.subjectEnd)
                || (replies != null && replies.answer(message.subject()));
    }

    private boolean allowed(byte[] bytes, int start, int end) {
        int slot = slot(bytes, start, end);
        Entry entry = slots[slot];
        if (entry != null && Arrays.equals(entry.subject, 0, entry.subject.length, bytes, start, end)) {
            return entry.allowed;
        }
        boolean allowed = permissions.mayPublish(new String(bytes, start, end - start, StandardCharsets.UTF_8));
        if (end - start <= LONGEST_KEPT) {
            slots[slot] = new Entry(Arrays.copyOfRange(bytes, start, end), allowed);
        }
        return allowed;
    }

    private static int slot(byte[] bytes, int start, int end) {
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        return (hash ^ (hash >>> 16)) & (SLOTS - 1);
    }

    boolean maySubscribe(String subject, @Nullable String queue) {
        return permissions.maySubscribe(
                SubjectRules.readable(subject), queue == null ? "" : SubjectRules.readable(queue));
    }

    /** What keeps messages from a subscription, if it reaches farther than the client may. */
    @Nullable
    Permissions filter(String subject) {
        boolean wild = !SubjectRules.isLiteral(subject);
        return wild && permissions.deniesDeliveries() ? permissions : null;
    }

    private static final class Entry {
        final byte[] subject;
        final boolean allowed;

        Entry(byte[] subject, boolean allowed) {
            this.subject = subject;
            this.allowed = allowed;
        }
    }
}
