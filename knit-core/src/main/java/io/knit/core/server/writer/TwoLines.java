package io.knit.core.server.writer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What waits to be decided. Before all goes what the server itself has to decide in time, of which there is never more than a few; what people ask for goes before what agents say, however much that is, and each line keeps its order. One of the
 * agents' is taken after every few of the others, so that neither waits for ever. Not thread-safe.
 */
final class TwoLines<T> {
    private static final int PEOPLE_IN_A_ROW = 8;

    private final Deque<T> first = new ArrayDeque<>();
    private final Deque<T> people = new ArrayDeque<>();
    private final Deque<T> agents = new ArrayDeque<>();
    private int inARow;

    void add(T next, boolean isOfPeople) {
        (isOfPeople ? people : agents).addLast(next);
    }

    /** Before all others, and after what was put there before. */
    void addFirst(T next) {
        first.addLast(next);
    }

    boolean isEmpty() {
        return first.isEmpty() && people.isEmpty() && agents.isEmpty();
    }

    /** Whether somebody waits for an answer. */
    boolean isForPeople() {
        return !people.isEmpty();
    }

    int size() {
        return first.size() + people.size() + agents.size();
    }

    /** @throws java.util.NoSuchElementException if there is none */
    T take() {
        if (!first.isEmpty()) {
            return first.removeFirst();
        }
        boolean isAgentsTurn = people.isEmpty() || inARow >= PEOPLE_IN_A_ROW && !agents.isEmpty();
        inARow = isAgentsTurn ? 0 : inARow + 1;
        return (isAgentsTurn ? agents : people).removeFirst();
    }

    /** All of them, and then none is left. */
    List<T> takeAll() {
        List<T> all = new ArrayList<>(first);
        all.addAll(people);
        all.addAll(agents);
        first.clear();
        people.clear();
        agents.clear();
        return all;
    }
}
