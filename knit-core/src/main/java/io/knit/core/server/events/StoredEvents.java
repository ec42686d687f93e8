package io.knit.core.server.events;

import io.knit.api.model.KnitEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Which events the store has: those of one commit are one document or few, for a rollout tells thousands. A document goes once the others
 * have enough. Not thread-safe.
 */
public final class StoredEvents {
    /** So many of the newest outlive the server, at least. */
    static final int MOST = 1_000;
    /** Characters of one document's events; each may be six in JSON. */
    private static final int MOST_LENGTH = 256 << 10;
    /** At most; names are short. */
    private static final int BESIDE_MESSAGE = 500;

    private final Deque<Block> blocks = new ArrayDeque<>();
    private int count;

    /**
     * One document.
     *
     * @param first number of its oldest event, which names it
     * @param count how many it has
     */
    public record Block(long first, int count) {}

    /** @param found in any order */
    public StoredEvents(Collection<Block> found) {
        found.stream().sorted(Comparator.comparingLong(Block::first)).forEach(this::add);
    }

    /**
     * Of those that a commit tells, what is stored: its documents, oldest first. One, unless they have much to say: no more than a third of what
     * a document may have, however each character is written.
     */
    public static List<List<KnitEvent>> documents(List<KnitEvent> told) {
        List<KnitEvent> kept = newest(told);
        List<List<KnitEvent>> documents = new ArrayList<>();
        int from = 0;
        int length = 0;
        for (int i = 0; i < kept.size(); i++) {
            int more = kept.get(i).message().length() + BESIDE_MESSAGE;
            if (length + more > MOST_LENGTH && i > from) {
                documents.add(kept.subList(from, i));
                from = i;
                length = 0;
            }
            length += more;
        }
        if (from < kept.size()) {
            documents.add(kept.subList(from, kept.size()));
        }
        return documents;
    }

    private static List<KnitEvent> newest(List<KnitEvent> told) {
        return told.subList(Math.max(0, told.size() - MOST), told.size());
    }

    /** The documents that may go, by their first event, once so many more events are stored. */
    public List<Long> over(int more) {
        List<Long> over = new ArrayList<>();
        int rest = count + more;
        for (Block block : blocks) {
            rest -= block.count();
            if (rest < MOST) {
                break;
            }
            over.add(block.first());
        }
        return over;
    }

    /** What a commit told is stored, and what could go is removed. */
    void stored(List<KnitEvent> told) {
        for (int i = over(newest(told).size()).size(); i > 0; i--) {
            count -= blocks.removeFirst().count();
        }
        documents(told).forEach(each -> add(new Block(each.get(0).seq(), each.size())));
    }

    private void add(Block block) {
        blocks.addLast(block);
        count += block.count();
    }
}
