package io.knit.core.agent.dns;

import io.knit.api.spi.loop.IdSource;
import io.knit.core.agent.names.NameBook;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Answers what is asked by name: below {@link NameBook#ROOT}, and single words that containers' search lists would find there, by itself, all else by the host's resolvers. Thread-safe.
 */
public final class NameServer {
    private final NameBook book;
    private final IdSource ids;
    private final Forwarding forwarding;
    private final Predicate<String> isOurs;
    private volatile HostResolvers host = HostResolvers.NONE;

    /**
     * @param ids whose words nobody can guess
     * @param isOurs whether this server itself is heard at an address: it is not asked
     */
    public NameServer(NameBook book, DnsSockets sockets, IdSource ids, Predicate<String> isOurs) {
        this.book = book;
        this.ids = ids;
        this.isOurs = isOurs;
        this.forwarding = new Forwarding(sockets, this::number);
    }

    /** Whom the host asks now. */
    public void use(HostResolvers resolvers) {
        host = resolvers;
    }

    /** 32 bits of a word. */
    private int number() {
        return ids.next(8).hashCode();
    }

    /**
     * Does not fail, whatever the bytes are.
     *
     * @param asker an address
     * @param whole whether the answer may be long
     * @return empty: it is worth none
     */
    public Future<Optional<byte[]>> answer(byte[] bytes, String asker, boolean whole) {
        Optional<DnsQuery> read = DnsQuery.read(bytes);
        if (read.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        DnsQuery query = read.get();
        if (query.fault() != 0) {
            return answered(DnsAnswer.refusal(query, query.fault()));
        }
        List<String> labels = new ArrayList<>(query.labels());
        boolean own = !labels.isEmpty() && labels.get(labels.size() - 1).equals(NameBook.ROOT);
        RandomGenerator chance = new SplittableRandom(number());
        if (!own) {
            Optional<NameBook.Found> word = labels.size() == 1 && isInternet(query)
                    ? book.word(labels.get(0), asker, chance)
                    : Optional.empty();
            if (word.isPresent()) {
                return answered(DnsAnswer.of(query, word, whole));
            }
            List<String> servers =
                    host.servers().stream().filter(isOurs.negate()).toList();
            return forwarding.ask(servers, bytes, query, asker, whole).map(Optional::of);
        }
        if (!isInternet(query)) {
            return answered(DnsAnswer.refusal(query, DnsAnswer.REFUSED));
        }
        labels.remove(labels.size() - 1);
        return answered(DnsAnswer.of(query, book.find(labels, asker, chance), whole));
    }

    private static boolean isInternet(DnsQuery query) {
        return query.kind() == DnsAnswer.INTERNET || query.kind() == DnsAnswer.ANY;
    }

    private static Future<Optional<byte[]>> answered(byte[] bytes) {
        return Future.succeededFuture(Optional.of(bytes));
    }
}
