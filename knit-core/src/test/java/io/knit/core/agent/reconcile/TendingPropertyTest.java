package io.knit.core.agent.reconcile;

import static io.knit.core.agent.reconcile.Situation.CLUSTER;
import static io.knit.core.agent.reconcile.Situation.HASH;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.api.model.SidecarSpec;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plans and does what the plan says, for any beginning, with an engine that shows what is removed once more, refuses some of what it is asked, and whose containers
 * end: this comes to rest at a main container and one of each sidecar, all of them of its newest start.
 */
class TendingPropertyTest {
    private static final BackOff BACK_OFF =
            new BackOff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(10));
    private static final int MOST_ROUNDS = 200;
    private static final DeploymentSpec SPEC = DeploymentSpec.builder("web", "image:1")
            .sidecar(SidecarSpec.of("log", "ship:1"))
            .sidecar(SidecarSpec.of("proxy", "envoy:1"))
            .build();

    private final InstanceReconciler reconciler = new InstanceReconciler(BACK_OFF);
    private final Map<String, ContainerSnapshot> engine = new TreeMap<>();
    /** What it shows once more. */
    private final Map<String, ContainerSnapshot> ghosts = new HashMap<>();
    /** By the id of a part, in which run of its main container it was started. */
    private final Map<String, Integer> joined = new HashMap<>();

    private InstanceMemory memory = InstanceMemory.NEW;
    private Duration now = Situation.NOW;
    private int runs;
    private int made;
    private int mishaps;

    static LongStream seeds() {
        return LongStream.range(0, 1000);
    }

    private static AssignmentSet set(Order order) {
        boolean run = order == Order.RUN;
        return AssignmentSet.of(
                1, List.of(new Assignment("a", "web", 1, 0, order, run ? SPEC : null, run ? HASH : "", List.of())));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void comesToRest(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        invent(random);
        mishaps = random.nextInt(8);
        settle(seed, random, set(Order.RUN));
        ContainerSnapshot main =
                engine.values().stream().filter(it -> !isPart(it)).findFirst().orElseThrow();
        assertThat(engine.values())
                .as("seed %d", seed)
                .hasSize(3)
                .allMatch(it -> it.state() == ContainerState.RUNNING)
                .filteredOn(TendingPropertyTest::isPart)
                .allMatch(it -> main.id().equals(it.labels().get(KnitLabels.MAIN)))
                .allMatch(it -> Objects.equals(joined.get(it.id()), runs))
                .extracting(it -> it.labels().get(KnitLabels.PART))
                .containsExactlyInAnyOrder("log", "proxy");
        assertThat(memory.state()).isEqualTo(InstanceState.RUNNING);

        mishaps = random.nextInt(3);
        settle(seed, random, set(Order.STOP));
        assertThat(engine).isEmpty();
    }

    private void settle(long seed, SplittableRandom random, AssignmentSet set) {
        for (int round = 0; ; round++) {
            assertThat(round).as("rounds of seed %d; %s", seed, engine).isLessThan(MOST_ROUNDS);
            List<ContainerSnapshot> shown = new ArrayList<>(engine.values());
            ghosts.values().stream()
                    .filter(it -> shown.stream().noneMatch(other -> other.id().equals(it.id())))
                    .forEach(it -> shown.add(random.nextInt(shown.size() + 1), it));
            ghosts.clear();
            NodePlan plan = reconciler.plan(CLUSTER, set, shown, Map.of("a", memory), Set.of(), now);
            Action action = plan.actions().get(0);
            if (action.step() == ActionKind.KEEP && plan.again().isEmpty() && mishaps == 0) {
                memory = action.memory();
                return;
            }
            apply(action, mishaps > 0 && random.nextInt(3) == 0);
            now = now.plus(plan.again().map(at -> at.minus(now)).orElse(Duration.ofMillis(10)));
            if (mishaps > 0 && random.nextInt(3) == 0) {
                mishap(random);
            }
        }
    }

    /** One ends, or the agent forgets all it knew. */
    private void mishap(SplittableRandom random) {
        mishaps--;
        if (random.nextInt(3) == 0 || engine.isEmpty()) {
            memory = InstanceMemory.NEW;
            return;
        }
        ContainerSnapshot one = new ArrayList<>(engine.values()).get(random.nextInt(engine.size()));
        if (one.state() == ContainerState.RUNNING) {
            put(one, random.nextInt(5) == 0 ? ContainerState.DEAD : ContainerState.EXITED);
        }
    }

    private void invent(SplittableRandom random) {
        String main = "";
        if (random.nextInt(4) > 0) {
            main = "c" + made++;
            ContainerState state = any(random, ContainerState.CREATED, ContainerState.RUNNING, ContainerState.EXITED);
            engine.put(main, Situation.container(main, "a", state, HASH));
            runs = state == ContainerState.RUNNING ? 1 : 0;
        }
        for (String name : List.of("log", "proxy", "old")) {
            if (random.nextBoolean()) {
                String id = "c" + made++;
                String of = random.nextInt(3) == 0 ? "gone" : main;
                ContainerState state = any(random, ContainerState.values());
                if (runs == 0 && of.equals(main) && state == ContainerState.RUNNING) {
                    joined.put(id, -1);
                } else {
                    joined.put(id, of.equals(main) ? runs : -1);
                }
                engine.put(id, part(id, name, of, state));
            }
        }
        if (random.nextInt(3) == 0) {
            memory = InstanceMemory.NEW.started(now.minusSeconds(random.nextInt(20)), "", Health.NONE);
        }
    }

    private static ContainerState any(SplittableRandom random, ContainerState... states) {
        ContainerState state = states[random.nextInt(states.length)];
        // only he who paused it lets it run on
        return state == ContainerState.PAUSED ? ContainerState.RUNNING : state;
    }

    private static ContainerSnapshot part(String id, String name, String main, ContainerState state) {
        Map<String, String> labels = Map.of(
                KnitLabels.CLUSTER, CLUSTER, KnitLabels.INSTANCE, "a", KnitLabels.PART, name, KnitLabels.MAIN, main);
        return new ContainerSnapshot(id, "knit-a-" + name, state, labels, null, 0);
    }

    private void put(ContainerSnapshot old, ContainerState state) {
        engine.put(old.id(), new ContainerSnapshot(old.id(), old.name(), state, old.labels(), null, 0));
    }

    /** @param fails what can fail does */
    private void apply(Action action, boolean fails) {
        memory = action.memory();
        switch (action.step()) {
            case CREATE -> {
                assertThat(engine).isEmpty();
                String id = "c" + made++;
                engine.put(id, Situation.container(id, "a", ContainerState.RUNNING, HASH));
                runs++;
                memory = memory.launched(now, "", Health.NONE);
            }
            case START -> {
                assertThat(engine.values()).as("parts at a start").noneMatch(TendingPropertyTest::isPart);
                put(Objects.requireNonNull(action.container()), ContainerState.RUNNING);
                runs++;
                memory = memory.launched(now, "", Health.NONE);
            }
            case REMOVE -> {
                gone(Objects.requireNonNull(action.container()));
                memory = memory.removed(now, BACK_OFF);
            }
            case TEND -> tend(action, Objects.requireNonNull(action.tending()), fails);
            case FORGET -> memory = memory.gone();
            case KEEP, WAIT, STOP, IGNORE -> {}
        }
    }

    private void tend(Action action, Tending tending, boolean fails) {
        Set<String> removed = new HashSet<>();
        for (ContainerSnapshot part : tending.remove()) {
            assertThat(isAsItShouldBe(action, part)).as("%s is removed", part).isFalse();
            if (!fails) {
                gone(part);
                removed.add(part.id());
            }
        }
        Set<String> started = new HashSet<>();
        Map<String, String> refused = new HashMap<>();
        boolean stuck = fails && !tending.remove().isEmpty();
        for (SidecarSpec wanted : stuck ? List.<SidecarSpec>of() : tending.make()) {
            ContainerSnapshot main = Objects.requireNonNull(action.container());
            boolean runs = Objects.requireNonNull(engine.get(main.id())).state() == ContainerState.RUNNING;
            String id = "c" + made++;
            assertThat(engine.values())
                    .as("the name of %s is free", wanted.name())
                    .noneMatch(it -> wanted.name().equals(it.labels().get(KnitLabels.PART)));
            engine.put(
                    id,
                    part(
                            id,
                            wanted.name(),
                            main.id(),
                            fails || !runs ? ContainerState.CREATED : ContainerState.RUNNING));
            joined.put(id, this.runs);
            if (fails || !runs) {
                refused.put(wanted.name(), "no");
            } else {
                started.add(wanted.name());
            }
        }
        memory = memory.with(new Tended(removed, Map.of(), started, refused, stuck ? "no" : "", true)
                .on(memory.sidecars(), now, BACK_OFF));
    }

    private boolean isAsItShouldBe(Action action, ContainerSnapshot part) {
        ContainerSnapshot is = engine.get(part.id());
        return action.container() != null
                && is != null
                && is.state() == ContainerState.RUNNING
                && part.state() == ContainerState.RUNNING
                && action.container().id().equals(is.labels().get(KnitLabels.MAIN))
                && !"old".equals(is.labels().get(KnitLabels.PART))
                && Objects.equals(joined.get(is.id()), runs);
    }

    private void gone(ContainerSnapshot container) {
        ContainerSnapshot was = engine.remove(container.id());
        if (was != null && isPart(container)) {
            ghosts.put(container.id(), container);
        }
    }

    private static boolean isPart(ContainerSnapshot container) {
        return container.labels().containsKey(KnitLabels.PART);
    }
}
