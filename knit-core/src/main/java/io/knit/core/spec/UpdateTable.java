package io.knit.core.spec;

import static io.knit.core.spec.Field.choice;
import static io.knit.core.spec.Field.duration;
import static io.knit.core.spec.Field.flag;
import static io.knit.core.spec.Field.number;

import io.knit.api.model.OnFailure;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import java.time.Duration;

/** How a change of a spec is carried out: the rows of that record. */
public final class UpdateTable {
    public static final Table<Update> UPDATE = Table.of(
            Update.class,
            given -> Update.DEFAULT,
            number("max_parallel", Update::maxParallel, 1, 1000).doc("how many slots may be replaced at once, {range}"),
            choice("order", Update::order, UpdateOrder.class)
                    .doc(
                            "`start_first`: the old instance runs until the new one is healthy; `stop_first`: the new one starts when the old one"
                                    + " has stopped; `auto`: `start_first`, but `stop_first` where a port has a fixed `host_port` that is not relayed, where two would write to one volume or no node has room for both"),
            duration("min_healthy", Update::minHealthy, Duration.ZERO, Duration.ofHours(1))
                    .doc("how long a new instance must be healthy before it counts, {range}"),
            duration("healthy_deadline", Update::healthyDeadline, Duration.ofSeconds(1), Duration.ofHours(24))
                    .doc("how long a new instance may take on its node to become healthy, {range}"),
            duration("progress_deadline", Update::progressDeadline, Duration.ofSeconds(1), Duration.ofHours(24))
                    .doc("how long a rollout may go without one more instance done, {range}"),
            number("canary", Update::canary, 0, 1000)
                    .doc("how many slots are replaced before the others wait for `promote`, {range}"),
            flag("auto_promote", Update::autoPromote)
                    .doc("the others follow by themselves once the canaries are healthy"),
            choice("on_failure", Update::onFailure, OnFailure.class)
                    .doc("`rollback` to the last revision that was healthy in all slots, `pause` or `continue`"),
            number("max_failures", Update::maxFailures, 0, 1000)
                    .doc("how many new instances may fail before that, {range}"));

    private UpdateTable() {}
}
