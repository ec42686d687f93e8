package io.knit.plugin.nats.broker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the trie answered lately, by the subject's bytes, so that a message costs neither a lock nor a string. Forgets
 * everything when subscriptions change. Two subjects with one slot take turns; memory is bounded. Belongs to one event loop.
 */
final class MatchCache {
    private static final int SLOTS = 1024; // a power of two

    private final SubjectTrie trie;
    private final @Nullable Entry[] slots = new @Nullable Entry[SLOTS];
    private long generation;

    MatchCache(SubjectTrie trie) {
        this.trie = trie;
    }

    Matches match(byte[] bytes, int start, int end) {
        long now = trie.generation();
        if (now != generation) {
            Arrays.fill(slots, null);
            generation = now;
        }
        int slot = slot(bytes, start, end);
        Entry entry = slots[slot];
        if (entry != null && Arrays.equals(entry.subject, 0, entry.subject.length, bytes, start, end)) {
            return entry.matches;
        }
        Matches matches = trie.match(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
        slots[slot] = new Entry(Arrays.copyOfRange(bytes, start, end), matches);
        return matches;
    }

    /** Tells how many subscribers each cached subject has. From any thread; may miss what changes meanwhile. */
    void fanouts(IntConsumer each) {
        for (Entry entry : slots) {
            if (entry != null) {
                each.accept(entry.matches.plain.length + entry.matches.groups.length);
            }
        }
    }

    private static int slot(byte[] bytes, int start, int end) {
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        return (hash ^ (hash >>> 16)) & (SLOTS - 1);
    }

    private static final class Entry {
        final byte[] subject;
        final Matches matches;

        Entry(byte[] subject, Matches matches) {
            this.subject = subject;
            this.matches = matches;
        }
    }
}
