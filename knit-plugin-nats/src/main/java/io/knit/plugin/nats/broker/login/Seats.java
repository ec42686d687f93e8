package io.knit.plugin.nats.broker.login;

import io.knit.plugin.nats.broker.access.User;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many clients are in as each user that may have so many only. The oldest leaves for the newest: it is the one whose other end may
 * be gone without a word. Thread-safe.
 */
public final class Seats<C> {
    private final Map<String, Deque<C>> taken = new HashMap<>();

    /** A client is in as the user; gives who must leave for it, if somebody must. */
    public synchronized @Nullable C take(User user, C connection) {
        int most = user.limits().connections();
        if (most == 0) {
            return null;
        }
        Deque<C> seats = taken.computeIfAbsent(user.name(), name -> new ArrayDeque<>(2));
        seats.addLast(connection);
        return seats.size() > most ? seats.removeFirst() : null;
    }

    /** A client is the user no more. */
    public synchronized void leave(User user, C connection) {
        Deque<C> seats = taken.get(user.name());
        if (seats != null && seats.remove(connection) && seats.isEmpty()) {
            taken.remove(user.name());
        }
    }
}
