package io.knit.core.agent.reconcile;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.Assignment;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that is known of one instance while it is decided upon. */
record Subject(
        String instance,
        @Nullable Assignment assignment,
        List<ContainerSnapshot> containers,
        InstanceMemory memory,
        Duration now) {

    Subject remembering(InstanceMemory next) {
        return new Subject(instance, assignment, containers, next, now);
    }

    Action then(ActionKind step, String why) {
        return new Action(step, instance, assignment, null, null, why, memory, null);
    }

    Action with(ActionKind step, ContainerSnapshot container, String why) {
        return new Action(step, instance, assignment, container, null, why, memory, null);
    }

    Action waits(@Nullable Duration until, String why) {
        return new Action(ActionKind.WAIT, instance, assignment, null, until, why, memory, null);
    }

    Action keeps(ContainerSnapshot container, @Nullable Duration until, String why) {
        return new Action(ActionKind.KEEP, instance, assignment, container, until, why, memory, null);
    }

    /** Its memory has what the tending says. */
    Action tends(@Nullable ContainerSnapshot main, Tending tending, String why) {
        InstanceMemory next = memory.with(tending.memory());
        return new Action(ActionKind.TEND, instance, assignment, main, null, why, next, tending);
    }

    /** Those that may be its main one. */
    List<ContainerSnapshot> mains() {
        return containers.stream().filter(it -> !isPart(it)).toList();
    }

    /** Those beside it. */
    List<ContainerSnapshot> parts() {
        return containers.stream().filter(Subject::isPart).toList();
    }

    /** Those of them that are not known to be removed. */
    List<ContainerSnapshot> partsLeft() {
        return parts().stream()
                .filter(it -> !memory.sidecars().gone().contains(it.id()))
                .toList();
    }

    private static boolean isPart(ContainerSnapshot container) {
        return container.labels().containsKey(KnitLabels.PART);
    }
}
