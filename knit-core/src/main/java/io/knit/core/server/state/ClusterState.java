package io.knit.core.server.state;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.Preparation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * All that the server knows for sure, at one revision. Immutable; a changed copy shares what did not change.
 */
public final class ClusterState {
    private final String cluster;
    private final long revision;
    private final long lastEvent;
    private final PSortedMap<String, Deployment> deployments;
    private final PSortedMap<String, Revision> revisions;
    private final PSortedMap<String, Instance> instances;
    private final PSortedMap<String, PSortedMap<String, Instance>> byNode;
    private final PSortedMap<String, PSortedMap<String, Instance>> byDeployment;
    private final PSortedMap<String, Node> nodes;

    private ClusterState(
            String cluster,
            long revision,
            long lastEvent,
            PSortedMap<String, Deployment> deployments,
            PSortedMap<String, Revision> revisions,
            InstanceIndex index,
            PSortedMap<String, Node> nodes) {
        this.cluster = cluster;
        this.revision = revision;
        this.lastEvent = lastEvent;
        this.deployments = deployments;
        this.revisions = revisions;
        this.instances = index.all();
        this.byNode = index.byNode();
        this.byDeployment = index.byDeployment();
        this.nodes = nodes;
    }

    private record InstanceIndex(
            PSortedMap<String, Instance> all,
            PSortedMap<String, PSortedMap<String, Instance>> byNode,
            PSortedMap<String, PSortedMap<String, Instance>> byDeployment) {

        InstanceIndex without(@Nullable Instance old) {
            return old == null
                    ? this
                    : new InstanceIndex(
                            all.minus(old.id()),
                            minus(byNode, home(old), old),
                            minus(byDeployment, old.deployment(), old));
        }

        InstanceIndex with(Instance added) {
            return new InstanceIndex(
                    all.plus(added.id(), added),
                    plus(byNode, home(added), added),
                    plus(byDeployment, added.deployment(), added));
        }

        private static @Nullable String home(Instance instance) {
            Preparation preparation = instance.preparation();
            return instance.node() != null || preparation == null ? instance.node() : preparation.node();
        }

        private static PSortedMap<String, PSortedMap<String, Instance>> plus(
                PSortedMap<String, PSortedMap<String, Instance>> index, @Nullable String key, Instance added) {
            if (key == null) {
                return index;
            }
            PSortedMap<String, Instance> group = Objects.requireNonNullElse(index.get(key), TreePMap.empty());
            return index.plus(key, group.plus(added.id(), added));
        }

        private static PSortedMap<String, PSortedMap<String, Instance>> minus(
                PSortedMap<String, PSortedMap<String, Instance>> index, @Nullable String key, Instance old) {
            PSortedMap<String, Instance> group = key == null ? null : index.get(key);
            if (key == null || group == null) {
                return index;
            }
            PSortedMap<String, Instance> rest = group.minus(old.id());
            return rest.isEmpty() ? index.minus(key) : index.plus(key, rest);
        }
    }

    /** A cluster in which nothing has happened. */
    public static ClusterState empty(String cluster) {
        InstanceIndex none = new InstanceIndex(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());
        return new ClusterState(cluster, 0, 0, TreePMap.empty(), TreePMap.empty(), none, TreePMap.empty());
    }

    public String cluster() {
        return cluster;
    }

    /** Rises by one with each commit, for ever. */
    public long revision() {
        return revision;
    }

    /** Number of the newest event that led here; 0 if none. */
    public long lastEvent() {
        return lastEvent;
    }

    /** By name. */
    public Map<String, Deployment> deployments() {
        return deployments;
    }

    public @Nullable Deployment deployment(String name) {
        return deployments.get(name);
    }

    public @Nullable Revision revision(String deployment, int number) {
        return revisions.get(Revision.key(deployment, number));
    }

    /** The deployment's revisions, oldest first. */
    public Collection<Revision> revisionsOf(String deployment) {
        return revisions
                .subMap(Revision.key(deployment, 0), Revision.key(deployment, Integer.MAX_VALUE))
                .values();
    }

    /** By id. */
    public Map<String, Instance> instances() {
        return instances;
    }

    public @Nullable Instance instance(String id) {
        return instances.get(id);
    }

    /** By id; those that have this node, and those that it makes ready. Two states give the same object if nothing changed on the node. */
    public Map<String, Instance> instancesOn(String node) {
        PSortedMap<String, Instance> group = byNode.get(node);
        return group == null ? Map.of() : group;
    }

    public List<Instance> instancesOf(String deployment) {
        PSortedMap<String, Instance> group = byDeployment.get(deployment);
        return group == null ? List.of() : List.copyOf(group.values());
    }

    /** By id. Two states give the same object if nothing changed in the deployment. */
    public Map<String, Instance> instancesIn(String deployment) {
        PSortedMap<String, Instance> group = byDeployment.get(deployment);
        return group == null ? Map.of() : group;
    }

    /** By id. */
    public Map<String, Node> nodes() {
        return nodes;
    }

    public @Nullable Node node(String id) {
        return nodes.get(id);
    }

    public ClusterState at(long newRevision, long newLastEvent) {
        return new ClusterState(cluster, newRevision, newLastEvent, deployments, revisions, index(), nodes);
    }

    ClusterState with(Deployment deployment) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                deployments.plus(deployment.name(), deployment),
                revisions,
                index(),
                nodes);
    }

    ClusterState with(Revision added) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                deployments,
                revisions.plus(Revision.key(added.deployment(), added.number()), added),
                index(),
                nodes);
    }

    ClusterState withoutRevision(String deployment, int number) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                deployments,
                revisions.minus(Revision.key(deployment, number)),
                index(),
                nodes);
    }

    ClusterState withoutDeployment(String name) {
        PSortedMap<String, Revision> rest = revisions;
        for (Revision old : revisionsOf(name)) {
            rest = rest.minus(Revision.key(name, old.number()));
        }
        return new ClusterState(cluster, revision, lastEvent, deployments.minus(name), rest, index(), nodes);
    }

    ClusterState with(Instance instance) {
        InstanceIndex index = index().without(instances.get(instance.id())).with(instance);
        return new ClusterState(cluster, revision, lastEvent, deployments, revisions, index, nodes);
    }

    ClusterState withoutInstance(String id) {
        return new ClusterState(
                cluster, revision, lastEvent, deployments, revisions, index().without(instances.get(id)), nodes);
    }

    ClusterState with(Node node) {
        return new ClusterState(
                cluster, revision, lastEvent, deployments, revisions, index(), nodes.plus(node.id(), node));
    }

    ClusterState withoutNode(String id) {
        return new ClusterState(cluster, revision, lastEvent, deployments, revisions, index(), nodes.minus(id));
    }

    private InstanceIndex index() {
        return new InstanceIndex(instances, byNode, byDeployment);
    }
}
