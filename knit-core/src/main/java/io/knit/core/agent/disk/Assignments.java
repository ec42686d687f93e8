package io.knit.core.agent.disk;

import io.knit.api.model.Order;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.InstanceIds;
import io.knit.core.wire.Prepare;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.VolumeRemoval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks of assignments that came from outside. */
public final class Assignments {
    private Assignments() {}

    public static boolean areWhole(@Nullable List<Assignment> assignments) {
        return assignments != null && assignments.stream().allMatch(Assignments::isWhole);
    }

    /** Those orders to make something ready that can be carried out. */
    public static List<Prepare> usable(@Nullable List<Prepare> prepare) {
        return prepare == null
                ? List.of()
                : prepare.stream()
                        .filter(it -> it != null && it.instance() != null && it.image() != null && it.pull() != null)
                        .toList();
    }

    /** Those volumes to remove that are named in full. */
    public static List<VolumeRemoval> sound(@Nullable List<VolumeRemoval> removals) {
        return removals == null
                ? List.of()
                : removals.stream()
                        .filter(it -> it != null && it.deployment() != null && it.slot() != null && it.name() != null)
                        .limit(VolumeRemoval.MOST)
                        .toList();
    }

    private static boolean isWhole(@Nullable Assignment it) {
        return it != null
                && it.instance() != null
                && InstanceIds.isId(it.instance())
                && it.deployment() != null
                && it.order() != null
                && it.specHash() != null
                && it.ports() != null
                && (it.order() == Order.STOP
                        || it.spec() != null
                        || it.unreadable() != null
                        || SpecBlob.isName(it.blob()));
    }
}
