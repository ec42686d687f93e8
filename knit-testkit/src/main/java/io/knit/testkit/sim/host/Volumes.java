package io.knit.testkit.sim.host;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.Order;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.RemovedVolume;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** That no volume which a spec names goes unless somebody said so, nor from under an instance that is wanted. */
public final class Volumes {
    private final Map<SimulatedHost, Integer> seen = new HashMap<>();
    /** Keys of those that were ever to go. */
    private final Set<String> asked = new HashSet<>();

    private final Homes homes;
    private Set<String> nodes = new HashSet<>();

    public Volumes(Homes homes) {
        this.homes = homes;
    }

    /** What the server knows of them now. */
    public void note(ClusterSnapshot snapshot) {
        Set<String> there = snapshot.nodes().stream().map(Node::id).collect(Collectors.toSet());
        if (!there.containsAll(nodes)) {
            nodes.removeAll(there);
            homes.forgotten(nodes);
        }
        nodes = there;
        for (SlotVolume volume : snapshot.volumes()) {
            if (volume.removing() != null) {
                asked.add(volume.key());
                homes.letGo(volume);
            } else if (volume.movedTo() != null) {
                homes.moved(volume, volume.movedTo());
            } else if (isComing(volume, snapshot)) {
                // what came of it is replaced by the next copy
                asked.add(volume.key());
            }
        }
    }

    /** Whether its slot has another of that name, which was there before. */
    private static boolean isComing(SlotVolume volume, ClusterSnapshot snapshot) {
        return snapshot.volumes().stream()
                .anyMatch(it -> it.isInForce()
                        && it.deployment().equals(volume.deployment())
                        && it.slot().equals(volume.slot())
                        && it.name().equals(volume.name())
                        && it.since().isBefore(volume.since()));
    }

    /**
     * What went from a host's engine.
     *
     * @param find an instance by its id, as the server last had it
     */
    public void check(SimulatedHost host, Function<String, Optional<Instance>> find) {
        int from = seen.getOrDefault(host, 0);
        if (host.engine().volumeRemovals() == from) {
            return;
        }
        List<RemovedVolume> removed = host.engine().removedVolumes();
        seen.put(host, removed.size());
        removed.subList(from, removed.size()).stream()
                .filter(it -> !it.volume()
                        .labels()
                        .getOrDefault(KnitLabels.VOLUME, "/")
                        .startsWith("/"))
                .forEach(it -> check(host, it, find));
    }

    private void check(SimulatedHost host, RemovedVolume removed, Function<String, Optional<Instance>> find) {
        Map<String, String> labels = removed.volume().labels();
        String key = SlotVolume.prefix(
                        labels.getOrDefault(KnitLabels.DEPLOYMENT, ""),
                        labels.getOrDefault(KnitLabels.SLOT, ""),
                        labels.getOrDefault(KnitLabels.VOLUME, ""))
                + host.name();
        if (!asked.contains(key)) {
            throw new InvariantViolation("the volume " + key + " went, and nobody had said so");
        }
        // a call of an agent that has died since may still be under way
        for (String user : removed.note().contains(EngineEvent.ORPHANED) ? List.<String>of() : removed.users()) {
            Optional<Instance> wanted = find.apply(user)
                    .filter(it -> it.order() == Order.RUN && host.name().equals(it.node()));
            if (wanted.isPresent()) {
                throw new InvariantViolation("the volume " + key + " went from under " + user + ", which is wanted");
            }
        }
    }
}
