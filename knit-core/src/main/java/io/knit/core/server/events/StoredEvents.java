package io.knit.core.server.events;

import io.knit.api.model.KnitEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Which events the store has: those of one commit are one document, for a rollout tells thousands. A document goes once the others
 * have enough. Not thread-safe.
 */
public final class StoredEvents {
    /** So many of the newest outlive the server, at least. */
    static final int MOST = 1_000;

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

    /** Of those that a commit tells, what is stored. */
    public static List<KnitEvent> newest(List<KnitEvent> told) {
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
        List<KnitEvent> kept = newest(told);
        for (int i = over(kept.size()).size(); i > 0; i--) {
            count -= blocks.removeFirst().count();
        }
        add(new Block(kept.get(0).seq(), kept.size()));
    }

    private void add(Block block) {
        blocks.addLast(block);
        count += block.count();
    }
}
