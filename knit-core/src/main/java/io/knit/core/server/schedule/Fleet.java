package io.knit.core.server.schedule;

import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.Preparation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;

/**
 * The account that placing reads: what every node holds, kept up to date with each change instead of added up for each question.
 * Immutable; a changed copy shares what did not change, and a change costs the logarithm of the fleet.
 */
public final class Fleet {
    /** Without a node and without an instance. */
    public static final Fleet EMPTY = new Fleet(0, TreePMap.empty(), HashTreePMap.empty(), Index.EMPTY, Index.EMPTY);

    private final int size;
    private final PSortedMap<String, Account> accounts;
    /** Deployment → node → how many of its instances are live there. */
    private final PMap<String, PMap<String, Integer>> live;

    private final Index byLabel;
    private final Index byMeshIp;

    private Fleet(
            int size,
            PSortedMap<String, Account> accounts,
            PMap<String, PMap<String, Integer>> live,
            Index byLabel,
            Index byMeshIp) {
        this.size = size;
        this.accounts = accounts;
        this.live = live;
        this.byLabel = byLabel;
        this.byMeshIp = byMeshIp;
    }

    /** Number of nodes. */
    public int size() {
        return size;
    }

    /** With a new node, or another record of a known one. */
    public Fleet with(Node node) {
        Account account = account(node.id());
        return put(account.node(), account.with(node));
    }

    /** What it held stays in the account, for it may come back. */
    public Fleet withoutNode(String id) {
        Account account = account(id);
        return account.node() == null ? this : put(account.node(), account.with((Node) null));
    }

    /**
     * With another record of an instance.
     *
     * @param before the one that the account has, or null: it is new
     */
    public Fleet with(@Nullable Instance before, Instance after) {
        if (before != null && weighsTheSame(before, after)) {
            return this;
        }
        Fleet rest = before == null ? this : without(before);
        String home = home(after);
        return home == null ? rest : rest.hold(account(rest, home).with(after), after, 1);
    }

    /**
     * @param instance as the account has it
     */
    public Fleet without(Instance instance) {
        String home = home(instance);
        return home == null ? this : hold(account(home).without(instance), instance, -1);
    }

    /** Where it counts: on its node, or on the one that makes it ready; null: nowhere. */
    private static @Nullable String home(Instance instance) {
        Preparation preparation = instance.preparation();
        return instance.node() != null || preparation == null ? instance.node() : preparation.node();
    }

    /** Most changes of an instance are news of its state, which change nothing here. */
    private static boolean weighsTheSame(Instance before, Instance after) {
        return before.isLive() == after.isLive()
                && Objects.equals(home(before), home(after))
                && before.ports().equals(after.ports())
                && before.deployment().equals(after.deployment());
    }

    /** All that are known, in the order of their ids. */
    List<Account> nodes() {
        List<Account> known = new ArrayList<>(size);
        for (Account account : accounts.values()) {
            if (account.node() != null) {
                known.add(account);
            }
        }
        return known;
    }

    /** Those that may have all these labels, found by the rarest; a superset. */
    List<Account> narrowed(Map<String, String> selector) {
        PSortedSet<String> rarest = null;
        for (Map.Entry<String, String> label : selector.entrySet()) {
            PSortedSet<String> having = byLabel.of(word(label));
            rarest = rarest == null || having.size() < rarest.size() ? having : rarest;
        }
        return rarest == null ? nodes() : rarest.stream().map(this::account).toList();
    }

    /** By node; how many of the deployment's instances are live there. */
    Map<String, Integer> liveOf(String deployment) {
        return Objects.requireNonNullElse(live.get(deployment), HashTreePMap.empty());
    }

    /** Whose mesh address this is. Of several who say so, the last by id. */
    Optional<String> ownerOf(String ip) {
        PSortedSet<String> owners = byMeshIp.of(ip);
        return owners.isEmpty() ? Optional.empty() : Optional.of(owners.last());
    }

    Account account(String id) {
        return account(this, id);
    }

    private static Account account(Fleet fleet, String id) {
        Account account = fleet.accounts.get(id);
        return account == null ? Account.of(id) : account;
    }

    private Fleet put(@Nullable Node before, Account after) {
        Node node = after.node();
        return new Fleet(
                size + (node == null ? 0 : 1) - (before == null ? 0 : 1),
                after.isEmpty() ? accounts.minus(after.id()) : accounts.plus(after.id(), after),
                live,
                byLabel.move(after.id(), labels(before), labels(node)),
                byMeshIp.move(after.id(), meshIp(before), meshIp(node)));
    }

    private Fleet hold(Account after, Instance instance, int more) {
        return new Fleet(
                size,
                after.isEmpty() ? accounts.minus(after.id()) : accounts.plus(after.id(), after),
                instance.isLive() ? count(instance.deployment(), after.id(), more) : live,
                byLabel,
                byMeshIp);
    }

    private PMap<String, PMap<String, Integer>> count(String deployment, String node, int more) {
        PMap<String, Integer> counts = Objects.requireNonNullElse(live.get(deployment), HashTreePMap.empty());
        int sum = counts.getOrDefault(node, 0) + more;
        PMap<String, Integer> next = sum == 0 ? counts.minus(node) : counts.plus(node, sum);
        return next.isEmpty() ? live.minus(deployment) : live.plus(deployment, next);
    }

    private static Set<String> labels(@Nullable Node node) {
        return node == null
                ? Set.of()
                : node.labels().entrySet().stream().map(Fleet::word).collect(Collectors.toSet());
    }

    private static String word(Map.Entry<String, String> label) {
        return label.getKey() + "=" + label.getValue();
    }

    private static Set<String> meshIp(@Nullable Node node) {
        return node == null || node.meshIp() == null ? Set.of() : Set.of(node.meshIp());
    }
}
