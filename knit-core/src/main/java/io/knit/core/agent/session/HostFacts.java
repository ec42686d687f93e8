package io.knit.core.agent.session;

import io.knit.api.model.Capacity;
import io.knit.api.model.Reservation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
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

    HostFacts engine(String name, @Nullable String id, Capacity has, String why) {
        return but(it -> {
            it.engine = name;
            it.engineId = id;
            it.capacity = has;
            it.condition = why;
        });
    }

    HostFacts condition(String why) {
        return but(it -> it.condition = why);
    }

    HostFacts mesh(@Nullable String ip, @Nullable String key) {
        return but(it -> {
            it.meshIp = ip;
            it.meshKey = key;
        });
    }

    HostFacts platform(String newOs, String newArch) {
        return but(it -> {
            it.os = newOs;
            it.arch = newArch;
        });
    }

    HostFacts names(String fault) {
        return but(it -> it.namesFault = fault);
    }

    private HostFacts but(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new HostFacts(
                hostname,
                agentVersion,
                labels,
                draft.capacity,
                draft.engine,
                draft.engineId,
                draft.condition,
                draft.meshIp,
                draft.meshKey,
                gpus,
                reserve,
                draft.os,
                draft.arch,
                allows,
                draft.namesFault,
                containerSubnets);
    }

    /** What of them changes while an agent runs. */
    private static final class Draft {
        private Capacity capacity;
        private String engine;
        private @Nullable String engineId;
        private String condition;
        private @Nullable String meshIp;
        private @Nullable String meshKey;
        private String os;
        private String arch;
        private String namesFault;

        Draft(HostFacts of) {
            capacity = of.capacity;
            engine = of.engine;
            engineId = of.engineId;
            condition = of.condition;
            meshIp = of.meshIp;
            meshKey = of.meshKey;
            os = of.os;
            arch = of.arch;
            namesFault = of.namesFault;
        }
    }
}
