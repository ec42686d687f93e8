package io.knit.core.agent.dns;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /**
     * What the first of the servers says that can answer, as the host's own programs are told; else what the first one said that could not; that it failed, if none says anything.
     */
    Future<byte[]> ask(List<String> servers, byte[] bytes, DnsQuery query, String asker, boolean whole) {
        if (servers.isEmpty() || !bound.begin(asker)) {
            return Future.succeededFuture(DnsAnswer.refusal(query, DnsAnswer.SERVER_FAILURE));
        }
        return next(servers, bytes, query, whole, Optional.empty()).onComplete(done -> bound.end(asker));
    }

    /** @param refused what one said that was asked before */
    private Future<byte[]> next(
            List<String> servers, byte[] bytes, DnsQuery query, boolean whole, Optional<byte[]> refused) {
        if (servers.isEmpty()) {
            return Future.succeededFuture(refused.orElseGet(() -> DnsAnswer.refusal(query, DnsAnswer.SERVER_FAILURE)));
        }
        return one(servers.get(0), bytes, query, whole).transform(said -> {
            if (said.succeeded() && !DnsAnswer.isRefusal(said.result())) {
                return Future.succeededFuture(said.result());
            }
            Optional<byte[]> first = refused.or(() -> Optional.ofNullable(said.result()));
            return next(servers.subList(1, servers.size()), bytes, query, whole, first);
        });
    }

    private Future<byte[]> one(String server, byte[] bytes, DnsQuery query, boolean whole) {
        int id = ids.getAsInt() & 0xffff;
        byte[] asked = withId(bytes, id);
        // what is thrown counts as said: a question that was begun ends
        return Future.succeededFuture()
                .compose(begun -> sockets.ask(
                        server, DnsSockets.PORT, asked, whole, answer -> query.isAnsweredBy(answer, id), PATIENCE))
                .map(answer -> DnsAnswer.hasQuestion(answer)
                        ? withId(answer, query.id())
                        : DnsAnswer.refusal(query, DnsAnswer.code(answer)));
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
