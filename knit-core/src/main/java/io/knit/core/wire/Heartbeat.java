package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.Reservation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * "I am here": sent every heartbeat interval, at once on start and on reconnect, and when something in it changes.
 *
 * @param v version of the protocol
 * @param cluster id of the cluster the agent belongs to, or null before it first joined one
 * @param node the node's id
 * @param identity random word kept in the agent's data folder; tells a restarted agent from a second one with the same id
 * @param session rises with each start of the agent (its time of day in milliseconds): tells two live processes from a restart
 * @param assignmentsRevision revision of the assignment set the agent holds; 0 if none
 * @param assignmentsDigest {@link AssignmentSet#digest} of that set; empty if none
 * @param condition why it can't take work now; empty if it can
 * @param features as in {@link Features}; null: none
 * @param prepared what became of what it was to prepare; null: nothing yet
 * @param engineId tells the container engine from any other; empty: not known yet; null: none is told
 * @param removed how many containers an agent removed since it was refused, its last word; null: nothing to tell
 * @param speaks null: {@code v} alone, as the first released ones do
 * @param os what its containers run on, as images call it; null: not told
 * @param arch its CPU, as images call it; null: not told
 * @param gpus how many accelerators it has; null: none
 * @param reserve what it keeps for itself of its capacity; null: what the server takes for usual
 * @param allows what it lets containers have of the host; null: nothing
 * @param leftovers deployments that have nothing to run here, and of which volumes that only an image asked for are here; at most {@link #MOST_LEFTOVERS}; null: none
 * @param volumesGone which of the volumes that were to go are gone, or were not there, for as long as their orders stand; null: none
 * @param namesFault why containers here can't ask it for names; null: they can
 * @param containerSubnets where its containers have addresses of their own to which the mesh leads, as address and bits; null: nowhere
 * @param clock the agent's time of day as it is sent, in milliseconds; null: it is not told each time
 */
public record Heartbeat(
        int v,
        @Nullable String cluster,
        String node,
        String identity,
        long session,
        String hostname,
        Map<String, String> labels,
        int cpus,
        @JsonProperty("memory_bytes") long memoryBytes,
        @JsonProperty("engine_version") String engineVersion,
        @JsonProperty("agent_version") String agentVersion,
        @JsonProperty("mesh_ip") @Nullable String meshIp,
        @JsonProperty("mesh_key") @Nullable String meshKey,
        @JsonProperty("assignments_revision") long assignmentsRevision,
        @JsonProperty("assignments_digest") String assignmentsDigest,
        String condition,
        @Nullable List<String> features,
        @Nullable List<Prepared> prepared,
        @JsonProperty("engine_id") @Nullable String engineId,
        @Nullable Integer removed,
        @Nullable Speaks speaks,
        @Nullable String os,
        @Nullable String arch,
        @Nullable Integer gpus,
        @Nullable Reservation reserve,
        @Nullable List<String> allows,
        @Nullable List<String> leftovers,
        @JsonProperty("volumes_gone") @Nullable List<VolumeRemoval> volumesGone,
        @JsonProperty("names_fault") @Nullable String namesFault,
        @JsonProperty("container_subnets") @Nullable List<String> containerSubnets,
        @Nullable Long clock) {
    /** So many are told at once. */
    public static final int MOST_LEFTOVERS = 50;

    /** Of an agent that does not tell what it runs on, nor what it keeps for itself. */
    public Heartbeat(
            int v,
            @Nullable String cluster,
            String node,
            String identity,
            long session,
            String hostname,
            Map<String, String> labels,
            int cpus,
            long memoryBytes,
            String engineVersion,
            String agentVersion,
            @Nullable String meshIp,
            @Nullable String meshKey,
            long assignmentsRevision,
            String assignmentsDigest,
            String condition,
            @Nullable List<String> features,
            @Nullable List<Prepared> prepared,
            @Nullable String engineId,
            @Nullable Integer removed,
            @Nullable Speaks speaks) {
        this(
                v,
                cluster,
                node,
                identity,
                session,
                hostname,
                labels,
                cpus,
                memoryBytes,
                engineVersion,
                agentVersion,
                meshIp,
                meshKey,
                assignmentsRevision,
                assignmentsDigest,
                condition,
                features,
                prepared,
                engineId,
                removed,
                speaks,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Of an agent without features, as the first released ones are. */
    public Heartbeat(
            int v,
            @Nullable String cluster,
            String node,
            String identity,
            long session,
            String hostname,
            Map<String, String> labels,
            int cpus,
            long memoryBytes,
            String engineVersion,
            String agentVersion,
            @Nullable String meshIp,
            @Nullable String meshKey,
            long assignmentsRevision,
            String assignmentsDigest,
            String condition) {
        this(
                v,
                cluster,
                node,
                identity,
                session,
                hostname,
                labels,
                cpus,
                memoryBytes,
                engineVersion,
                agentVersion,
                meshIp,
                meshKey,
                assignmentsRevision,
                assignmentsDigest,
                condition,
                null,
                null,
                null,
                null,
                null);
    }

    public boolean can(String feature) {
        return features != null && features.contains(feature);
    }

    /** The same with other words about the node. */
    public Heartbeat saying(
            String newHostname,
            Map<String, String> newLabels,
            String newEngineVersion,
            String newAgentVersion,
            String newCondition,
            @Nullable String newNamesFault) {
        return new Heartbeat(
                v,
                cluster,
                node,
                identity,
                session,
                newHostname,
                newLabels,
                cpus,
                memoryBytes,
                newEngineVersion,
                newAgentVersion,
                meshIp,
                meshKey,
                assignmentsRevision,
                assignmentsDigest,
                newCondition,
                features,
                prepared,
                engineId,
                removed,
                speaks,
                os,
                arch,
                gpus,
                reserve,
                allows,
                leftovers,
                volumesGone,
                newNamesFault,
                containerSubnets,
                clock);
    }

    /** What can be read of it in every version. */
    public HeartbeatHead head() {
        return new HeartbeatHead(v, cluster, node, identity, hostname, engineVersion, agentVersion, speaks);
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "Heartbeat[cluster=" + cluster + ", node=" + node + ", identity=***, session=" + session + ", hostname="
                + hostname + ", assignmentsRevision=" + assignmentsRevision + ", condition=" + condition + "]";
    }
}
