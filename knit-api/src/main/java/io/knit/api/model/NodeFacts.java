package io.knit.api.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node's agent says of it in its heartbeats.
 *
 * @param hostname the host's name as the agent sees it
 * @param labels for selectors, as the agent was started with
 * @param engineVersion version of the container engine; empty if it has not answered yet
 * @param meshIp its wg-mesh address, or null: it is on no mesh
 * @param meshKey its wg-mesh public key, or null
 * @param condition what keeps it from taking work though its agent is there (the engine does not answer); empty if nothing does
 * @param features what its agent can do that not every agent can, in the protocol's words; empty: nothing
 * @param os what its containers run on, as images call it ({@code linux}); empty: not known
 * @param arch its CPU, as images call it ({@code amd64}); empty: not known
 * @param reserve what it keeps for itself of its capacity; null: {@link Reservation#OF_HOST}
 * @param allows what its agent lets containers have of the host, in the words of its {@code --allow}; empty: nothing
 * @param namesFault why containers there can't ask its agent for names; empty: they can, or it does not say
 * @param containerSubnets where containers there have addresses of their own to which the mesh leads, as address and bits; empty: nowhere
 * @param routesFault why others of which its agent says so are not taken for such; empty: all are
 */
public record NodeFacts(
        String hostname,
        Map<String, String> labels,
        Capacity capacity,
        String engineVersion,
        String agentVersion,
        @Nullable String meshIp,
        @Nullable String meshKey,
        String condition,
        List<String> features,
        String os,
        String arch,
        @Nullable Reservation reserve,
        List<String> allows,
        String namesFault,
        List<String> containerSubnets,
        String routesFault) {

    /** Of a node that has said nothing. */
    public static final NodeFacts NONE =
            new NodeFacts("", Map.of(), Capacity.UNKNOWN, "", "", null, null, "", List.of());

    public NodeFacts {
        Objects.requireNonNull(hostname, "hostname");
        labels = Copies.ordered(labels);
        Objects.requireNonNull(capacity, "capacity");
        Objects.requireNonNull(engineVersion, "engineVersion");
        Objects.requireNonNull(agentVersion, "agentVersion");
        Objects.requireNonNull(condition, "condition");
        features = List.copyOf(features);
        Objects.requireNonNull(os, "os");
        Objects.requireNonNull(arch, "arch");
        allows = List.copyOf(allows);
        Objects.requireNonNull(namesFault, "namesFault");
        containerSubnets = List.copyOf(containerSubnets);
        Objects.requireNonNull(routesFault, "routesFault");
    }

    /** Of a node whose containers are reached by its own address alone. */
    public NodeFacts(
            String hostname,
            Map<String, String> labels,
            Capacity capacity,
            String engineVersion,
            String agentVersion,
            @Nullable String meshIp,
            @Nullable String meshKey,
            String condition,
            List<String> features,
            String os,
            String arch,
            @Nullable Reservation reserve,
            List<String> allows,
            String namesFault) {
        this(
                hostname,
                labels,
                capacity,
                engineVersion,
                agentVersion,
                meshIp,
                meshKey,
                condition,
                features,
                os,
                arch,
                reserve,
                allows,
                namesFault,
                List.of(),
                "");
    }

    /** Of an agent that answers for names, or does not say. */
    public NodeFacts(
            String hostname,
            Map<String, String> labels,
            Capacity capacity,
            String engineVersion,
            String agentVersion,
            @Nullable String meshIp,
            @Nullable String meshKey,
            String condition,
            List<String> features,
            String os,
            String arch,
            @Nullable Reservation reserve,
            List<String> allows) {
        this(
                hostname,
                labels,
                capacity,
                engineVersion,
                agentVersion,
                meshIp,
                meshKey,
                condition,
                features,
                os,
                arch,
                reserve,
                allows,
                "");
    }

    /** Of an agent that lets containers have nothing of the host. */
    public NodeFacts(
            String hostname,
            Map<String, String> labels,
            Capacity capacity,
            String engineVersion,
            String agentVersion,
            @Nullable String meshIp,
            @Nullable String meshKey,
            String condition,
            List<String> features,
            String os,
            String arch,
            @Nullable Reservation reserve) {
        this(
                hostname,
                labels,
                capacity,
                engineVersion,
                agentVersion,
                meshIp,
                meshKey,
                condition,
                features,
                os,
                arch,
                reserve,
                List.of());
    }

    /** Of an agent that does not tell its platform and what it keeps for itself, as the first released one. */
    public NodeFacts(
            String hostname,
            Map<String, String> labels,
            Capacity capacity,
            String engineVersion,
            String agentVersion,
            @Nullable String meshIp,
            @Nullable String meshKey,
            String condition,
            List<String> features) {
        this(
                hostname,
                labels,
                capacity,
                engineVersion,
                agentVersion,
                meshIp,
                meshKey,
                condition,
                features,
                "",
                "",
                null);
    }

    /** Of an agent that is heard and not understood: what it said last, and that it may be sent nothing that needs a feature. */
    public NodeFacts notUnderstood(String agent, String words) {
        return new NodeFacts(
                hostname,
                labels,
                capacity,
                engineVersion,
                agent,
                meshIp,
                meshKey,
                words,
                List.of(),
                os,
                arch,
                reserve,
                allows,
                namesFault,
                containerSubnets,
                routesFault);
    }
}
