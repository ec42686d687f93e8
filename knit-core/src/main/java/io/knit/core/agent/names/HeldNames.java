package io.knit.core.agent.names;

import io.knit.api.model.NamedNetwork;
import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import io.knit.core.wire.NamesPage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The table of names, as far as it is held here. Immutable; a changed copy shares what did not change.
 *
 * @param digest by which the server knows it; null: it knows of none
 * @param instances by deployment and id
 * @param deploymentOf by instance
 * @param stacks deployments by their stacks
 * @param networks deployments by the networks that they are on
 */
record HeldNames(
        @Nullable String digest,
        PMap<String, NamedDeployment> deployments,
        PMap<String, PSortedMap<String, NamedInstance>> instances,
        PMap<String, String> deploymentOf,
        PMap<String, PSortedMap<String, NamedDeployment>> stacks,
        PMap<String, PSortedMap<String, NamedDeployment>> networks) {
    static final HeldNames NONE = new HeldNames(
            null,
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty());

    /** With what a page says is other. */
    HeldNames with(NamesPage page) {
        HeldNames next = this;
        for (String gone : page.goneInstances()) {
            next = next.withoutInstance(gone);
        }
        for (String gone : page.goneDeployments()) {
            next = next.withoutDeployment(gone);
        }
        for (NamedDeployment each : page.deployments()) {
            next = next.with(each);
        }
        for (NamedInstance each : page.instances()) {
            next = next.with(each);
        }
        return next;
    }

    HeldNames known(@Nullable String newDigest) {
        return new HeldNames(newDigest, deployments, instances, deploymentOf, stacks, networks);
    }

    private HeldNames with(NamedDeployment added) {
        HeldNames rest = withoutDeployment(added.name());
        PMap<String, PSortedMap<String, NamedDeployment>> on = rest.networks;
        for (NamedNetwork network : added.networks()) {
            on = plus(on, network.name(), added);
        }
        return new HeldNames(
                digest,
                rest.deployments.plus(added.name(), added),
                instances,
                deploymentOf,
                added.stack().isEmpty() ? rest.stacks : plus(rest.stacks, added.stack(), added),
                on);
    }

    private static PMap<String, PSortedMap<String, NamedDeployment>> plus(
            PMap<String, PSortedMap<String, NamedDeployment>> index, String key, NamedDeployment added) {
        return index.plus(key, index.getOrDefault(key, TreePMap.empty()).plus(added.name(), added));
    }

    private HeldNames withoutDeployment(String name) {
        NamedDeployment old = deployments.get(name);
        if (old == null) {
            return this;
        }
        PMap<String, PSortedMap<String, NamedDeployment>> on = networks;
        for (NamedNetwork network : old.networks()) {
            on = minus(on, network.name(), name);
        }
        return new HeldNames(
                digest, deployments.minus(name), instances, deploymentOf, minus(stacks, old.stack(), name), on);
    }

    private HeldNames with(NamedInstance added) {
        HeldNames rest = withoutInstance(added.id());
        PSortedMap<String, NamedInstance> group = rest.instances.getOrDefault(added.deployment(), TreePMap.empty());
        return new HeldNames(
                digest,
                deployments,
                rest.instances.plus(added.deployment(), group.plus(added.id(), added)),
                rest.deploymentOf.plus(added.id(), added.deployment()),
                stacks,
                networks);
    }

    private HeldNames withoutInstance(String id) {
        String deployment = deploymentOf.get(id);
        return deployment == null
                ? this
                : new HeldNames(
                        digest,
                        deployments,
                        minus(instances, deployment, id),
                        deploymentOf.minus(id),
                        stacks,
                        networks);
    }

    private static <T> PMap<String, PSortedMap<String, T>> minus(
            PMap<String, PSortedMap<String, T>> index, String key, String name) {
        PSortedMap<String, T> group = index.get(key);
        if (group == null) {
            return index;
        }
        PSortedMap<String, T> rest = group.minus(name);
        return rest.isEmpty() ? index.minus(key) : index.plus(key, rest);
    }

    boolean isEmpty() {
        return deployments.isEmpty() && instances.isEmpty();
    }

    /** The stack of a deployment; empty: none, or not known. */
    String stack(String deployment) {
        NamedDeployment known = deployments.get(deployment);
        return known == null ? "" : known.stack();
    }

    /** The deployments on a network of that name, in the order of their names. */
    Collection<NamedDeployment> on(String network) {
        Map<String, NamedDeployment> all = networks.get(network);
        return all == null ? List.of() : all.values();
    }

    List<NamedInstance> of(String deployment) {
        Map<String, NamedInstance> group = instances.get(deployment);
        return group == null ? List.of() : List.copyOf(group.values());
    }

    /** All of it, as one page. */
    NamesPage page(int v, String cluster) {
        return new NamesPage(
                v,
                cluster,
                null,
                digest == null ? "" : digest,
                List.copyOf(deployments.values()),
                instances.values().stream()
                        .flatMap(group -> group.values().stream())
                        .toList(),
                List.of(),
                List.of(),
                null);
    }
}
