package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.flow.Traffic;
import io.knit.plugin.nats.broker.monitor.figures.ConnectionFigures;
import io.knit.plugin.nats.broker.monitor.figures.ServerFacts;
import io.knit.plugin.nats.broker.monitor.figures.ServerFigures;
import io.knit.plugin.nats.broker.monitor.figures.SubscriptionEntry;
import io.knit.plugin.nats.broker.monitor.figures.SubscriptionFigures;
import io.knit.plugin.nats.broker.monitor.figures.Watched;
import io.knit.plugin.nats.broker.routing.Matches;
import io.knit.plugin.nats.broker.routing.SubjectTrie;
import io.knit.plugin.nats.broker.routing.Subscription;
import java.util.Collection;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.stream.Stream;

/** Lets monitoring look at a broker. Counts nothing itself: sums up when asked. */
public final class BrokerWatch implements Watched {
    private final Broker broker;

    public BrokerWatch(Broker broker) {
        this.broker = broker;
    }

    @Override
    public ServerFacts facts() {
        return broker.facts();
    }

    @Override
    public ServerFigures figures() {
        Totals totals = broker.totals();
        Traffic in = totals.received();
        Traffic out = totals.delivered();
        return new ServerFigures(
                totals.connections().size(),
                totals.opened(),
                in.messages(),
                out.messages(),
                in.bytes(),
                out.bytes(),
                totals.slowConsumers(),
                totals.staleConnections(),
                broker.trie().size());
    }

    @Override
    public List<ConnectionFigures> open() {
        return broker.totals().connections().stream()
                .map(one -> one.watch().open(one))
                .toList();
    }

    @Override
    public List<ConnectionFigures> closed() {
        return broker.departed().list();
    }

    /** Every message asks a loop's cache once, and the trie where the cache does not know. */
    @Override
    public SubscriptionFigures subscriptions() {
        SubjectTrie.Counts trie = broker.trie().counts();
        long matches = broker.totals().received().messages();
        double misses = matches == 0 ? 1 : Math.min(1, (double) trie.lookups() / matches);
        IntSummaryStatistics fanouts = new IntSummaryStatistics();
        broker.caches().forEach(cache -> cache.fanouts(fanouts));
        return new SubscriptionFigures(
                trie.subscriptions(),
                (int) fanouts.getCount(),
                trie.inserts(),
                trie.removes(),
                matches,
                1 - misses,
                Math.max(0, fanouts.getMax()),
                fanouts.getAverage());
    }

    @Override
    public List<SubscriptionEntry> subscriptionList(int most) {
        return entries(broker.trie().list(most));
    }

    @Override
    public List<SubscriptionEntry> subscribersOf(String subject) {
        Matches matches = broker.trie().match(subject);
        Stream<Subscription> members = Stream.of(matches.groups).flatMap(Stream::of);
        return entries(Stream.concat(Stream.of(matches.plain), members).toList());
    }

    static List<SubscriptionEntry> entries(Collection<Subscription> subscriptions) {
        return subscriptions.stream().map(BrokerWatch::entry).toList();
    }

    private static SubscriptionEntry entry(Subscription one) {
        long delivered = one.owner.outbound().delivered(one);
        String queue = one.queue == null ? "" : one.queue;
        return new SubscriptionEntry(one.owner.id(), one.subject, queue, one.sid, delivered);
    }
}
