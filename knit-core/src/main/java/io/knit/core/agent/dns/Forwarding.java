package io.knit.core.agent.dns;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Has the host's resolvers answer, one after the other. So many questions at once and no more, of all and of one asker. Thread-safe. */
final class Forwarding {
    static final int MOST = 512;
    static final int MOST_OF_ONE = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final DnsSockets sockets;
    private final IntSupplier ids;
    private final Bound bound = new Bound(MOST, MOST_OF_ONE);

    /** @param ids 16 bits that nobody can guess */
    Forwarding(DnsSockets sockets, IntSupplier ids) {
        this.sockets = sockets;
        this.ids = ids;
    }

    /** What one of the servers says; that it failed, if none does. */
    Future<byte[]> ask(List<String> servers, byte[] bytes, DnsQuery query, String asker, boolean whole) {
        if (servers.isEmpty() || !bound.begin(asker)) {
            return Future.succeededFuture(DnsAnswer.refusal(query, DnsAnswer.SERVER_FAILURE));
        }
        return next(servers, bytes, query, whole)
                .otherwise(why -> DnsAnswer.refusal(query, DnsAnswer.SERVER_FAILURE))
                .onComplete(done -> bound.end(asker));
    }

    private Future<byte[]> next(List<String> servers, byte[] bytes, DnsQuery query, boolean whole) {
        return one(servers.get(0), bytes, query, whole)
                .recover(why -> servers.size() == 1
                        ? Future.failedFuture(why)
                        : next(servers.subList(1, servers.size()), bytes, query, whole));
    }

    private Future<byte[]> one(String server, byte[] bytes, DnsQuery query, boolean whole) {
        int id = ids.getAsInt() & 0xffff;
        byte[] asked = withId(bytes, id);
        return sockets.ask(server, DnsSockets.PORT, asked, whole, answer -> query.isAnsweredBy(answer, id), PATIENCE)
                .map(answer -> withId(answer, query.id()));
    }

    private static byte[] withId(byte[] bytes, int id) {
        byte[] other = bytes.clone();
        other[0] = (byte) (id >> 8);
        other[1] = (byte) id;
        return other;
    }

    /** So many at once and no more, of all and of one asker. Thread-safe. */
    static final class Bound {
        private final int most;
        private final int mostOfOne;
        private final AtomicInteger all = new AtomicInteger();
        private final Map<String, Integer> byAsker = new ConcurrentHashMap<>();

        Bound(int most, int mostOfOne) {
            this.most = most;
            this.mostOfOne = mostOfOne;
        }

        /** Whether there is room for one more; {@link #end} makes it again. */
        boolean begin(String asker) {
            if (all.incrementAndGet() > most) {
                all.decrementAndGet();
                return false;
            }
            if (byAsker.merge(asker, 1, Integer::sum) > mostOfOne) {
                end(asker);
                return false;
            }
            return true;
        }

        void end(String asker) {
            all.decrementAndGet();
            byAsker.computeIfPresent(asker, (who, count) -> count == 1 ? null : count - 1);
        }
    }
}
