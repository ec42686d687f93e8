package io.knit.core.server.names;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.PortBinding;
import io.knit.core.rules.node.ContainerSubnets;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * Each deployment, and each instance that does its work, as they are found by name. Immutable; a changed copy shares what did not change, and costs
 * no more than what did. Entries have keys, in which deployments go before instances. Thread-safe.
 */
public final class NamesTable {
    /** Before any commit. */
    public static final NamesTable EMPTY = new NamesTable(TreePMap.empty(), EntrySum.ZERO);

    private static final String DEPLOYMENT = "d ";
    private static final String INSTANCE = "i ";
    private final PSortedMap<String, Record> entries;
    /** Null: nobody has asked for it yet, and it is added up then. A server that starts with thousands of deployments is asked by its first agent. */
    private volatile @Nullable EntrySum sum;
    /** The sum in letters, which each heartbeat is answered with; null: nobody has asked for them yet. */
    private volatile @Nullable String digest;

    private NamesTable(PSortedMap<String, Record> entries, @Nullable EntrySum sum) {
        this.entries = entries;
        this.sum = sum;
    }

    /** As it follows from a state alone. */
    public static NamesTable of(ClusterState state) {
        TreeMap<String, Record> all = new TreeMap<>();
        state.deployments().values().forEach(each -> all.put(DEPLOYMENT + each.name(), named(each)));
        state.instances().values().forEach(each -> {
            NamedInstance named = named(state, each);
            if (named != null) {
                all.put(INSTANCE + each.id(), named);
            }
        });
        return new NamesTable(TreePMap.fromSortedMap(all), null);
    }

    /** Two tables have the same if they are the same. */
    public String digest() {
        String text = digest;
        if (text == null) {
            EntrySum known = sum;
            if (known == null) {
                known = EntrySum.of(entries.values());
                sum = known;
            }
            text = known.text();
            digest = text;
        }
        return text;
    }

    /** By their keys. */
    Map<String, Record> entries() {
        return entries;
    }

    /** Those after this key; null: all. */
    Map<String, Record> after(@Nullable String key) {
        return key == null ? entries : entries.tailMap(key, false);
    }

    @Nullable
    Record entry(String key) {
        return entries.get(key);
    }

    /**
     * As it is after the commit.
     *
     * @param changed gets the keys of entries that are other then
     */
    public NamesTable after(Commit commit, Collection<String> changed) {
        Set<String> deployments = new TreeSet<>();
        Set<String> instances = new TreeSet<>();
        commit.changes().forEach(change -> touched(commit, change, deployments, instances));
        NamesTable next = this;
        for (String name : deployments) {
            Deployment known = commit.after().deployment(name);
            next = next.with(DEPLOYMENT + name, known == null ? null : named(known), changed);
        }
        for (String id : instances) {
            Instance known = commit.after().instance(id);
            next = next.with(INSTANCE + id, known == null ? null : named(commit.after(), known), changed);
        }
        return next;
    }

    private NamesTable with(String key, @Nullable Record entry, Collection<String> changed) {
        NamesTable next = with(key, entry);
        if (next != this) {
            changed.add(key);
        }
        return next;
    }

    /** With what another one has under these keys. */
    NamesTable with(Collection<String> keys, NamesTable other) {
        NamesTable next = this;
        for (String key : keys) {
            next = next.with(key, other.entry(key));
        }
        return next;
    }

    /** With this entry; null: without it. */
    NamesTable with(String key, @Nullable Record entry) {
        Record before = entries.get(key);
        if (Objects.equals(before, entry)) {
            return this;
        }
        EntrySum known = sum;
        EntrySum rest = known == null || before == null ? known : known.minus(before);
        return entry == null
                ? new NamesTable(entries.minus(key), rest)
                : new NamesTable(entries.plus(key, entry), rest == null ? null : rest.plus(entry));
    }

    private static void touched(Commit commit, Change change, Set<String> deployments, Set<String> instances) {
        if (change instanceof Change.PutDeployment put) {
            deployments.add(put.deployment().name());
        } else if (change instanceof Change.RemoveDeployment remove) {
            deployments.add(remove.name());
        } else if (change instanceof Change.PutInstance put) {
            instances.add(put.instance().id());
        } else if (change instanceof Change.PutObserved put) {
            instances.add(put.instance());
        } else if (change instanceof Change.RemoveInstance remove) {
            instances.add(remove.id());
        } else {
            String node = change instanceof Change.RemoveNode remove ? remove.id() : change.nodePut();
            if (node != null
                    && isFoundOtherwise(
                            commit.before().node(node), commit.after().node(node))) {
                instances.addAll(commit.before().instancesOn(node).keySet());
                instances.addAll(commit.after().instancesOn(node).keySet());
            }
        }
    }

    private static boolean isFoundOtherwise(@Nullable Node before, @Nullable Node after) {
        return before == null
                || after == null
                || isThere(before) != isThere(after)
                || !Objects.equals(before.facts().meshIp(), after.facts().meshIp())
                || !before.facts().containerSubnets().equals(after.facts().containerSubnets());
    }

    private static boolean isThere(Node node) {
        return node.state() != NodeState.DOWN;
    }

    private static NamedDeployment named(Deployment deployment) {
        List<NamedNetwork> networks = deployment.spec().network().networks();
        if (networks.isEmpty()) {
            return new NamedDeployment(deployment.name(), deployment.spec().stack(), List.of());
        }
        List<String> aliases = networks.stream()
                .map(NamedNetwork::aliases)
                .flatMap(List::stream)
                .distinct()
                .sorted()
                .toList();
        return new NamedDeployment(
                deployment.name(),
                deployment.spec().stack(),
                aliases,
                networks.stream()
                        .map(it -> new NamedNetwork(it.name(), it.aliases()))
                        .toList());
    }

    /** Whether it does its work where names of other nodes do not lead to it, though their mesh does to its node, as nothing of it is there; there are such nodes. */
    public static boolean isHidden(ClusterState state, Instance instance) {
        NamedInstance named = named(state, instance);
        if (named == null) {
            return false;
        }
        Node node = state.node(named.node());
        return node != null
                && node.facts().meshIp() != null
                && named.address() == null
                && named.direct() == null
                && state.nodes().size() > 1
                && !isOn(NetworkSpec.NONE, state, instance);
    }

    /** Null: nobody is to find it. */
    private static @Nullable NamedInstance named(ClusterState state, Instance instance) {
        Node node = instance.node() == null ? null : state.node(instance.node());
        if (node == null || !isThere(node) || !instance.isHealthy()) {
            return null;
        }
        List<PortBinding> ports =
                instance.ports().stream().map(PortBinding::plain).toList();
        return new NamedInstance(
                instance.id(),
                instance.deployment(),
                node.id(),
                OnItsNode.address(node, ports, isOn(NetworkSpec.HOST, state, instance)),
                ports,
                direct(node, instance));
    }

    /** Null: others reach it by its node's address alone. */
    private static @Nullable String direct(Node node, Instance instance) {
        String address = instance.observed().address();
        return address != null && ContainerSubnets.have(node.facts().containerSubnets(), address) ? address : null;
    }

    private static boolean isOn(String network, ClusterState state, Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        return revision != null && revision.spec().network().network().equals(network);
    }

    /** Whether it is the key of one. */
    public static boolean isDeployment(String key) {
        return key.startsWith(DEPLOYMENT);
    }

    /** Of a deployment or an instance. */
    static String name(String key) {
        return key.substring(DEPLOYMENT.length());
    }
}
