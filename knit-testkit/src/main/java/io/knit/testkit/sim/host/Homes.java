package io.knit.testkit.sim.host;

import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.testkit.runtime.EngineEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** On which host each slot's volumes are: nothing that has one, or shares it, ever runs on another. */
public final class Homes {
    /** By {@link SlotVolume#prefix}. */
    private final Map<String, String> homes = new HashMap<>();
    /** Keys of those that were let go. */
    private final Set<String> left = new HashSet<>();

    /** @param wanted whether the server wants it to run: an agent that has not heard that it does not may start it with what was let go */
    public void started(SimulatedHost host, EngineEvent event, boolean wanted) {
        if (host.engine().containers().stream().noneMatch(it -> it.id().equals(event.container()))) {
            // removed at the same moment
            return;
        }
        ContainerSpec spec = host.engine().spec(event.container());
        for (VolumeSpec volume : spec.volumes()) {
            if (volume.pins()) {
                SlotVolumes slot = Objects.requireNonNull(spec.slot());
                SlotVolumes holder = slot.holding(volume);
                String name = SlotVolume.prefix(holder.deployment(), holder.slot(), volume.name());
                if (!wanted && left.contains(name + host.name())) {
                    continue;
                }
                String home = homes.computeIfAbsent(name, first -> host.name());
                if (!home.equals(host.name())) {
                    throw new InvariantViolation(
                            event.name() + " runs on " + host.name() + ", and its volume " + name + " is on " + home);
                }
            }
        }
    }

    /** An old copy holds nobody: its slot is where the new one is. */
    void moved(SlotVolume volume, String to) {
        homes.replace(SlotVolume.prefix(volume.deployment(), volume.slot(), volume.name()), volume.node(), to);
    }

    /** What is on a node that is forgotten holds nobody. */
    void forgotten(Set<String> nodes) {
        homes.values().removeAll(nodes);
    }

    /** One that is to go holds nobody. */
    public void letGo(SlotVolume volume) {
        String name = SlotVolume.prefix(volume.deployment(), volume.slot(), volume.name());
        homes.remove(name, volume.node());
        left.add(name + volume.node());
    }
}
