package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.flow.MemoryGuard;
import io.knit.plugin.nats.broker.routing.SubjectTrie;
import io.knit.plugin.nats.broker.routing.Subscription;
import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What one client has subscribed to, by the sids it gave. On the connection's loop, but for {@link #ended}. */
final class Subscriptions {
    private final Connection owner;
    private final EventLoop loop;
    private final SubjectTrie trie;
    private final MemoryGuard memory;
    private int most;
    private volatile long cost; // monitoring and the guard look at it
    private boolean grown;
    private final Map<String, Subscription> bySid = new ConcurrentHashMap<>(4); // monitoring looks at it

    Subscriptions(Connection owner, EventLoop loop, Broker broker, int most) {
        this.owner = owner;
        this.loop = loop;
        this.trie = broker.trie();
        this.memory = broker.memory();
        this.most = most;
    }

    /** All of them, to be read only. From any thread. */
    Collection<Subscription> all() {
        return bySid.values();
    }

    int size() {
        return bySid.size();
    }

    /** How many there may be from now on; 0 for any number. What is there stays. */
    void limit(int number) {
        most = number;
    }

    /** Bytes of heap that they take, roughly and rather too many. From any thread. */
    long cost() {
        return cost;
    }

    /** Whether some came since this was asked last. */
    boolean hasGrown() {
        boolean was = grown;
        grown = false;
        return was;
    }

    /** Whether there are as many as there may be. */
    boolean isFull() {
        return most > 0 && bySid.size() >= most;
    }

    boolean contains(String sid) {
        return bySid.containsKey(sid);
    }

    @Nullable
    Subscription get(String sid) {
        return bySid.get(sid);
    }

    /** Adds one under a sid that is free. */
    void add(String subject, @Nullable String queue, String sid, @Nullable Permissions filter) {
        Subscription subscription = new Subscription(owner, subject, queue, sid, filter);
        bySid.put(sid, subscription);
        trie.add(subscription);
        costs(subscription.cost());
        grown = true;
    }

    /** One got all it wanted. From any loop. */
    void ended(Subscription subscription) {
        trie.remove(subscription);
        if (loop.inEventLoop()) {
            remove(subscription);
        } else {
            loop.execute(() -> remove(subscription));
        }
    }

    private void remove(Subscription subscription) {
        if (bySid.remove(subscription.sid, subscription)) {
            costs(-subscription.cost());
        }
    }

    private void costs(long bytes) {
        long before = cost;
        cost = before + bytes;
        memory.heap(bytes);
    }

    void clear() {
        bySid.values().forEach(trie::remove);
        bySid.clear();
        costs(-cost);
    }
}
