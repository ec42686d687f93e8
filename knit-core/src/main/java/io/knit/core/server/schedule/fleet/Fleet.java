package io.knit.core.server.schedule.fleet;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.Preparation;
import io.knit.core.server.schedule.wish.Ranking;
import io.knit.core.server.schedule.wish.Scorers;
import io.knit.core.server.schedule.wish.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The account that placing reads: what every node holds, kept up to date with each change instead of added up for each question.
 * Immutable; a changed copy shares what did not change, and a change costs the logarithm of the fleet.
 */
public final class Fleet {
    /** Without a node and without an instance. */
    public static final Fleet EMPTY = new Fleet(
            0,
            TreePMap.empty(),
            Bits.NONE,
            Places.EMPTY,
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            Index.EMPTY,
            HashTreePMap.empty(),
            Scorers.NONE);

    private final int size;
    /** Of every account, by its node's id. A place is given again when its account is empty. */
    private final PSortedMap<String, Integer> places;

    private final Bits taken;
    private final Places accounts;
    /** Deployment → node → how many of its instances are live there and stay. */
    private final PMap<String, PMap<String, Integer>> live;
    /** The same, of what there is beside those: more where some stop or wait for who follows them, fewer where some are only made ready. */
    private final PMap<String, PMap<String, Integer>> beside;

    private final Index index;
    /** By the deployment for which nodes are cleared. Of most fleets nothing is. */
    private final PMap<String, Clearing> clearings;
    /** The same in all copies: who embeds the server gave them at its start. */
    private final Scorers scorers;

    private Fleet(
            int size,
            PSortedMap<String, Integer> places,
            Bits taken,
            Places accounts,
            PMap<String, PMap<String, Integer>> live,
            PMap<String, PMap<String, Integer>> beside,
            Index index,
            PMap<String, Clearing> clearings,
            Scorers scorers) {
        this.size = size;
        this.places = places;
        this.taken = taken;
        this.accounts = accounts;
        this.live = live;
        this.beside = beside;
        this.index = index;
        this.clearings = clearings;
        this.scorers = scorers;
    }

    /** The same, where nodes are liked so. */
    public Fleet scoredBy(Scorers next) {
        return new Fleet(size, places, taken, accounts, live, beside, index, clearings, next);
    }

    public Scorers scorers() {
        return scorers;
    }

    /** The sum of the weights of what the node meets, of those near which it is, and of what scorers give it. */
    public int liking(Ranking ranking, DeploymentSpec spec, Node node) {
        int sum = ranking.liking(node) + scorers.of(spec, node);
        for (String other : ranking.near()) {
            sum += isOn(other, node) ? DeploymentSpec.NEAR_WEIGHT : 0;
        }
        return sum;
    }

    /** Those near which instances had better be that are on the node, in the spec's order. */
    public List<String> near(Ranking ranking, Node node) {
        return ranking.near().stream().filter(other -> isOn(other, node)).toList();
    }

    private boolean isOn(String deployment, Node node) {
        return of(live, deployment, node.id()) > 0;
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
        return home == null ? rest : rest.hold(rest.account(home).with(after), after, 1);
    }

    /**
     * @param instance as the account has it
     */
    public Fleet without(Instance instance) {
        String home = home(instance);
        return home == null ? this : hold(account(home).without(instance), instance, -1);
    }

    /**
     * Without all of these.
     *
     * @param instances as the account has them
     */
    public Fleet without(List<Instance> instances) {
        Fleet rest = this;
        for (Instance instance : instances) {
            rest = rest.without(instance);
        }
        return rest;
    }

    /** Where it counts: on its node, or on the one that makes it ready; null: nowhere. */
    public static @Nullable String home(Instance instance) {
        Preparation preparation = instance.preparation();
        return instance.node() != null || preparation == null ? instance.node() : preparation.node();
    }

    /** Most changes of an instance are news of its state, which change nothing here. */
    private static boolean weighsTheSame(Instance before, Instance after) {
        return before.isLive() == after.isLive()
                && stays(before) == stays(after)
                && before.isOver() == after.isOver()
                && Objects.equals(home(before), home(after))
                && before.ports().equals(after.ports())
                && before.reserved().equals(after.reserved())
                && (before.node() == null) == (after.node() == null)
                && isApart(before) == isApart(after)
                && before.deployment().equals(after.deployment());
    }

    /** Whether it is to be there when those that are placed now are: where it is replaced, its place is as good as free. */
    private static boolean stays(Instance instance) {
        return instance.isLive() && instance.until() == null;
    }

    private static boolean isApart(Instance instance) {
        Preparation preparation = instance.preparation();
        return instance.node() == null && preparation != null && preparation.apart();
    }

    /** All nodes that are known, in the order of their ids. */
    public List<Account> nodes() {
        return nodes(size);
    }

    /** The first of them, so many at most. */
    public List<Account> nodes(int most) {
        List<Account> known = new ArrayList<>(Math.min(most, size));
        for (int place : places.values()) {
            if (known.size() >= most) {
                break;
            }
            Account account = at(place);
            if (account.node() != null) {
                known.add(account);
            }
        }
        return known;
    }

    /** Places of the nodes that would be asked, for all that lies with them alone. */
    public Bits admitting(Wish wish) {
        Bits admitting = index.admitting(wish);
        for (Clearing clearing : clearings.values()) {
            for (String node : clearing.isAgainst(wish) ? clearing.nodes() : List.<String>of()) {
                Integer cleared = places.get(node);
                admitting = cleared == null ? admitting : admitting.without(cleared);
            }
        }
        if (wish.only() == null) {
            return admitting;
        }
        Integer place = places.get(wish.only());
        return place != null && admitting.has(place) ? Bits.NONE.with(place) : Bits.NONE;
    }

    /** Nodes that are known and that it is for to take what is wished, in the order of their ids. */
    public List<Account> asked(Wish wish) {
        if (wish.only() == null) {
            return nodes();
        }
        Account account = account(wish.only());
        return account.node() == null ? List.of() : List.of(account);
    }

    /** With these nodes cleared, by the deployment for which they are. */
    public Fleet clearing(PMap<String, Clearing> next) {
        return next == clearings ? this : new Fleet(size, places, taken, accounts, live, beside, index, next, scorers);
    }

    /** Which nodes are cleared, by the deployment for which they are. The same object as long as that is so. */
    public PMap<String, Clearing> clearings() {
        return clearings;
    }

    /** Whether what gets free on the node is another's first. */
    public boolean isClearedForAnother(Wish wish, String node) {
        return !clearings.isEmpty() && clearings.values().stream().anyMatch(it -> it.isAgainst(wish, node));
    }

    /** Whose it is; of several the first by name. */
    public String clearedFor(Wish wish, String node) {
        return clearings.values().stream()
                .filter(it -> it.isAgainst(wish, node))
                .map(Clearing::deployment)
                .min(String::compareTo)
                .orElse("");
    }

    public Account at(int place) {
        return Objects.requireNonNull(accounts.get(place));
    }

    /** By node; how many of the deployment's instances are live there, but for those that run only until who follows them is healthy. */
    public Map<String, Integer> liveOf(String deployment) {
        return Objects.requireNonNullElse(live.get(deployment), HashTreePMap.empty());
    }

    /** How many of the deployment's instances there are on a node, also those that stop, but not those whose container ended for good. */
    public int thereOf(String deployment, Account account) {
        return of(live, deployment, account.id()) + of(beside, deployment, account.id());
    }

    private static int of(PMap<String, PMap<String, Integer>> counts, String deployment, String node) {
        PMap<String, Integer> byNode = counts.get(deployment);
        return byNode == null ? 0 : byNode.getOrDefault(node, 0);
    }

    /** Whose mesh address this is. Of several who say so, the last by id. */
    public Optional<String> ownerOf(String ip) {
        Bits owners = index.onMesh(ip);
        Optional<String> last = Optional.empty();
        for (int place = owners.next(0); place >= 0; place = owners.next(place + 1)) {
            String id = at(place).id();
            last = last.isEmpty() || last.get().compareTo(id) < 0 ? Optional.of(id) : last;
        }
        return last;
    }

    public Account account(String id) {
        Integer place = places.get(id);
        return place == null ? Account.of(id) : at(place);
    }

    private Fleet put(@Nullable Node before, Account after) {
        Node node = after.node();
        int nodes = size + (node == null ? 0 : 1) - (before == null ? 0 : 1);
        int place = placeOf(after.id());
        return put(nodes, place, after, live, beside, index.move(place, before, node));
    }

    private Fleet hold(Account after, Instance instance, int more) {
        int stays = stays(instance) ? 1 : 0;
        // where its predecessor is, that stands for both
        int isThere = !instance.isOver() && (instance.node() != null || isApart(instance)) ? 1 : 0;
        return put(
                size,
                placeOf(after.id()),
                after,
                count(live, instance.deployment(), after.id(), more * stays),
                count(beside, instance.deployment(), after.id(), more * (isThere - stays)),
                index);
    }

    private Fleet put(
            int nodes,
            int place,
            Account after,
            PMap<String, PMap<String, Integer>> counts,
            PMap<String, PMap<String, Integer>> others,
            Index next) {
        if (after.isEmpty()) {
            boolean known = taken.has(place);
            return new Fleet(
                    nodes,
                    places.minus(after.id()),
                    taken.without(place),
                    known ? accounts.with(place, null) : accounts,
                    counts,
                    others,
                    next,
                    clearings,
                    scorers);
        }
        return new Fleet(
                nodes,
                taken.has(place) ? places : places.plus(after.id(), place),
                taken.with(place),
                accounts.with(place, after),
                counts,
                others,
                next,
                clearings,
                scorers);
    }

    /** Where its account is, or would be. */
    private int placeOf(String id) {
        Integer place = places.get(id);
        return place == null ? taken.gap() : place;
    }

    private static PMap<String, PMap<String, Integer>> count(
            PMap<String, PMap<String, Integer>> all, String deployment, String node, int more) {
        if (more == 0) {
            return all;
        }
        PMap<String, Integer> counts = Objects.requireNonNullElse(all.get(deployment), HashTreePMap.empty());
        int sum = counts.getOrDefault(node, 0) + more;
        PMap<String, Integer> next = sum == 0 ? counts.minus(node) : counts.plus(node, sum);
        return next.isEmpty() ? all.minus(deployment) : all.plus(deployment, next);
    }
}
