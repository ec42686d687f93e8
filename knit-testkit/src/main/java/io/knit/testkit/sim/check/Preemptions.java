package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.testkit.sim.host.InvariantViolation;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold of who goes for whom, and of who waits. */
final class Preemptions {
    private final Set<String> pushedOut = new HashSet<>();

    void check(Optional<ClusterSnapshot> before, ClusterSnapshot now, List<DeploymentView> changed) {
        for (DeploymentView view : changed) {
            for (Instance instance : view.instances()) {
                String by = instance.pushedOutBy();
                if (by != null && pushedOut.add(instance.id())) {
                    check(before, now, instance, by);
                }
                if (instance.state() == InstanceState.PENDING
                        && instance.reason().isEmpty()
                        && instance.preparation() == null) {
                    throw new InvariantViolation(instance.id() + " waits, and nobody says why");
                }
            }
        }
    }

    /** A priority that was changed in the same commit counts as either. */
    private static void check(Optional<ClusterSnapshot> before, ClusterSnapshot now, Instance victim, String by) {
        OptionalInt his = priorities(before, now, victim.deployment()).min();
        OptionalInt other = priorities(before, now, by).max();
        if (his.isPresent() && other.isPresent() && his.getAsInt() >= other.getAsInt()) {
            throw new InvariantViolation(victim.id() + " of the priority " + his.getAsInt() + " was pushed out by " + by
                    + ", which has " + other.getAsInt());
        }
        boolean asked = wishes(before, now, by).anyMatch(it -> it.spec().preempt());
        if (other.isPresent() && !asked) {
            throw new InvariantViolation(by + " pushed out " + victim.id() + ", and never asked for that");
        }
    }

    private static java.util.stream.IntStream priorities(
            Optional<ClusterSnapshot> before, ClusterSnapshot now, String name) {
        return wishes(before, now, name).mapToInt(it -> it.spec().priority());
    }

    private static Stream<Deployment> wishes(Optional<ClusterSnapshot> before, ClusterSnapshot now, String name) {
        return Stream.concat(before.stream(), Stream.of(now))
                .flatMap(snapshot -> snapshot.deployment(name).stream())
                .map(DeploymentView::deployment);
    }
}
