package io.knit.plugin.nats.broker.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the trie answered lately, by the subject's bytes, so that a message costs neither a lock nor a string. A change of subscriptions
 * costs only the subjects it may concern ({@link Stamps}). It grows with the subjects that come more than once, up to a bound;
 * those that come once, such as most inboxes, are not kept. Belongs to one event loop.
 */
public final class MatchCache {
    private static final int WAYS = 4; // places that a subject may have
    private static final int FIRST = 1024;
    private static final int MOST = 32 * 1024;
    private static final int MOST_SUBJECT = 256;
    private static final int SEEN = 32 * 1024; // hashes of subjects that came once
    private static final long MOST_WEIGHT =
            Math.max(1 << 20, Math.min(8 << 20, Runtime.getRuntime().maxMemory() / 128));

    private final SubjectTrie trie;
    private final Stamps stamps;
    private @Nullable Entry[] entries = new @Nullable Entry[FIRST];
    private final int[] seen = new int[SEEN];
    private int chance = 1;
    private int displaced;
    private int hand;
    private long weight;

    MatchCache(SubjectTrie trie) {
        this.trie = trie;
        this.stamps = trie.stamps();
    }

    Matches match(byte[] bytes, int start, int end) {
        int hash = hash(bytes, start, end);
        int first = first(hash);
        for (int i = first; i < first + WAYS; i++) {
            Entry entry = entries[i];
            if (entry != null && entry.isFor(hash, bytes, start, end)) {
                entry.used = true;
                return fresh(entry);
            }
        }
        return search(hash, first, bytes, start, end);
    }

    private Matches fresh(Entry entry) {
        long now = stamps.sum(entry.places);
        if (now != entry.stamp) {
            weight -= entry.weight();
            entry.matches = trie.match(new String(entry.subject, StandardCharsets.ISO_8859_1));
            entry.stamp = now; // what came after it was read is seen next time
            weight += entry.weight();
            if (weight > MOST_WEIGHT) {
                Arrays.fill(entries, null);
                weight = 0;
            }
        }
        return entry.matches;
    }

    private Matches search(int hash, int first, byte[] bytes, int start, int end) {
        sweep();
        int[] places = end - start <= MOST_SUBJECT && cameBefore(hash) ? Stamps.places(bytes, start, end) : null;
        if (places == null) {
            return trie.match(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
        }
        Entry entry = new Entry(hash, Arrays.copyOfRange(bytes, start, end), places);
        weight += entry.weight();
        keep(entry, first);
        return fresh(entry);
    }

    private boolean cameBefore(int hash) {
        int mark = hash >>> 8 & SEEN - 1;
        if (seen[mark] == hash) {
            return true;
        }
        chance = 1_103_515_245 * chance + 12_345;
        if (chance < 0 || seen[mark] == 0) { // else two that share a mark and take turns would never be known
            seen[mark] = hash;
        }
        return false;
    }

    // bit by bit, so that subscriptions and clients that are gone are not held for subjects that nobody uses any more
    private void sweep() {
        for (int i = 0; i < WAYS; i++) {
            hand = hand + 1 & entries.length - 1;
            Entry entry = entries[hand];
            if (entry != null && stamps.sum(entry.places) != entry.stamp) {
                if (!entry.used) {
                    entries[hand] = null;
                    weight -= entry.weight();
                }
                entry.used = false;
            }
        }
    }

    private void keep(Entry entry, int first) {
        int way = way(first);
        Entry before = entries[way];
        entries[way] = entry;
        if (before != null) {
            weight -= before.weight();
            displaced++;
            if (displaced > entries.length / 4 && entries.length < MOST) {
                grow();
            }
        }
    }

    /** Where there is room, else who was not asked for since this was last looked for. */
    private int way(int first) {
        for (int i = first; i < first + WAYS; i++) {
            if (entries[i] == null) {
                return i;
            }
        }
        for (int i = first; i < first + WAYS; i++) {
            Entry entry = entries[i];
            if (entry == null || !entry.used) {
                return i;
            }
            entry.used = false;
        }
        return first;
    }

    private void grow() {
        @Nullable Entry[] all = entries;
        entries = new @Nullable Entry[all.length * 2];
        displaced = 0;
        for (Entry entry : all) {
            if (entry != null) {
                int way = way(first(entry.hash));
                Entry before = entries[way];
                weight -= before == null ? 0 : before.weight();
                entries[way] = entry;
            }
        }
    }

    /** Tells how many subscribers each cached subject has. From any thread; may miss what changes meanwhile. */
    public void fanouts(IntConsumer each) {
        for (Entry entry : entries) {
            if (entry != null) {
                each.accept(entry.matches.plain.length + entry.matches.groups.length);
            }
        }
    }

    private int first(int hash) {
        return hash & entries.length - WAYS;
    }

    private static int hash(byte[] bytes, int start, int end) {
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        return Stamps.mixed(hash);
    }

    private static final class Entry {
        private static final int BESIDES = 200; // bytes, roughly

        final int hash;
        final byte[] subject;
        final int[] places;
        Matches matches = Matches.NONE;
        long stamp = -1;
        boolean used;

        Entry(int hash, byte[] subject, int[] places) {
            this.hash = hash;
            this.subject = subject;
            this.places = places;
        }

        boolean isFor(int asked, byte[] bytes, int start, int end) {
            return hash == asked && Arrays.equals(subject, 0, subject.length, bytes, start, end);
        }

        int weight() {
            int members = matches.plain.length;
            for (Subscription[] group : matches.groups) {
                members += group.length + WAYS;
            }
            return BESIDES + subject.length + 4 * members;
        }
    }
}
