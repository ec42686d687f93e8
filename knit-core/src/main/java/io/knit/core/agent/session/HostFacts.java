package io.knit.core.agent.session;

import io.knit.api.model.Capacity;
import io.knit.api.model.Reservation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a heartbeat tells of the node besides who it is.
 *
 * @param engine the container engine's name and version; empty if it has not answered yet
 * @param engineId tells its container engine from any other; empty: not known yet; null: the engine has none
 * @param gpus how many accelerators its agent was told of
 * @param reserve what it keeps for itself of its capacity
 * @param os as images call it; empty: not known
 * @param arch as images call it; empty: not known
 * @param allows what it lets containers have of the host
 * @param namesFault why containers can't ask for names here; empty: they can
 * @param containerSubnets where containers here have addresses of their own to which the mesh leads
 * @param condition why the node can't take work now; empty if it can
 */
public record HostFacts(
        String hostname,
        String agentVersion,
        Map<String, String> labels,
        Capacity capacity,
        String engine,
        @Nullable String engineId,
        String condition,
        @Nullable String meshIp,
        @Nullable String meshKey,
        int gpus,
        Reservation reserve,
        String os,
        String arch,
        List<String> allows,
        String namesFault,
        List<String> containerSubnets) {

    /** Of an agent that just started. */
    public static HostFacts atStart(
            String hostname,
            String agentVersion,
            Map<String, String> labels,
            int gpus,
            Reservation reserve,
            List<String> allows,
            List<String> containerSubnets) {
        return new HostFacts(
                hostname,
                agentVersion,
                new TreeMap<>(labels),
                Capacity.UNKNOWN,
                "",
                "",
                "the container engine has not answered yet",
                null,
                null,
                gpus,
                reserve,
                "",
                "",
                List.copyOf(allows),
                "",
                List.copyOf(containerSubnets));
    }

    HostFacts engine(String engine, @Nullable String engineId, Capacity capacity, String condition) {
        return new HostFacts(
                hostname,
                agentVersion,
                labels,
                capacity,
                engine,
                engineId,
                condition,
                meshIp,
                meshKey,
                gpus,
                reserve,
                os,
                arch,
                allows,
                namesFault,
                containerSubnets);
    }

    HostFacts condition(String condition) {
        return engine(engine, engineId, capacity, condition);
    }

    HostFacts mesh(@Nullable String ip, @Nullable String key) {
        return new HostFacts(
                hostname,
                agentVersion,
                labels,
                capacity,
                engine,
                engineId,
                condition,
                ip,
                key,
                gpus,
                reserve,
                os,
                arch,
                allows,
                namesFault,
                containerSubnets);
    }

    HostFacts platform(String newOs, String newArch) {
        return new HostFacts(
                hostname,
                agentVersion,
                labels,
                capacity,
                engine,
                engineId,
                condition,
                meshIp,
                meshKey,
                gpus,
                reserve,
                newOs,
                newArch,
                allows,
                namesFault,
                containerSubnets);
    }

    HostFacts names(String fault) {
        return new HostFacts(
                hostname,
                agentVersion,
                labels,
                capacity,
                engine,
                engineId,
                condition,
                meshIp,
                meshKey,
                gpus,
                reserve,
                os,
                arch,
                allows,
                fault,
                containerSubnets);
    }
}
