package io.knit.core.server.intake;

import io.knit.api.model.SlotVolume;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.VolumeRemoval;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes what a heartbeat says of the volumes that its node was to remove (pure). */
final class VolumeIntake {
    private VolumeIntake() {}

    /** What it changes; empty if it says nothing new. One that was wanted again since, and then perhaps not, has another order. */
    static List<Change> decide(ClusterState state, String node, @Nullable List<VolumeRemoval> gone) {
        if (gone == null) {
            return List.of();
        }
        Map<String, SlotVolume> there = state.volumesOn(node);
        return gone.stream()
                .filter(it -> it != null && it.deployment() != null && it.slot() != null && it.name() != null)
                .limit(VolumeRemoval.MOST)
                .map(it -> {
                    SlotVolume known = there.get(SlotVolume.prefix(it.deployment(), it.slot(), it.name()) + node);
                    return known != null && it.is(known) ? known : null;
                })
                .filter(Objects::nonNull)
                .distinct()
                .<Change>map(known -> new Change.RemoveVolume(known.key()))
                .toList();
    }
}
