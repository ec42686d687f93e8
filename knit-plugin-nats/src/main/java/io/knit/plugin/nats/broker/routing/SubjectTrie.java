package io.knit.plugin.nats.broker.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions, by the tokens of their subjects. One lock for everything: matching goes through each loop's
 * {@link MatchCache}, so the lock is taken when subscriptions change and on the first message of a subject after that.
 */
public final class SubjectTrie {
    private final Node root = new Node();
    private int size;
    private long inserts;
    private long removes;
    private long lookups;
    private final Stamps stamps = new Stamps();

    /** What moves whenever a subscription comes or goes. */
    Stamps stamps() {
        return stamps;
    }

    public synchronized int size() {
        return size;
    }

    /** Whether nothing is left of the subscriptions that were there. */
    public synchronized boolean isEmpty() {
        return root.isEmpty();
    }

    /**
     * What it has done so far.
     *
     * @param lookups matches that no {@link MatchCache} knew
     */
    public record Counts(int subscriptions, long inserts, long removes, long lookups) {}

    public synchronized Counts counts() {
        return new Counts(size, inserts, removes, lookups);
    }

    /** Adds a subscription whose subject {@link SubjectRules#isPattern is valid}. */
    public synchronized void add(Subscription subscription) {
        Node node = root;
        for (String token : SubjectRules.tokens(subscription.subject)) {
            node = node.children.computeIfAbsent(token, t -> new Node());
        }
        if (node.subscriptions.add(subscription)) {
            size++;
            inserts++;
            stamps.changed(subscription.subject);
        }
    }

    /** Removes a subscription; one that is not there is no error. */
    public synchronized void remove(Subscription subscription) {
        if (remove(root, SubjectRules.tokens(subscription.subject), 0, subscription)) {
            size--;
            removes++;
            stamps.changed(subscription.subject);
        }
    }

    private static boolean remove(Node node, List<String> tokens, int depth, Subscription subscription) {
        if (depth == tokens.size()) {
            return node.subscriptions.remove(subscription);
        }
        Node child = node.children.get(tokens.get(depth));
        if (child == null || !remove(child, tokens, depth + 1, subscription)) {
            return false;
        }
        if (child.isEmpty()) {
            node.children.remove(tokens.get(depth));
        }
        return true;
    }

    /** The subscriptions, not more than so many; in one order while none comes or goes. */
    public synchronized List<Subscription> list(int most) {
        List<Subscription> list = new ArrayList<>();
        list(root, most, list);
        return list;
    }

    private static void list(Node node, int most, List<Subscription> list) {
        node.subscriptions.stream().limit(most - list.size()).forEach(list::add);
        for (Node child : node.children.values()) {
            if (list.size() >= most) {
                return;
            }
            list(child, most, list);
        }
    }

    /** Everyone whose subject matches, as of now. */
    public synchronized Matches match(String subject) {
        lookups++;
        List<String> tokens = SubjectRules.tokens(subject);
        if (tokens.isEmpty()) {
            return Matches.NONE;
        }
        Collector collector = new Collector(subject);
        collect(root, tokens, 0, collector);
        return collector.matches();
    }

    private static void collect(Node node, List<String> tokens, int depth, Collector collector) {
        if (depth == tokens.size()) {
            collector.add(node.subscriptions);
            return;
        }
        Node rest = node.children.get(SubjectRules.REST);
        if (rest != null) {
            collector.add(rest.subscriptions);
        }
        Node one = node.children.get(SubjectRules.ONE);
        if (one != null) {
            collect(one, tokens, depth + 1, collector);
        }
        String token = tokens.get(depth);
        Node literal = isWildcard(token) ? null : node.children.get(token);
        if (literal != null) {
            collect(literal, tokens, depth + 1, collector);
        }
    }

    // who publishes to a wildcard reaches only those who asked for any token there
    private static boolean isWildcard(String token) {
        return token.equals(SubjectRules.ONE) || token.equals(SubjectRules.REST);
    }

    private static final class Node {
        final Map<String, Node> children = new HashMap<>(2);
        final Set<Subscription> subscriptions = new LinkedHashSet<>(2);

        boolean isEmpty() {
            return children.isEmpty() && subscriptions.isEmpty();
        }
    }

    private static final class Collector {
        private final String subject;
        private final List<Subscription> plain = new ArrayList<>();
        private @Nullable Map<String, List<Subscription>> groups;

        Collector(String subject) {
            this.subject = subject;
        }

        void add(Set<Subscription> subscriptions) {
            for (Subscription subscription : subscriptions) {
                if (!subscription.mayReceive(subject)) {
                    continue;
                }
                if (subscription.queue == null) {
                    plain.add(subscription);
                } else {
                    group(subscription.queue).add(subscription);
                }
            }
        }

        private List<Subscription> group(String queue) {
            if (groups == null) {
                groups = new LinkedHashMap<>();
            }
            return groups.computeIfAbsent(queue, q -> new ArrayList<>());
        }

        Matches matches() {
            if (plain.isEmpty() && groups == null) {
                return Matches.NONE;
            }
            Subscription[][] members = groups == null
                    ? Matches.NONE.groups
                    : groups.values().stream()
                            .map(group -> group.toArray(new Subscription[0]))
                            .toArray(Subscription[][]::new);
            return new Matches(plain.toArray(new Subscription[0]), members);
        }
    }
}
