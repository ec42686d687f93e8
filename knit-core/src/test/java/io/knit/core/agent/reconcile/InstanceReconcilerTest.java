package io.knit.core.agent.reconcile;

import static io.knit.core.agent.reconcile.Situation.CLUSTER;
import static io.knit.core.agent.reconcile.Situation.HASH;
import static io.knit.core.agent.reconcile.Situation.NOW;
import static io.knit.core.agent.reconcile.Situation.container;
import static io.knit.core.agent.reconcile.Situation.labels;
import static io.knit.core.agent.reconcile.Situation.run;
import static io.knit.core.agent.reconcile.Situation.set;
import static io.knit.core.agent.reconcile.Situation.stop;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.Order;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.reconcile.memory.BackOff;
import io.knit.core.agent.reconcile.memory.Check;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class InstanceReconcilerTest {
    private static final BackOff BACK_OFF =
            new BackOff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(10));
    private static final InstanceReconciler RECONCILER = new InstanceReconciler(BACK_OFF);
    private static final InstanceMemory RUNS = InstanceMemory.NEW.started(NOW.minusSeconds(60), "", Health.NONE);

    private record Case(
            String name,
            AssignmentSet set,
            List<ContainerSnapshot> observed,
            @Nullable InstanceMemory memory,
            ActionKind step,
            @Nullable String container) {
        @Override
        public String toString() {
            return name + " → " + step;
        }
    }

    private static Case one(String name, AssignmentSet set, ContainerSnapshot container, ActionKind step) {
        boolean runs = step == ActionKind.KEEP && container.state() == ContainerState.RUNNING;
        boolean acts = runs || step == ActionKind.START || step == ActionKind.REMOVE;
        return new Case(name, set, List.of(container), null, step, acts ? container.id() : null);
    }

    static Stream<Case> cases() {
        AssignmentSet wanted = set(run("a"));
        DeploymentSpec spec = DeploymentSpec.builder("web", "nginx:1")
                .network(new NetworkSpec(
                        "",
                        "",
                        List.of(),
                        List.of(),
                        List.of(new NamedNetwork("front", List.of()), new NamedNetwork("back", List.of()))))
                .build();
        Assignment onTwo = new Assignment("a", "web", 1, 0, Order.RUN, spec, HASH, List.of());
        AssignmentSet unwanted = set(stop("a"));
        ContainerSnapshot running = container("c1", "a", ContainerState.RUNNING, HASH);
        ContainerSnapshot exited = container("c1", "a", ContainerState.EXITED, HASH);
        InstanceMemory waiting = InstanceMemory.NEW.refused("no", NOW, BACK_OFF);
        InstanceMemory waited = InstanceMemory.NEW.refused("no", NOW.minusSeconds(1), BACK_OFF);
        InstanceMemory rejected = InstanceMemory.NEW.rejected("port 80 is held");
        InstanceMemory removedJustNow = InstanceMemory.NEW.removed(NOW, BACK_OFF);
        return Stream.of(
                new Case("assigned, no container", wanted, List.of(), null, ActionKind.CREATE, null),
                new Case("assigned, refused just now", wanted, List.of(), waiting, ActionKind.WAIT, null),
                new Case("assigned, its wait is over", wanted, List.of(), waited, ActionKind.CREATE, null),
                new Case("assigned, its container was gone", wanted, List.of(), RUNS, ActionKind.WAIT, null),
                new Case("assigned, rejected here", wanted, List.of(), rejected, ActionKind.WAIT, null),
                new Case("rejected, a container is left", wanted, List.of(exited), rejected, ActionKind.REMOVE, "c1"),
                one("assigned and running", wanted, running, ActionKind.KEEP),
                one(
                        "assigned and created",
                        wanted,
                        container("c1", "a", ContainerState.CREATED, HASH),
                        ActionKind.START),
                one(
                        "created, and on one of its two networks, or both",
                        set(onTwo),
                        container("c1", "a", ContainerState.CREATED, HASH),
                        ActionKind.REMOVE),
                new Case(
                        "created, refused just now",
                        wanted,
                        List.of(container("c1", "a", ContainerState.CREATED, HASH)),
                        waiting,
                        ActionKind.WAIT,
                        null),
                one("assigned and ended, seen the first time", wanted, exited, ActionKind.WAIT),
                new Case("ended, was running", wanted, List.of(exited), RUNS, ActionKind.WAIT, null),
                new Case(
                        "ended, its wait is over",
                        wanted,
                        List.of(exited),
                        RUNS.ended("exit code 1", NOW.minusSeconds(1), BACK_OFF),
                        ActionKind.START,
                        "c1"),
                one("beyond use", wanted, container("c1", "a", ContainerState.DEAD, HASH), ActionKind.REMOVE),
                one(
                        "running from another spec",
                        wanted,
                        container("c1", "a", ContainerState.RUNNING, "other"),
                        ActionKind.REMOVE),
                new Case(
                        "a second container of another spec",
                        wanted,
                        List.of(running, container("c0", "a", ContainerState.RUNNING, "other")),
                        null,
                        ActionKind.REMOVE,
                        "c0"),
                new Case(
                        "a second container that does not run",
                        wanted,
                        List.of(container("c0", "a", ContainerState.EXITED, HASH), running),
                        null,
                        ActionKind.REMOVE,
                        "c0"),
                one("shall stop and runs", unwanted, running, ActionKind.REMOVE),
                new Case(
                        "shall stop while it waits to start again",
                        unwanted,
                        List.of(exited),
                        RUNS.ended("exit code 1", NOW, BACK_OFF),
                        ActionKind.REMOVE,
                        "c1"),
                new Case(
                        "removed a moment ago, still shown",
                        unwanted,
                        List.of(exited),
                        removedJustNow,
                        ActionKind.WAIT,
                        null),
                new Case("shall stop, nothing is left", unwanted, List.of(), RUNS, ActionKind.FORGET, null),
                new Case(
                        "shall stop, and is forgotten",
                        unwanted,
                        List.of(),
                        InstanceMemory.NEW.gone(),
                        ActionKind.KEEP,
                        null),
                new Case(
                        "ordered to run after it was stopped",
                        wanted,
                        List.of(),
                        InstanceMemory.NEW.gone(),
                        ActionKind.CREATE,
                        null),
                one("not assigned", set(), running, ActionKind.REMOVE),
                new Case("not assigned any more, nothing is left", set(), List.of(), RUNS, ActionKind.FORGET, null),
                one("not assigned, but no server spoke yet", AssignmentSet.NONE, running, ActionKind.IGNORE));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decides(Case it) {
        NodePlan plan = RECONCILER.plan(
                CLUSTER,
                it.set(),
                it.observed(),
                it.memory() == null ? Map.of() : Map.of("a", it.memory()),
                Set.of(),
                NOW);
        assertThat(plan.actions()).hasSize(1);
        Action action = plan.actions().get(0);
        assertThat(action.instance()).isEqualTo("a");
        assertThat(action.step()).as(action.reason()).isEqualTo(it.step());
        assertThat(action.container() == null ? null : action.container().id()).isEqualTo(it.container());
        assertThat(action.reason()).isNotBlank();
    }

    @Test
    @DisplayName("before it joined a cluster an agent decides nothing")
    void noCluster() {
        List<ContainerSnapshot> observed = List.of(container("c1", "a", ContainerState.RUNNING, HASH));
        assertThat(RECONCILER
                        .plan(null, set(run("b")), observed, Map.of(), Set.of(), NOW)
                        .actions())
                .isEmpty();
    }

    @Test
    @DisplayName("containers of another cluster, or without an instance, are ignored")
    void foreign() {
        ContainerSnapshot other =
                new ContainerSnapshot("c1", "theirs", ContainerState.RUNNING, labels("other", "a", HASH), null, 0);
        ContainerSnapshot nameless = new ContainerSnapshot(
                "c2", "nameless", ContainerState.RUNNING, Map.of(KnitLabels.CLUSTER, CLUSTER), null, 0);
        ContainerSnapshot plain = new ContainerSnapshot("c3", "plain", ContainerState.EXITED, Map.of(), null, 0);
        NodePlan plan = RECONCILER.plan(CLUSTER, set(), List.of(other, nameless, plain), Map.of(), Set.of(), NOW);
        assertThat(plan.with(ActionKind.IGNORE)).containsExactly("theirs", "nameless", "plain");
        assertThat(plan.actions()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("noInstances")
    @DisplayName("a container whose label is no instance's id is ignored: the id becomes a path")
    void noInstance(String label) {
        ContainerSnapshot forged = container("c1", label, ContainerState.EXITED, HASH);
        NodePlan plan = RECONCILER.plan(CLUSTER, set(run("a")), List.of(forged), Map.of(), Set.of(), NOW);
        assertThat(plan.with(ActionKind.IGNORE)).containsExactly(forged.name());
        assertThat(plan.with(ActionKind.CREATE)).containsExactly("a");
        assertThat(plan.actions()).hasSize(2);
    }

    static Stream<String> noInstances() {
        return Stream.of(
                "", ".", "..", "../../etc", "/etc", "a/b", "a\\b", ".hidden", "-a", "a b", "a\n", "a".repeat(200));
    }

    @Test
    @DisplayName("the wait doubles with each end in a row, up to the longest, and begins anew after a stable run")
    void backOff() {
        AssignmentSet wanted = set(run("a"));
        ContainerSnapshot exited = container("c1", "a", ContainerState.EXITED, HASH);
        InstanceMemory memory = InstanceMemory.NEW.started(NOW, "", Health.NONE);
        Duration now = NOW;
        for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            Action action = only(RECONCILER.plan(CLUSTER, wanted, List.of(exited), Map.of("a", memory), Set.of(), now));
            Duration until = Objects.requireNonNull(action.until());
            // and a part of it less, so that not all who failed together try together
            Duration said = Duration.ofSeconds(seconds);
            assertThat(until.minus(now))
                    .isBetween(seconds == 1 ? said : said.multipliedBy(9).dividedBy(10), said);
            now = until;
            memory = action.memory().started(now, "", Health.NONE);
        }
        now = now.plusSeconds(10);
        Action action = only(RECONCILER.plan(CLUSTER, wanted, List.of(exited), Map.of("a", memory), Set.of(), now));
        assertThat(action.until()).isEqualTo(now.plusSeconds(1));
        assertThat(action.memory().restarts()).isEqualTo(8);
    }

    @Test
    @DisplayName("words and count tell how it ended and that it was started again, and do not change by themselves")
    void words() {
        AssignmentSet wanted = set(run("a"));
        ContainerSnapshot exited = new ContainerSnapshot(
                "c1", "knit-a", ContainerState.EXITED, labels(CLUSTER, "a", HASH), "exit code 1", 0);
        InstanceMemory ended = only(RECONCILER.plan(CLUSTER, wanted, List.of(exited), Map.of("a", RUNS), Set.of(), NOW))
                .memory();
        assertThat(ended.state()).isEqualTo(InstanceState.RUNNING);
        assertThat(ended.words()).isEqualTo("ended with exit code 1; starts again in 1 s (restart 1)");
        Duration later = NOW.plusMillis(300);
        assertThat(only(RECONCILER.plan(CLUSTER, wanted, List.of(exited), Map.of("a", ended), Set.of(), later))
                        .memory())
                .isEqualTo(ended);
        InstanceMemory again = ended.started(NOW.plusSeconds(1), "", Health.NONE);
        assertThat(again.words()).isEqualTo("started again after exit code 1");
        assertThat(again.restarts()).isEqualTo(1);
    }

    @Test
    @DisplayName("who was healthy for ten minutes begins anew, whether it ended then or its check failed")
    void forgotten() {
        BackOff backOff = new BackOff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(10));
        InstanceMemory memory = InstanceMemory.NEW.started(NOW, "", Health.HEALTHY);
        for (int i = 0; i < 3; i++) {
            memory = memory.ended("exit code 1", NOW, backOff).started(NOW, "", Health.HEALTHY);
        }
        Duration almost = NOW.plusSeconds(599);
        assertThat(memory.ended("exit code 1", almost, backOff).failures()).isEqualTo(4);
        assertThat(memory.sick(almost, backOff).failures()).isEqualTo(4);
        assertThat(memory.sick(almost, backOff).notBefore()).isEqualTo(almost.plusSeconds(8));

        Duration stable = NOW.plusSeconds(600);
        assertThat(memory.ended("exit code 1", stable, backOff).failures()).isEqualTo(1);
        assertThat(memory.sick(stable, backOff).failures()).isEqualTo(1);
        assertThat(memory.sick(stable, backOff).notBefore()).isEqualTo(stable.plusSeconds(1));
    }

    private static final BackOff TEN_MINUTES =
            new BackOff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(10));
    private static final Check WELL = new Check(Health.HEALTHY, "");
    private static final Check SICK = new Check(Health.UNHEALTHY, "health check: no");

    /** It failed three times, and is started again. */
    private static InstanceMemory failedBefore(Health health) {
        InstanceMemory memory = InstanceMemory.NEW.started(NOW, "", health);
        for (int i = 0; i < 3; i++) {
            memory = memory.ended("exit code 1", NOW, TEN_MINUTES).started(NOW, "", health);
        }
        return memory;
    }

    private static Duration at(long seconds) {
        return NOW.plusSeconds(seconds);
    }

    private static Stream<Arguments> courses() {
        InstanceMemory checked = failedBefore(Health.STARTING);
        InstanceMemory late = checked.checked(WELL, at(300));
        InstanceMemory tenMinutes = checked.checked(WELL, at(0)).checked(SICK, at(600));
        InstanceMemory twice =
                checked.checked(WELL, at(0)).checked(SICK, at(590)).checked(WELL, at(600));
        InstanceMemory once =
                checked.checked(WELL, at(0)).checked(SICK, at(600)).checked(WELL, at(610));
        Check added = new Check(Health.STARTING, "");
        return Stream.of(
                Arguments.of("was never healthy", checked, at(3600), 4),
                Arguments.of("its check failed, and never had succeeded", checked.checked(SICK, at(3600)), at(3600), 4),
                Arguments.of("healthy from the fifth minute on, for almost ten", late, at(899), 4),
                Arguments.of("healthy from the fifth minute on, for ten", late, at(900), 1),
                Arguments.of("its check failed after almost ten of health", late.checked(SICK, at(899)), at(899), 4),
                Arguments.of("its check failed after ten of health", tenMinutes, at(600), 1),
                // an engine that hung did not let it be started again sooner
                Arguments.of("healthy for a moment, long ago", late.checked(SICK, at(302)), at(3600), 4),
                Arguments.of("healthy for almost ten, twice", twice, at(1190), 4),
                Arguments.of("healthy for ten, and for a moment after that", once, at(620), 1),
                Arguments.of(
                        "got a check, and had run for ten without",
                        failedBefore(Health.NONE).checked(added, at(600)),
                        at(610),
                        1),
                Arguments.of(
                        "got a check, and had run for a moment without",
                        failedBefore(Health.NONE).checked(added, at(6)),
                        at(3600),
                        4));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("courses")
    @DisplayName("where there is a check, only ten minutes of health at a stretch have the failures forgotten")
    void forgottenAfterHealth(String course, InstanceMemory memory, Duration now, int inARow) {
        assertThat(memory.ended("exit code 1", now, TEN_MINUTES).failures()).isEqualTo(inARow);
        assertThat(memory.sick(now, TEN_MINUTES).failures()).isEqualTo(inARow);
    }

    @Test
    @DisplayName("what runs beside its check for an hour and never is healthy goes on waiting longer each time")
    void neverHealthy() {
        AssignmentSet wanted = tried(RestartSpec.Condition.ALWAYS, 0);
        InstanceReconciler reconciler = new InstanceReconciler(TEN_MINUTES);
        Duration now = NOW;
        InstanceMemory memory = InstanceMemory.NEW.started(now, "", Health.STARTING);
        for (int failures = 1; failures < 5; failures++) {
            now = now.plusSeconds(3600);
            Map<String, InstanceMemory> sick = Map.of("a", memory.checked(SICK, now));
            ContainerSnapshot runs = container("c1", "a", ContainerState.RUNNING, HASH);
            memory = only(reconciler.plan(CLUSTER, wanted, List.of(runs), sick, Set.of(), now))
                    .memory();
            assertThat(memory.failures()).isEqualTo(failures);
            memory = memory.halted(now, TEN_MINUTES).started(now.plusSeconds(60), "", Health.STARTING);
        }
    }

    private static AssignmentSet tried(RestartSpec.Condition condition, int attempts) {
        RestartSpec restart = new RestartSpec(condition, Duration.ofSeconds(1), attempts, Duration.ofMinutes(10));
        DeploymentSpec spec = DeploymentSpec.builder("web", "image:1")
                .health(HealthSpec.of(new TcpCheck(80)))
                .restart(restart)
                .build();
        return set(new Assignment("a", "web", 1, 0, Order.RUN, spec, HASH, List.of()));
    }

    private static Action next(AssignmentSet wanted, InstanceMemory memory, ContainerSnapshot... observed) {
        return only(RECONCILER.plan(CLUSTER, wanted, List.of(observed), Map.of("a", memory), Set.of(), NOW));
    }

    @ParameterizedTest
    @EnumSource(
            value = ContainerState.class,
            names = {"RUNNING", "PAUSED"})
    @DisplayName("what failed its check for the last time has failed once its container has ended, not before")
    void endsFirst(ContainerState state) {
        AssignmentSet wanted = tried(RestartSpec.Condition.ALWAYS, 1);
        InstanceMemory sick = RUNS.withEnds(List.of(NOW.minusSeconds(20)))
                .checked(new Check(Health.UNHEALTHY, "health check: no"), NOW);
        Action decided = next(wanted, sick, container("c1", "a", ContainerState.RUNNING, HASH));
        String words = "health check: no; restart.attempts, 1 within 10m, are used up";
        for (Action action : List.of(
                decided,
                next(wanted, decided.memory(), container("c1", "a", state, HASH)),
                // an engine that does not answer, or can't do it, is asked again
                next(
                        wanted,
                        decided.memory().unanswered("no answer", NOW.minusSeconds(2), BACK_OFF),
                        container("c1", "a", state, HASH)),
                next(
                        wanted,
                        decided.memory().notRemoved("no", NOW.minusSeconds(2), BACK_OFF),
                        container("c1", "a", state, HASH)))) {
            assertThat(action.step()).isEqualTo(ActionKind.STOP);
            assertThat(action.memory().state()).isEqualTo(InstanceState.RUNNING);
            assertThat(action.memory().failing()).isTrue();
            assertThat(action.memory().ends()).hasSize(2);
            assertThat(next(wanted, action.memory(), container("c1", "a", ContainerState.EXITED, HASH)))
                    .satisfies(over -> {
                        assertThat(over.step()).isEqualTo(ActionKind.WAIT);
                        assertThat(over.memory().state()).isEqualTo(InstanceState.FAILED);
                        assertThat(over.memory().reason()).isEqualTo(words);
                        assertThat(over.memory().failing()).isTrue();
                        assertThat(over.memory().check().health()).isEqualTo(Health.UNHEALTHY);
                    });
        }
        assertThat(decided.memory().reason()).isEqualTo(words + "; what is left of it is being ended");
        // the engine's list is late
        Action waits = next(
                wanted, decided.memory().halted(NOW, BACK_OFF), container("c1", "a", ContainerState.RUNNING, HASH));
        assertThat(waits.step()).isEqualTo(ActionKind.WAIT);
        assertThat(waits.memory().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(next(wanted, waits.memory()).memory().state()).isEqualTo(InstanceState.FAILED);
    }

    @Test
    @DisplayName("what ended for the last time has failed once nothing beside its container runs, not before")
    void partsFirst() {
        ContainerSnapshot exited = new ContainerSnapshot(
                "c1", "knit-a", ContainerState.EXITED, labels(CLUSTER, "a", HASH), "exit code 3", 0);
        ContainerSnapshot part = new ContainerSnapshot(
                "c2",
                "knit-a-log",
                ContainerState.RUNNING,
                Map.of(
                        KnitLabels.CLUSTER, CLUSTER,
                        KnitLabels.INSTANCE, "a",
                        KnitLabels.PART, "log",
                        KnitLabels.MAIN, "c1"),
                null,
                0);
        AssignmentSet wanted = tried(RestartSpec.Condition.NEVER, 0);
        Action clears = next(wanted, RUNS, exited, part);
        assertThat(clears.step()).isEqualTo(ActionKind.TEND);
        assertThat(clears.memory().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(clears.memory().failing()).isTrue();
        assertThat(next(wanted, clears.memory(), exited, part).memory().state()).isEqualTo(InstanceState.RUNNING);
        InstanceMemory over = next(wanted, clears.memory(), exited).memory();
        assertThat(over.state()).isEqualTo(InstanceState.FAILED);
        assertThat(over.words())
                .isEqualTo("ended with exit code 3; restart.condition is never, so it is not started again");
        assertThat(over.exitCode()).isEqualTo(exited.exitCode());
    }

    private static Action only(NodePlan plan) {
        assertThat(plan.actions()).hasSize(1);
        return plan.actions().get(0);
    }
}
