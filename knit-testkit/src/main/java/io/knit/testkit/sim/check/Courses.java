package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Order;
import io.knit.api.model.SlotKey;
import io.knit.testkit.sim.host.InvariantViolation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * No instance goes back: not from its node, from the order to stop, to an older revision, from an end but for being lost, or behind what its agent said. A
 * container that is started again in its place is no way back: the instance is the same. And what is placed fills a slot that there is.
 */
final class Courses {
    private final Map<String, Instance> known = new HashMap<>();
    private final Set<String> placed = new HashSet<>();

    void check(ClusterSnapshot snapshot, List<DeploymentView> changed) {
        for (DeploymentView view : changed) {
            boolean counted =
                    !view.deployment().deleting() && view.deployment().spec().mode() != Mode.CRON;
            Set<SlotKey> slots = counted ? Slots.of(view.deployment().spec(), snapshot.nodes()) : Set.of();
            for (Instance instance : view.instances()) {
                Instance was = known.put(instance.id(), instance);
                if (was != null && !was.equals(instance) && isBack(was, instance)) {
                    throw new InvariantViolation("it went back: " + was + " is " + instance);
                }
                if (instance.node() != null
                        && placed.add(instance.id())
                        && counted
                        && instance.order() == Order.RUN
                        && !slots.contains(instance.slotKey())) {
                    throw new InvariantViolation(
                            instance.id() + " was placed, and " + view.name() + " has the slots " + slots);
                }
            }
        }
    }

    private static boolean isBack(Instance was, Instance now) {
        boolean ended = was.state().isEnd() && was.state() != InstanceState.LOST;
        return was.node() != null && !Objects.equals(was.node(), now.node())
                || was.order() == Order.STOP && now.order() != Order.STOP
                || now.revision() < was.revision()
                || ended && !now.state().isEnd()
                || was.observed().state() != null && now.observed().state() == null
                || now.observed().seq() < was.observed().seq();
    }
}
