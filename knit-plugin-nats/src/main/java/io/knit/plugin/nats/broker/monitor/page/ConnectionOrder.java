package io.knit.plugin.nats.broker.monitor.page;

import io.knit.plugin.nats.broker.monitor.figures.ConnectionFigures;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;

/** In which order {@code /connz} lists clients: what is most first, except where said. */
enum ConnectionOrder {
    /** The oldest first. */
    CID,
    /** The oldest first. */
    START,
    SUBS,
    PENDING,
    MSGS_TO,
    MSGS_FROM,
    BYTES_TO,
    BYTES_FROM,
    LAST,
    IDLE,
    /** The youngest first. */
    UPTIME,
    /** The longest way first. */
    RTT,
    STOP,
    /** By the alphabet. */
    REASON;

    static ConnectionOrder of(Query query, boolean closed) {
        String text = query.text("sort");
        if (text.isEmpty()) {
            return CID;
        }
        for (ConnectionOrder order : values()) {
            if (order.word().equals(text)) {
                if ((order == STOP || order == REASON) && !closed) {
                    throw new WrongQuery("sort by " + text + " only valid on closed connections");
                }
                return order;
            }
        }
        throw new WrongQuery("invalid sorting option: " + text);
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Comparator<ConnectionFigures> by(Instant now) {
        Comparator<ConnectionFigures> first = switch (this) {
            case CID -> Comparator.comparingLong(ConnectionFigures::id);
            case START -> Comparator.comparing(ConnectionFigures::start);
            case SUBS -> most(Comparator.comparingInt(ConnectionFigures::subscriptions));
            case PENDING -> most(Comparator.comparingLong(ConnectionFigures::pending));
            case MSGS_TO -> most(Comparator.comparingLong(ConnectionFigures::outMessages));
            case MSGS_FROM -> most(Comparator.comparingLong(ConnectionFigures::inMessages));
            case BYTES_TO -> most(Comparator.comparingLong(ConnectionFigures::outBytes));
            case BYTES_FROM -> most(Comparator.comparingLong(ConnectionFigures::inBytes));
            case LAST -> most(Comparator.comparing(ConnectionFigures::lastActivity));
            case IDLE -> most(Comparator.comparing(one -> one.idle(now)));
            case UPTIME -> Comparator.comparing(one -> one.uptime(now));
            case RTT -> most(Comparator.comparing(ConnectionFigures::roundTrip));
            case STOP -> most(Comparator.comparing(one -> Objects.requireNonNullElse(one.end(), now)));
            case REASON -> Comparator.comparing(ConnectionFigures::reason);
        };
        return first.thenComparingLong(ConnectionFigures::id);
    }

    private static Comparator<ConnectionFigures> most(Comparator<ConnectionFigures> least) {
        return least.reversed();
    }
}
