package io.knit.core.agent.run;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.agent.health.Checked;
import io.knit.core.agent.reconcile.Action;
import io.knit.core.agent.reconcile.ActionKind;
import io.knit.core.agent.reconcile.NodePlan;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.Assignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Which of a plan's instances Knit checks: those that run, are to run on, and have a check of their own in their spec. */
final class Checkups {
    private Checkups() {}

    static List<Checked> of(NodePlan plan, Memories memories, Predicate<String> busy) {
        List<Checked> found = new ArrayList<>();
        for (Action action : plan.actions()) {
            ContainerSnapshot container = action.container();
            Assignment assignment = action.assignment();
            DeploymentSpec spec = assignment == null ? null : assignment.spec();
            boolean stays = action.step() == ActionKind.KEEP || action.step() == ActionKind.TEND;
            if (!stays || container == null || spec == null || !spec.health().isOwn() || busy.test(action.instance())) {
                continue;
            }
            InstanceMemory memory = memories.of(action.instance());
            Duration since = memory.runningSince();
            if (since != null) {
                found.add(new Checked(
                        action.instance(), container.id(), container.address(), spec.health(), memory.check(), since));
            }
        }
        return found;
    }
}
