package io.knit.core.server.state;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Pins;
import io.knit.core.server.schedule.wish.Scorers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
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
    private final Instant served;
    private final PSortedMap<String, Deployment> deployments;
    private final PSortedMap<String, Revision> revisions;
    private final InstanceIndex instances;
    private final PSortedMap<String, Node> nodes;
    private final Fleet fleet;
    private final Outlook outlook;
    private final Outside outside;
    private final VolumeIndex volumes;
    /** Worked out when it is first asked for, by whichever thread: the same each time. */
    private @Nullable Map<String, List<String>> sharers;

    private @Nullable Map<String, List<String>> sharersByAnyRevision;

    private ClusterState(
            String cluster,
            long revision,
            long lastEvent,
            Instant served,
            PSortedMap<String, Deployment> deployments,
            PSortedMap<String, Revision> revisions,
            InstanceIndex instances,
            PSortedMap<String, Node> nodes,
            Fleet fleet,
            Outlook outlook,
            Outside outside,
            VolumeIndex volumes) {
        this.volumes = volumes;
        this.cluster = cluster;
        this.revision = revision;
        this.lastEvent = lastEvent;
        this.served = served;
        this.deployments = deployments;
        this.revisions = revisions;
        this.instances = instances;
        this.nodes = nodes;
        this.fleet = fleet;
        this.outlook = outlook;
        this.outside = outside;
    }

    /** A cluster in which nothing has happened. */
    public static ClusterState empty(String cluster) {
        return new ClusterState(
                cluster,
                0,
                0,
                Instant.EPOCH,
                TreePMap.empty(),
                TreePMap.empty(),
                InstanceIndex.EMPTY,
                TreePMap.empty(),
                Fleet.EMPTY,
                Outlook.NONE,
                Outside.NOBODY,
                VolumeIndex.EMPTY);
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

    /**
     * The time for which a server was there, up to this state: what waits – a deadline, a back-off – counts by it. It only goes forward, whatever the clock does,
     * and stands still while no server runs. {@link Instant#EPOCH}: nothing is known of it.
     */
    public Instant served() {
        return served;
    }

    /** The same state, so much later. */
    public ClusterState servedAt(Instant time) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                time,
                deployments,
                revisions,
                instances,
                nodes,
                fleet,
                outlook,
                outside,
                volumes);
    }

    /** The same state, where nodes are liked so, in all that follows from it. */
    public ClusterState scoredBy(Scorers scorers) {
        return with(instances, fleet.scoredBy(scorers));
    }

    /**
     * What a store has of deployments, all at once: by one change after the other it would take many times as long.
     *
     * @param deployments by name
     * @param revisions by {@link Revision#key}
     */
    public static ClusterState of(
            String cluster, SortedMap<String, Deployment> deployments, SortedMap<String, Revision> revisions) {
        return empty(cluster)
                .with(TreePMap.fromSortedMap(deployments), TreePMap.fromSortedMap(revisions), Outlook.NONE);
    }

    /**
     * The same with all instances, as {@link #of} where it has none yet.
     *
     * @param all by id
     */
    public ClusterState withAll(SortedMap<String, Instance> all) {
        if (!instances.all().isEmpty()) {
            throw new IllegalStateException("there are instances already; put each");
        }
        Fleet account = fleet;
        for (Instance instance : all.values()) {
            account = account.with(null, instance);
        }
        return with(InstanceIndex.of(all), account);
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

    /** All of them, by deployment and then the oldest first. */
    public Collection<Revision> revisions() {
        return revisions.values();
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

    /** By which callers are known, by name; also those that have expired. */
    public Map<String, KnownToken> tokens() {
        return outside.tokens();
    }

    /** By name. */
    public Map<String, KnownWebhook> webhooks() {
        return outside.webhooks();
    }

    /** Volumes of slots that nodes have, by their keys. */
    public Map<String, SlotVolume> volumes() {
        return volumes.all();
    }

    /** Those of one node. Two states give the same object if nothing changed in them. */
    public Map<String, SlotVolume> volumesOn(String node) {
        return volumes.on(node);
    }

    /** Those of a deployment, which may be gone. */
    public Collection<SlotVolume> volumesOf(String deployment) {
        return volumes.startingWith(deployment + "/");
    }

    /** Slots that are being moved, by {@link SlotMove#key}. The same object as long as none changed. */
    public Map<String, SlotMove> moves() {
        return volumes.moves();
    }

    /** Null: it does not move. */
    public @Nullable SlotMove move(String deployment, String slot) {
        return volumes.moves().get(SlotMove.key(deployment, slot));
    }

    /** Deployments that name a volume of this one's first slot as theirs, too. */
    public List<String> sharers(String deployment) {
        Map<String, List<String>> known = sharers;
        if (known == null) {
            known = new HashMap<>();
            for (Deployment each : deployments.values()) {
                addShared(known, each.name(), each.spec());
            }
            sharers = known;
        }
        return known.getOrDefault(deployment, List.of());
    }

    /** These, and those that did by a revision that is kept: instances may have it yet. It asks them all, once for a state, and no decision does. */
    public List<String> sharersByAnyRevision(String deployment) {
        Map<String, List<String>> known = sharersByAnyRevision;
        if (known == null) {
            known = new HashMap<>();
            for (Revision each : revisions.values()) {
                if (deployments.containsKey(each.deployment())) {
                    addShared(known, each.deployment(), each.spec());
                }
            }
            sharersByAnyRevision = known;
        }
        return known.getOrDefault(deployment, List.of());
    }

    private static void addShared(Map<String, List<String>> known, String name, DeploymentSpec spec) {
        for (VolumeSpec volume : spec.allVolumes()) {
            if (volume.isShared()) {
                List<String> names = known.computeIfAbsent(volume.of(), of -> new ArrayList<>());
                if (!names.contains(name)) {
                    names.add(name);
                }
            }
        }
    }

    /** A move of a slot with a volume that a spec shares: nothing is started with it until that is over. Null: there is none. */
    public @Nullable SlotMove sharedMove(DeploymentSpec spec) {
        return volumes.sharedMove(spec);
    }

    /** Whether it is known of all volumes that a spec shares where they are. */
    public boolean areSharedPlaced(DeploymentSpec spec) {
        return volumes.areSharedPlaced(spec);
    }

    /** Where instances of a spec have to be for what is in their volumes. */
    public Pins pins(DeploymentSpec spec) {
        return volumes.pins(spec);
    }

    /** Variables, secrets and files. */
    public KnownValues values() {
        return outside.values();
    }

    /** As it is read from a store that gave versions up to this one to values that are gone. */
    public ClusterState passed(int version) {
        return with(outside.with(outside.values().passed(version)));
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

    /** What every node holds, as placing reads it. */
    public Fleet fleet() {
        return fleet;
    }

    /** Of the deployment's instances that no node fits: what they wish and why not. The same object as long as nothing is said anew. */
    public List<Waiting> waitsOf(String deployment) {
        return Objects.requireNonNullElse(outlook.waits().get(deployment), List.of());
    }

    /** By deployment; those of which an instance fits nowhere. */
    public Map<String, List<Waiting>> waits() {
        return outlook.waits();
    }

    /** Whether it was asked why the deployment's instances wait, since the state was loaded. */
    public boolean knowsWaitsOf(String deployment) {
        return !outlook.unasked().containsKey(deployment);
    }

    /** As it is read from a store: what waits there, and why, is still to be found out. */
    public ClusterState loaded() {
        return with(Outlook.unasked(instances.waiting()));
    }

    /** Whether it is the same but for how long it was served: not only equal, the very same. */
    public boolean isAs(ClusterState other) {
        return revision == other.revision
                && deployments == other.deployments
                && revisions == other.revisions
                && instances == other.instances
                && nodes == other.nodes
                && outlook == other.outlook
                && outside == other.outside
                && volumes == other.volumes;
    }

    /** As it was when it was not asked yet why these wait. */
    public ClusterState loaded(Collection<String> unasked) {
        return with(outlook.askedBut(unasked));
    }

    /** Deployments that can't be planned, with the reason. */
    public Map<String, String> quarantined() {
        return outlook.quarantined();
    }

    public ClusterState at(long newRevision, long newLastEvent) {
        return new ClusterState(
                cluster,
                newRevision,
                newLastEvent,
                served,
                deployments,
                revisions,
                instances,
                nodes,
                fleet,
                outlook,
                outside,
                volumes);
    }

    ClusterState with(Deployment deployment) {
        return with(deployments.plus(deployment.name(), deployment), revisions, outlook);
    }

    ClusterState with(Revision added) {
        return with(deployments, revisions.plus(Revision.key(added.deployment(), added.number()), added), outlook);
    }

    ClusterState withoutRevision(String deployment, int number) {
        return with(deployments, revisions.minus(Revision.key(deployment, number)), outlook);
    }

    ClusterState withoutDeployment(String name) {
        PSortedMap<String, Revision> rest = revisions;
        for (Revision old : revisionsOf(name)) {
            rest = rest.minus(Revision.key(name, old.number()));
        }
        return with(deployments.minus(name), rest, outlook.without(name));
    }

    ClusterState with(Outlook next) {
        return with(deployments, revisions, next);
    }

    Outlook outlook() {
        return outlook;
    }

    ClusterState with(Instance instance) {
        Instance before = instances.all().get(instance.id());
        return with(instances.with(before, instance), fleet.with(before, instance));
    }

    ClusterState withoutInstance(String id) {
        Instance before = instances.all().get(id);
        return before == null ? this : with(instances.without(before), fleet.without(before));
    }

    ClusterState with(Node node) {
        return with(nodes.plus(node.id(), node), fleet.with(node));
    }

    ClusterState withoutNode(String id) {
        return with(nodes.minus(id), fleet.withoutNode(id)).with(volumes.withoutNode(id));
    }

    ClusterState with(SlotVolume volume) {
        return with(volumes.with(volume));
    }

    ClusterState withoutVolume(String key) {
        return with(volumes.without(key));
    }

    ClusterState with(SlotMove move) {
        return with(volumes.with(move));
    }

    ClusterState withoutMove(String key) {
        return with(volumes.withoutMove(key));
    }

    private ClusterState with(VolumeIndex next) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                served,
                deployments,
                revisions,
                instances,
                nodes,
                fleet,
                outlook,
                outside,
                next);
    }

    Outside outside() {
        return outside;
    }

    ClusterState with(Outside next) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                served,
                deployments,
                revisions,
                instances,
                nodes,
                fleet,
                outlook,
                next,
                volumes);
    }

    private ClusterState with(
            PSortedMap<String, Deployment> nextDeployments,
            PSortedMap<String, Revision> nextRevisions,
            Outlook nextOutlook) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                served,
                nextDeployments,
                nextRevisions,
                instances,
                nodes,
                fleet.clearing(nextOutlook.clearings()),
                nextOutlook,
                outside,
                volumes);
    }

    private ClusterState with(InstanceIndex next, Fleet account) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                served,
                deployments,
                revisions,
                next,
                nodes,
                account,
                outlook,
                outside,
                volumes);
    }

    private ClusterState with(PSortedMap<String, Node> next, Fleet account) {
        return new ClusterState(
                cluster,
                revision,
                lastEvent,
                served,
                deployments,
                revisions,
                instances,
                next,
                account,
                outlook,
                outside,
                volumes);
    }
}
