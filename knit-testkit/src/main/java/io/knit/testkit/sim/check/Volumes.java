package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.RemovedVolume;
import io.knit.testkit.sim.host.Homes;
import io.knit.testkit.sim.host.InvariantViolation;
import io.knit.testkit.sim.host.SimulatedHost;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** That no volume which a spec names goes unless somebody said so, nor from under an instance that is wanted. */
final class Volumes {
    private final Map<SimulatedHost, Integer> seen = new HashMap<>();
    /** Keys of those that were ever to go. */
    private final Set<String> asked = new HashSet<>();

    private final Homes homes;

    Volumes(Homes homes) {
        this.homes = homes;
    }

    /** What the server knows of them now. */
    void note(ClusterSnapshot snapshot) {
        for (SlotVolume volume : snapshot.volumes()) {
            if (volume.removing() != null) {
                asked.add(volume.key());
                homes.letGo(volume);
            }
        }
    }

    /** What went from a host's engine. */
    void check(SimulatedHost host, Optional<ClusterSnapshot> last) {
        List<RemovedVolume> removed = host.engine().removedVolumes();
        int from = seen.getOrDefault(host, 0);
        seen.put(host, removed.size());
        removed.subList(from, removed.size()).stream()
                .filter(it -> !it.volume()
                        .labels()
                        .getOrDefault(KnitLabels.VOLUME, "/")
                        .startsWith("/"))
                .forEach(it -> check(host, it, last));
    }

    private void check(SimulatedHost host, RemovedVolume removed, Optional<ClusterSnapshot> last) {
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
            Optional<Instance> wanted = last.flatMap(snapshot -> Safety.find(snapshot, user))
                    .filter(it -> it.order() == Order.RUN && host.name().equals(it.node()));
            if (wanted.isPresent()) {
                throw new InvariantViolation("the volume " + key + " went from under " + user + ", which is wanted");
            }
        }
    }
}
