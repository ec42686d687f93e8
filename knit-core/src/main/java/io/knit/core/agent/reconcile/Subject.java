package io.knit.core.agent.reconcile;

import io.knit.api.spi.runtime.ContainerSnapshot;
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
        return new Action(step, instance, assignment, null, null, why, memory);
    }

    Action with(ActionKind step, ContainerSnapshot container, String why) {
        return new Action(step, instance, assignment, container, null, why, memory);
    }

    Action waits(@Nullable Duration until, String why) {
        return new Action(ActionKind.WAIT, instance, assignment, null, until, why, memory);
    }
}
