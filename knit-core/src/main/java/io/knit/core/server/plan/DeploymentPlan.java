package io.knit.core.server.plan;

import io.knit.api.model.CronRuns;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.Rollout;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of each instance of a deployment; every instance is in exactly one list.
 *
 * @param create new ones, without a node
 * @param update known ones in another state or with another order, as they are to be
 * @param forget ones of which nothing is left anywhere
 * @param keep ones that stay as they are
 * @param rollout how far it has come
 * @param rollback why it goes back to the revision that was healthy last, or null: it does not
 * @param run how far its job has come, or null: it is none
 * @param crons how the times of its schedule are decided, one after the other, the last as it is then; empty: nothing is new of them
 * @param again when to plan again though nothing happens; empty: never
 * @param done whether nothing of an undeployed deployment is left once this is applied
 * @param cutShort whether there is more to be done than was asked for at once
 * @param surplus the ids of those that are kept only until there is time to have them go
 */
public record DeploymentPlan(
        List<Instance> create,
        List<Instance> update,
        List<Instance> forget,
        List<Instance> keep,
        Rollout rollout,
        @Nullable String rollback,
        @Nullable JobRun run,
        List<CronRuns> crons,
        Optional<Instant> again,
        boolean done,
        boolean cutShort,
        Set<String> surplus) {
    public DeploymentPlan {
        create = List.copyOf(create);
        update = List.copyOf(update);
        forget = List.copyOf(forget);
        keep = List.copyOf(keep);
        crons = List.copyOf(crons);
        surplus = Set.copyOf(surplus);
    }

    /** Whether applying it changes no instance. */
    public boolean isEmpty() {
        return create.isEmpty() && update.isEmpty() && forget.isEmpty() && !done;
    }
}
