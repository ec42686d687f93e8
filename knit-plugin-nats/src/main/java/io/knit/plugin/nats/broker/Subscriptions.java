package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.access.Permissions;
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
    private final int most;
    private final Map<String, Subscription> bySid = new ConcurrentHashMap<>(4); // monitoring looks at it

    Subscriptions(Connection owner, EventLoop loop, SubjectTrie trie, int most) {
        this.owner = owner;
        this.loop = loop;
        this.trie = trie;
        this.most = most;
    }

    /** All of them, to be read only. From any thread. */
    Collection<Subscription> all() {
        return bySid.values();
    }

    int size() {
        return bySid.size();
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
    }

    /** One got all it wanted. From any loop. */
    void ended(Subscription subscription) {
        trie.remove(subscription);
        if (loop.inEventLoop()) {
            bySid.remove(subscription.sid, subscription);
        } else {
            loop.execute(() -> bySid.remove(subscription.sid, subscription));
        }
    }

    void clear() {
        bySid.values().forEach(trie::remove);
        bySid.clear();
    }
}
