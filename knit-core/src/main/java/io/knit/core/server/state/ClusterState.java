package io.knit.core.server.state;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final InstanceIndex instances;
    private final PSortedMap<String, Node> nodes;
    private final PSortedMap<String, String> quarantined;

    private ClusterState(
            String cluster,
            long revision,
            long lastEvent,
            PSortedMap<String, Deployment> deployments,
            PSortedMap<String, Revision> revisions,
            InstanceIndex instances,
            PSortedMap<String, Node> nodes,
            PSortedMap<String, String> quarantined) {
        this.cluster = cluster;
        this.revision = revision;
        this.lastEvent = lastEvent;
        this.deployments = deployments;
        this.revisions = revisions;
        this.instances = instances;
        this.nodes = nodes;
        this.quarantined = quarantined;
    }

    /** A cluster in which nothing has happened. */
    public static ClusterState empty(String cluster) {
        return new ClusterState(
                cluster,
                0,
                0,
                TreePMap.empty(),
                TreePMap.empty(),
                InstanceIndex.EMPTY,
                TreePMap.empty(),
                TreePMap.empty());
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
        return instances.all();
    }

    public @Nullable Instance instance(String id) {
        return instances.all().get(id);
    }

    /** By id; those that have this node, and those that it makes ready. Two states give the same object if nothing changed on the node. */
    public Map<String, Instance> instancesOn(String node) {
        PSortedMap<String, Instance> group = instances.byNode().get(node);
        return group == null ? Map.of() : group;
    }

    public List<Instance> instancesOf(String deployment) {
        PSortedMap<String, Instance> group = instances.byDeployment().get(deployment);
        return group == null ? List.of() : List.copyOf(group.values());
    }

    /** By id. Two states give the same object if nothing changed in the deployment. */
    public Map<String, Instance> instancesIn(String deployment) {
        PSortedMap<String, Instance> group = instances.byDeployment().get(deployment);
        return group == null ? Map.of() : group;
    }

    /** By id. */
    public Map<String, Node> nodes() {
        return nodes;
    }

    public @Nullable Node node(String id) {
        return nodes.get(id);
    }

    /** Names of deployments with an instance that shall run and has no node. */
    public Set<String> waiting() {
        return instances.waiting().keySet();
    }

    /** The deployment's instances that shall run and have no node, by id. */
    public Collection<Instance> waitingOf(String deployment) {
        PSortedMap<String, Instance> group = instances.waiting().get(deployment);
        return group == null ? List.of() : group.values();
    }

    /** Deployments that can't be planned, with the reason. */
    public Map<String, String> quarantined() {
        return quarantined;
    }

    public ClusterState at(long newRevision, long newLastEvent) {
        return new ClusterState(
                cluster, newRevision, newLastEvent, deployments, revisions, instances, nodes, quarantined);
    }

    ClusterState with(Deployment deployment) {
        return with(deployments.plus(deployment.name(), deployment), revisions, quarantined);
    }

    ClusterState with(Revision added) {
        return with(deployments, revisions.plus(Revision.key(added.deployment(), added.number()), added), quarantined);
    }

    ClusterState withoutRevision(String deployment, int number) {
        return with(deployments, revisions.minus(Revision.key(deployment, number)), quarantined);
    }

    ClusterState withoutDeployment(String name) {
        PSortedMap<String, Revision> rest = revisions;
        for (Revision old : revisionsOf(name)) {
            rest = rest.minus(Revision.key(name, old.number()));
        }
        return with(deployments.minus(name), rest, quarantined.minus(name));
    }

    /** @param reason empty: it is in quarantine no more */
    ClusterState quarantining(String deployment, String reason) {
        return with(
                deployments,
                revisions,
                reason.isEmpty() ? quarantined.minus(deployment) : quarantined.plus(deployment, reason));
    }

    ClusterState with(Instance instance) {
        return with(instances.without(instances.all().get(instance.id())).with(instance));
    }

    ClusterState withoutInstance(String id) {
        return with(instances.without(instances.all().get(id)));
    }

    ClusterState with(Node node) {
        return withNodes(nodes.plus(node.id(), node));
    }

    ClusterState withoutNode(String id) {
        return withNodes(nodes.minus(id));
    }

    private ClusterState with(
            PSortedMap<String, Deployment> nextDeployments,
            PSortedMap<String, Revision> nextRevisions,
            PSortedMap<String, String> nextQuarantined) {
        return new ClusterState(
                cluster, revision, lastEvent, nextDeployments, nextRevisions, instances, nodes, nextQuarantined);
    }

    private ClusterState with(InstanceIndex next) {
        return new ClusterState(cluster, revision, lastEvent, deployments, revisions, next, nodes, quarantined);
    }

    private ClusterState withNodes(PSortedMap<String, Node> next) {
        return new ClusterState(cluster, revision, lastEvent, deployments, revisions, instances, next, quarantined);
    }
}
