package io.knit.core.agent.reconcile;

import static io.knit.core.agent.reconcile.Situation.CLUSTER;
import static io.knit.core.agent.reconcile.Situation.HASH;
import static io.knit.core.agent.reconcile.Situation.container;
import static io.knit.core.agent.reconcile.Situation.run;
import static io.knit.core.agent.reconcile.Situation.stop;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.reconcile.memory.BackOff;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans, does what the plan says, plans again: for any beginning this comes to rest, and at what was ordered. */
class ReconcilerPropertyTest {
    private static final BackOff BACK_OFF =
            new BackOff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(10));
    private static final int MOST_ROUNDS = 12;

    private final InstanceReconciler reconciler = new InstanceReconciler(BACK_OFF);
    private final Map<String, ContainerSnapshot> engine = new HashMap<>();
    private final Map<String, InstanceMemory> memories = new HashMap<>();
    private Duration now = Situation.NOW;
    private int made;

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void comesToRest(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        AssignmentSet set = invent(random);
        int rounds = 0;
        NodePlan plan = plan(set);
        while (isWork(plan)) {
            assertThat(rounds++)
                    .as("rounds of seed %d, last plan %s", seed, plan)
                    .isLessThan(MOST_ROUNDS);
            plan.actions().forEach(this::apply);
            now = now.plus(plan.again().map(at -> at.minus(now)).orElse(Duration.ZERO));
            plan = plan(set);
        }
        for (Assignment assignment : set.assignments().values()) {
            assertThat(states(assignment.instance()))
                    .as("seed %d, %s", seed, assignment.instance())
                    .isEqualTo(assignment.order() == Order.RUN ? List.of(ContainerState.RUNNING) : List.of());
        }
        assertThat(engine.values())
                .allSatisfy(container -> assertThat(unpaused(container)).isEqualTo(ContainerState.RUNNING));
    }

    private NodePlan plan(AssignmentSet set) {
        NodePlan plan = reconciler.plan(CLUSTER, set, engine.values(), memories, Set.of(), now);
        TreeSet<String> union = new TreeSet<>(set.assignments().keySet());
        union.addAll(memories.keySet());
        engine.values().forEach(container -> union.add(instance(container)));
        assertThat(plan.actions()).extracting(Action::instance).containsExactlyElementsOf(union);
        return plan;
    }

    private static boolean isWork(NodePlan plan) {
        return plan.actions().stream().anyMatch(action -> action.step() != ActionKind.KEEP);
    }

    private AssignmentSet invent(SplittableRandom random) {
        List<Assignment> assignments = new ArrayList<>();
        for (int i = 0; i < random.nextInt(6); i++) {
            String instance = "i" + random.nextInt(6);
            assignments.add(random.nextInt(3) > 0 ? run(instance) : stop(instance));
        }
        for (int i = 0; i < random.nextInt(10); i++) {
            ContainerState state = ContainerState.values()[random.nextInt(ContainerState.values().length)];
            String hash = random.nextInt(4) == 0 ? "other" : HASH;
            put(container("c" + made++, "i" + random.nextInt(8), state, hash));
        }
        for (int i = 0; i < random.nextInt(4); i++) {
            InstanceMemory memory = InstanceMemory.NEW.started(now.minusSeconds(random.nextInt(20)), "", Health.NONE);
            memories.put("i" + random.nextInt(8), random.nextBoolean() ? memory : memory.refused("no", now, BACK_OFF));
        }
        return AssignmentSet.of(1, assignments);
    }

    /** What the engine does when it is asked and does it at once. */
    private void apply(Action action) {
        switch (action.step()) {
            case CREATE -> {
                put(container("c" + made++, action.instance(), ContainerState.RUNNING, HASH));
                memories.put(action.instance(), action.memory().started(now, "", Health.NONE));
            }
            case START -> {
                ContainerSnapshot old = Objects.requireNonNull(action.container());
                put(container(old.id(), action.instance(), ContainerState.RUNNING, HASH));
                memories.put(action.instance(), action.memory().started(now, "", Health.NONE));
            }
            case REMOVE -> {
                engine.remove(Objects.requireNonNull(action.container()).id());
                memories.put(action.instance(), action.memory().removed(now, BACK_OFF));
            }
            case FORGET -> memories.put(action.instance(), action.memory().gone());
            case KEEP, WAIT -> memories.put(action.instance(), action.memory());
            case IGNORE -> {}
        }
        assertThat(action.memory().state()).isNotEqualTo(InstanceState.REJECTED);
    }

    private void put(ContainerSnapshot container) {
        engine.put(container.id(), container);
    }

    private List<ContainerState> states(String instance) {
        return engine.values().stream()
                .filter(container -> instance.equals(instance(container)))
                .map(ReconcilerPropertyTest::unpaused)
                .toList();
    }

    /** What somebody paused is as it should be: only he lets it run on. */
    private static ContainerState unpaused(ContainerSnapshot container) {
        return container.state() == ContainerState.PAUSED ? ContainerState.RUNNING : container.state();
    }

    private static String instance(ContainerSnapshot container) {
        return Objects.requireNonNull(container.labels().get(KnitLabels.INSTANCE));
    }
}
