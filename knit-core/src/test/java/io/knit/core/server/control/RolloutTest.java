package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.OnFailure;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.Resources;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Strategy;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.Fixtures;
import io.knit.core.server.command.Commands;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole rollouts, by the pure controller and nodes that start and stop at once what they are told. */
class RolloutTest extends RolloutStage {
    @ParameterizedTest(name = "{0} replicas, {1} at once, {2}, spread by \"{3}\"")
    @CsvSource({
        "3, 1, START_FIRST, ''",
        "3, 2, START_FIRST, ''",
        "6, 1, START_FIRST, ''",
        "6, 2, START_FIRST, ''",
        "6, 6, START_FIRST, ''",
        "6, 1, STOP_FIRST, ''",
        "3, 1, START_FIRST, zone",
        "6, 2, START_FIRST, zone",
        "4, 1, START_FIRST, zone"
    })
    void whatWasEvenIsEvenAfterwards(int replicas, int atOnce, UpdateOrder order, String spreadBy) {
        apply(List.of(
                new Change.PutNode(node("n1", Map.of("zone", "a"))),
                new Change.PutNode(node("n2", Map.of("zone", "b"))),
                new Change.PutNode(node("n3", Map.of("zone", spreadBy.isEmpty() ? "c" : "b")))));
        Update rules = FAST.withOrder(order).withMaxParallel(atOnce);
        for (int revision = 1; revision <= 4; revision++) {
            deploy(DeploymentSpec.builder("web", "web:" + revision)
                    .replicas(replicas)
                    .spreadBy(spreadBy)
                    .update(rules)
                    .build());
            settle();

            assertThat(instances()).hasSize(replicas).allMatch(Instance::isHealthy);
            Map<String, Long> counts = instances().stream()
                    .collect(Collectors.groupingBy(
                            it -> spreadBy.isEmpty() || "n1".equals(it.node()) ? String.valueOf(it.node()) : "zone b",
                            TreeMap::new,
                            Collectors.counting()));
            long places = spreadBy.isEmpty() ? 3 : 2;
            assertThat(counts.values())
                    .as("revision %s: %s", revision, counts)
                    .hasSize((int) places)
                    .allMatch(it -> it >= replicas / places && it <= (replicas + places - 1) / places);
        }
    }

    @Test
    void whatWorksIsNotStoppedForWhatWouldFitNoBetterWithoutIt() {
        healthyWith(2, FAST);
        List<String> names = List.of("n1", "n2", "n3");
        step(
                names.stream()
                        .<Change>map(it -> new Change.PutNode(node(it, NodeState.SUSPECT, Map.of(), null)))
                        .toList(),
                Set.of());
        deploy(spec("web:2", FAST, 2));
        assertThat(byRevision()).containsEntry(1, 2L);

        step(
                names.stream()
                        .<Change>map(it -> new Change.PutNode(node(it, Map.of())))
                        .toList(),
                Set.of());
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 2L));
        assertThat(fewest).isEqualTo(2);
    }

    @Test
    void theOldOneRunsUntilTheNewOneWasHealthyForLongEnough() {
        healthyWith(3, FAST);
        Instant begun = now;
        deploy(spec("web:2", FAST, 3));

        assertThat(byRevision()).isEqualTo(Map.of(1, 3L, 2, 1L));
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
        assertThat(fewest).as("working at once").isEqualTo(3);
        assertThat(most).as("there at once").isEqualTo(4);
        assertThat(Duration.between(begun, now)).isEqualTo(Duration.ofSeconds(15));
        assertThat(rollout()).satisfies(done -> {
            assertThat(done.phase()).isEqualTo(Phase.DONE);
            assertThat(done.healthy()).isEqualTo(2);
            assertThat(done.from()).isEqualTo(1);
        });
    }

    @Test
    void asManyAtOnceAsTheRulesSay() {
        healthyWith(5, FAST.withMaxParallel(2));
        Instant begun = now;
        deploy(spec("web:2", FAST.withMaxParallel(2), 5));
        settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 5L));
        assertThat(most).isEqualTo(7);
        assertThat(fewest).isEqualTo(5);
        assertThat(Duration.between(begun, now)).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void stopFirstNeverHasTwo() {
        Update rules = FAST.withMaxParallel(2).withOrder(UpdateOrder.STOP_FIRST);
        healthyWith(5, rules);
        deploy(spec("web:2", rules, 5));
        settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 5L));
        assertThat(most).isEqualTo(5);
        assertThat(fewest).isEqualTo(3);
    }

    /** What waits for its image, to come after the old one, comes beside it by the rules of a newer revision. */
    @Test
    void startFirstCountsForWhatWaitsAlready() {
        for (String id : List.of("n1", "n2", "n3")) {
            Node able = node(id, Map.of());
            apply(List.of(new Change.PutNode(able.with(Fixtures.able(able.facts(), List.of(Features.PREPARE))))));
        }
        healthyWith(1, FAST);
        deploy(spec("web:2", FAST.withOrder(UpdateOrder.STOP_FIRST), 1));
        assertThat(instances()).anyMatch(it -> it.preparation() != null);
        List<String> before = instances().stream().map(Instance::id).toList();
        deploy(spec("web:2", FAST.withOrder(UpdateOrder.START_FIRST), 1));

        assertThat(instances()).extracting(Instance::id).isEqualTo(before);
        assertThat(instances()).allMatch(it -> it.node() != null && it.preparation() == null);
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(3, 1L));
        assertThat(fewest).isEqualTo(1);
    }

    @Test
    void aFixedHostPortIsNeverThereTwice() {
        DeploymentSpec first = DeploymentSpec.builder("web", "web:1")
                .port(new PortSpec(null, 8080, 80, io.knit.api.model.Protocol.TCP))
                .update(FAST)
                .build();
        deploy(first);
        settle();
        deploy(DeploymentSpec.builder("web", "web:2")
                .port(first.ports().get(0))
                .update(FAST)
                .build());
        settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 1L));
        assertThat(most).isEqualTo(1);
    }

    /** Each node has room for all of it. */
    @Test
    void aRelayedHostPortIsThereForTheOldAndTheNew() {
        PortSpec relayed = new PortSpec(null, 8080, 80, io.knit.api.model.Protocol.TCP, true, false);
        for (String id : List.of("n1", "n2", "n3")) {
            Node able = node(id, Map.of());
            apply(List.of(new Change.PutNode(able.with(Fixtures.able(able.facts(), SpecTable.features())))));
        }
        deploy(DeploymentSpec.builder("web", "web:1")
                .replicas(4)
                .port(relayed)
                .update(FAST)
                .build());
        settle();
        assertThat(instances()).hasSize(4).allMatch(Instance::isHealthy);
        deploy(DeploymentSpec.builder("web", "web:2")
                .replicas(4)
                .port(relayed)
                .update(FAST)
                .build());
        settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 4L));
        assertThat(most).isEqualTo(5);
        assertThat(fewest).isEqualTo(4);

        PortSpec plain = new PortSpec(null, 8080, 80, io.knit.api.model.Protocol.TCP);
        deploy(DeploymentSpec.builder("web", "web:3")
                .replicas(3)
                .port(plain)
                .update(FAST)
                .build());
        settle();
        // on each node the last that is relayed goes before one comes that is not
        assertThat(byRevision()).isEqualTo(Map.of(3, 3L));
        assertThat(instances()).allMatch(Instance::isHealthy);
    }

    @Test
    void aRevisionThatFailsGoesBackToTheLastThatWasHealthy() {
        healthyWith(3, FAST);
        List<String> before = instances().stream().map(Instance::id).toList();
        broken.add(2);
        deploy(spec("web:2", FAST, 3));
        settle();

        assertThat(web().revision()).isEqualTo(3);
        assertThat(web().spec().image()).isEqualTo("web:1");
        assertThat(instances()).extracting(Instance::id).containsExactlyInAnyOrderElementsOf(before);
        assertThat(fewest).isEqualTo(3);
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(rollout().healthy()).isEqualTo(3);
        assertThat(rollout().reason())
                .contains("revision 2 failed", "it ended with exit code 3")
                .endsWith("; went back to revision 1");
    }

    @Test
    void goingBackIsAtFullSpeed() {
        Update rules = FAST.withOrder(UpdateOrder.STOP_FIRST).withFailures(OnFailure.ROLLBACK, 2);
        healthyWith(6, rules);
        deploy(spec("web:2", rules, 6));
        goOn();
        goOn();
        goOn();
        assertThat(byRevision()).containsEntry(2, 4L);
        // what runs of it begins to fail
        List<Change> fails = instances().stream()
                .filter(i -> i.revision() == 2)
                .<Change>map(i -> new Change.PutObserved(
                        i.id(),
                        new Observed(InstanceState.RUNNING, "broke", 1, true, 2, now).healthySince(Instant.EPOCH)))
                .toList();
        Instant failed = now;
        step(fails, Set.of());

        assertThat(byRevision()).isEqualTo(Map.of(3, 6L));
        settle();
        assertThat(instances()).hasSize(6).allMatch(Instance::isHealthy);
        assertThat(Duration.between(failed, now)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void onFailureItCanPause() {
        Update rules = FAST.withFailures(OnFailure.PAUSE, 0);
        healthyWith(3, rules);
        broken.add(2);
        deploy(spec("web:2", rules, 3));
        settle();

        assertThat(rollout().phase()).isEqualTo(Phase.PAUSED);
        assertThat(rollout().failures()).isEqualTo(1);
        assertThat(rollout().reason()).startsWith("revision 2 failed: web-0-");
        assertThat(byRevision()).isEqualTo(Map.of(1, 3L, 2, 1L));
        assertThat(fewest).isEqualTo(3);
    }

    @Test
    void afterAFailureItGoesOnWhenSomebodySaysSo() {
        Update rules = FAST.withFailures(OnFailure.PAUSE, 0);
        healthyWith(3, rules);
        broken.add(2);
        deploy(spec("web:2", rules, 3));
        settle();
        broken.clear();
        Instance failed =
                instances().stream().filter(i -> i.revision() == 2).findFirst().orElseThrow();
        step(
                List.of(new Change.PutObserved(failed.id(), new Observed(InstanceState.RUNNING, "", 1, false, 2, now))),
                Set.of());
        settle();
        assertThat(rollout().phase()).isEqualTo(Phase.PAUSED);
        run(new Command.Resume("web", null));
        settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    void aPausedDeploymentIsNotReplacedAndMakesNoHaste() {
        healthyWith(3, FAST);
        run(new Command.Pause("web", null));
        deploy(spec("web:2", FAST, 3));
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(1, 3L));
        pass(Duration.ofHours(1));
        step(List.of(), Set.of("web"));
        assertThat(web().revision()).as("no progress is no failure meanwhile").isEqualTo(2);
        run(new Command.Resume("web", null));
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    void whoRollsBackWaitsForNoTurnsAndNoCanaries() {
        Update rules = FAST.withCanary(1, false);
        healthyWith(4, rules);
        deploy(spec("web:2", rules, 4));
        settle();
        run(new Command.Promote("web", null));
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 4L));
        run(new Command.Rollback("web", null, null));

        assertThat(byRevision()).isEqualTo(Map.of(3, 4L));
        settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(instances()).hasSize(4).allMatch(Instance::isHealthy);
    }

    @Test
    void aFirstRevisionHasNothingToGoBackToAndIsDoneWhenItWorks() {
        broken.add(1);
        deploy(spec("web:1", FAST, 2));
        settle();
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        assertThat(rollout().hasFailed()).isTrue();
        assertThat(rollout().reason()).startsWith("revision 1 failed: web-0-").endsWith(": it ended with exit code 3");
        assertThat(byRevision()).isEqualTo(Map.of(1, 2L));

        works();
        settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(rollout().healthy()).isEqualTo(1);
        assertThat(rollout().reason()).isEmpty();
    }

    /** All that is there works from now on. */
    private void works() {
        List<Change> works = instances().stream()
                .<Change>map(i -> new Change.PutObserved(
                        i.id(), new Observed(InstanceState.RUNNING, "", 1, false, 2, now).healthySince(state.served())))
                .toList();
        step(works, Set.of());
    }

    @ParameterizedTest
    @CsvSource({
        "ROLLBACK, 0, failed: web-0-",
        "PAUSE, 1, failed: web-0-",
        "ROLLBACK, 2, made no progress",
        "CONTINUE, 0, "
    })
    void aFirstRevisionIsJudgedByItsRules(OnFailure then, int most, @Nullable String words) {
        broken.add(1);
        deploy(spec("web:1", FAST.withFailures(then, most), 2));
        settle();
        assertThat(rollout().phase()).isEqualTo(then == OnFailure.CONTINUE ? Phase.DONE : Phase.MOVING);
        assertThat(rollout().reason()).startsWith(words == null ? "" : "revision 1 " + words);
        assertThat(rollout().hasFailed()).isEqualTo(words != null);
        assertThat(Duration.between(NOW, now)).isEqualTo(Duration.ofMinutes(most == 2 ? 10 : 0));
    }

    @Test
    void whatNoNodeTakesMakesNoProgressSinceTheLastSlotThatWasDone() {
        PortSpec fixed = new PortSpec(null, 8080, 80, Protocol.TCP);
        deploy(DeploymentSpec.builder("web", "web:1")
                .replicas(4)
                .port(fixed)
                .update(FAST)
                .build());
        settle();
        assertThat(rollout().reason()).isEqualTo("revision 1 made no progress within 10m");
        assertThat(Duration.between(NOW, now)).isEqualTo(Duration.ofMinutes(10).plusSeconds(5));
        assertThat(byRevision()).as("it goes on all the same").isEqualTo(Map.of(1, 4L));

        step(List.of(new Change.PutNode(node("n4", Map.of()))), Set.of());
        settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFirstRevisionThatFailedIsJudgedAnewOnceItIsResumedOrChanged(boolean resumed) {
        broken.add(1);
        deploy(spec("web:1", FAST, 2));
        settle();
        broken.clear();
        works();
        assertThat(rollout().hasFailed())
                .as("until it is done, or somebody does something")
                .isTrue();
        run(resumed ? new Command.Resume("web", null) : new Command.Scale("web", 3, null));
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        assertThat(rollout().hasFailed()).isFalse();
        settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    void aSecondRevisionThatFailsAsTheFirstDidPauses() {
        broken.addAll(Set.of(1, 2));
        deploy(spec("web:1", FAST, 2));
        deploy(spec("web:2", FAST, 2));
        settle();

        assertThat(web().revision()).isEqualTo(2);
        assertThat(rollout().phase()).isEqualTo(Phase.PAUSED);
        assertThat(rollout().reason()).startsWith("revision 2 failed: web-0-");
    }

    @Test
    void theRevisionThatWasHealthyLastIsGoneBackToHoweverManyFailedSince() {
        Update stops = FAST.withOrder(UpdateOrder.STOP_FIRST).withFailures(OnFailure.PAUSE, 0);
        healthyWith(1, stops);
        for (int number = 2; number <= 26; number++) {
            broken.add(number);
            deploy(spec("web:" + number, number < 26 ? stops : stops.withFailures(OnFailure.ROLLBACK, 0), 1));
            settle();
        }
        assertThat(web().spec().image()).isEqualTo("web:1");
        assertThat(rollout().reason()).endsWith("; went back to revision 1");
        assertThat(byRevision()).isEqualTo(Map.of(27, 1L));
        assertThat(rollout().healthy()).isEqualTo(27);
        assertThat(state.revisionsOf("web")).as("the newest 20, and that one").hasSizeBetween(21, 22);

        deploy(spec("web:28", stops, 1));
        settle();
        assertThat(state.revision("web", 1)).as("it is not the last any more").isNull();
    }

    @Test
    void onFailureItCanGoOn() {
        Update rules = FAST.withFailures(OnFailure.CONTINUE, 0);
        healthyWith(3, rules);
        broken.add(2);
        deploy(spec("web:2", rules, 3));
        settle();

        assertThat(byRevision().get(2)).isEqualTo(3L);
        assertThat(rollout().healthy()).as("it never was").isEqualTo(1);
    }

    @Test
    void fewerFailuresThanAllowedStopNothing() {
        Update rules = FAST.withFailures(OnFailure.ROLLBACK, 1).withMaxParallel(3);
        healthyWith(3, rules);
        deploy(spec("web:2", rules, 3));
        Instance one =
                instances().stream().filter(i -> i.revision() == 2).findFirst().orElseThrow();
        step(
                List.of(new Change.PutObserved(
                        one.id(),
                        new Observed(InstanceState.RUNNING, "broke", 1, true, 2, now).healthySince(Instant.EPOCH))),
                Set.of());
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        assertThat(rollout().failures()).isEqualTo(1);
        step(
                List.of(new Change.PutObserved(one.id(), new Observed(InstanceState.RUNNING, "", 1, false, 3, now))),
                Set.of());
        settle();
        assertThat(web().revision()).isEqualTo(2);
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    void failuresAreCountedThoughTheyComeOneAfterTheOther() {
        Update rules = FAST.withFailures(OnFailure.ROLLBACK, 1);
        healthyWith(3, rules);
        deploy(spec("web:2", rules, 3));
        String first = newest(Set.of());
        for (int times = 0; times < 2; times++) {
            step(List.of(said(first, true)), Set.of());
            assertThat(rollout().failures())
                    .as("what breaks again is no other one")
                    .isEqualTo(1);
            step(List.of(said(first, false)), Set.of());
        }
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);

        String second = newest(Set.of(first));
        step(List.of(said(second, true)), Set.of());

        assertThat(web().revision()).isEqualTo(3);
        assertThat(rollout().reason()).contains(second + " on ", "broke");
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(3, 3L));
    }

    /** The next of the new revision, once it is there. */
    private String newest(Set<String> known) {
        for (int i = 0; i < 200; i++) {
            Optional<String> found = instances().stream()
                    .filter(it -> it.revision() == 2 && it.node() != null)
                    .map(Instance::id)
                    .filter(id -> !known.contains(id))
                    .findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            assertThat(goOn()).isTrue();
        }
        throw new AssertionError("no instance more of the new revision came: " + instances());
    }

    private Change said(String id, boolean fails) {
        long seq = Objects.requireNonNull(state.instance(id)).observed().seq() + 1;
        Observed said = new Observed(InstanceState.RUNNING, fails ? "broke" : "", 1, fails, seq, now);
        return new Change.PutObserved(id, said.healthySince(fails ? Instant.EPOCH : state.served()));
    }

    @Test
    void canariesGoFirstAndTheOthersWaitForThePromotion() {
        Update rules = FAST.withCanary(2, false);
        healthyWith(5, rules);
        deploy(spec("web:2", rules, 5));
        settle();

        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        assertThat(rollout().reason()).isEqualTo("2 canaries are healthy; the others wait until it is promoted");
        assertThat(byRevision()).isEqualTo(Map.of(1, 3L, 2, 2L));

        run(new Command.Promote("web", null));
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 5L));
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    void canariesCanPromoteThemselves() {
        Update rules = FAST.withCanary(1, true);
        healthyWith(3, rules);
        deploy(spec("web:2", rules, 3));
        settle();

        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    void aRolloutWithoutProgressFails() {
        healthyWith(2, FAST);
        // fits nowhere
        deploy(DeploymentSpec.builder("web", "web:2")
                .replicas(2)
                .nodeSelector("zone", "moon")
                .update(FAST)
                .build());
        assertThat(web().revision()).isEqualTo(2);
        assertThat(fewest).isEqualTo(2);
        settle();

        assertThat(web().revision()).isEqualTo(3);
        assertThat(rollout().reason()).startsWith("revision 2 made no progress within 10m");
        assertThat(byRevision()).isEqualTo(Map.of(3, 2L));
        assertThat(fewest).isEqualTo(2);
    }

    @Test
    void whatNeverGetsHealthyFails() {
        Update rules = FAST.withDeadlines(Duration.ofSeconds(30), Duration.ofMinutes(10));
        healthyWith(2, rules);
        Instant begun = now;
        deploy(spec("web:2", rules, 2));
        Instance next =
                instances().stream().filter(i -> i.revision() == 2).findFirst().orElseThrow();
        step(
                List.of(new Change.PutObserved(
                        next.id(),
                        new Observed(
                                InstanceState.RUNNING,
                                "",
                                0,
                                false,
                                2,
                                now,
                                io.knit.api.model.Health.STARTING,
                                Instant.EPOCH))),
                Set.of());
        settle();

        assertThat(web().revision()).isEqualTo(3);
        assertThat(rollout().reason()).contains("it is not healthy after 30s");
        assertThat(Duration.between(begun, now)).isLessThan(Duration.ofMinutes(1));
    }

    /** Neither healthy nor failed: it starts. */
    private void starts(Instance instance) {
        Observed starting = new Observed(
                InstanceState.RUNNING, "", 0, false, 2, now, io.knit.api.model.Health.STARTING, Instant.EPOCH);
        step(List.of(new Change.PutObserved(instance.id(), starting)), Set.of());
    }

    @ParameterizedTest
    @ValueSource(longs = {60, -60, 100_000})
    void aClockThatIsSetEndsNoDeadline(long minutes) {
        Update rules = FAST.withDeadlines(Duration.ofSeconds(30), Duration.ofSeconds(60));
        healthyWith(2, rules);
        deploy(spec("web:2", rules, 2));
        Instance next =
                instances().stream().filter(i -> i.revision() == 2).findFirst().orElseThrow();
        pass(Duration.ofSeconds(10));
        now = now.plus(Duration.ofMinutes(minutes));
        starts(next);
        pass(Duration.ofSeconds(19));
        step(List.of(), Set.of("web"));
        assertThat(web().revision()).as("its deadline of 30 s is not over").isEqualTo(2);
        assertThat(byRevision()).isEqualTo(Map.of(1, 2L, 2, 1L));
        pass(Duration.ofSeconds(1));
        step(List.of(), Set.of("web"));
        assertThat(rollout().reason()).contains("it is not healthy after 30s");
    }

    @ParameterizedTest
    @ValueSource(longs = {60, -60})
    void aClockThatIsSetMakesNobodyWaitLongerOrLess(long minutes) {
        healthyWith(2, FAST);
        Instance failed = instances().get(0);
        broken.add(2);
        step(
                List.of(new Change.PutObserved(
                        failed.id(), new Observed(InstanceState.FAILED, "ended", 9, true, 2, now))),
                Set.of());
        now = now.plus(Duration.ofMinutes(minutes));
        Instant before = state.served();
        settle();
        assertThat(instances()).allMatch(Instance::isHealthy).hasSize(2);
        assertThat(Duration.between(before, state.served())).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void whatIsScaledUnderWayStaysScaledWhenItGoesBack() {
        healthyWith(2, FAST);
        broken.add(3);
        deploy(spec("web:1", FAST, 4));
        settle();
        deploy(spec("web:2", FAST, 4));
        settle();

        assertThat(web().spec().replicas()).isEqualTo(4);
        assertThat(web().spec().image()).isEqualTo("web:1");
        assertThat(instances()).hasSize(4).allMatch(Instance::isHealthy);
    }

    @Test
    void moreOfTheSameIsNoRolloutThatCouldFail() {
        healthyWith(2, FAST);
        deploy(spec("web:1", FAST, 3));
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        settle();
        assertThat(rollout().healthy()).isEqualTo(2);
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
    }

    @Test
    void aDrainedNodeIsLeftOneAfterTheOtherAndNeverBeforeTheNextRuns() {
        healthyWith(6, FAST);
        assertThat(state.instancesOn("n1")).hasSize(2);
        Node n1 = Objects.requireNonNull(state.node("n1"));
        step(List.of(new Change.PutNode(n1.with(new NodeWish(NodeWish.Availability.DRAINED, Map.of())))), Set.of());
        assertThat(state.instancesOn("n1")).hasSize(2);
        fewest = 6;
        settle();

        assertThat(state.instancesOn("n1")).isEmpty();
        assertThat(byRevision()).isEqualTo(Map.of(1, 6L));
        assertThat(fewest).isEqualTo(6);
        assertThat(most).isEqualTo(7);
    }

    @Test
    void whatFitsNowhereElseStaysOnADrainedNode() {
        deploy(DeploymentSpec.builder("web", "web:1")
                .nodeSelector("disk", "ssd")
                .update(FAST)
                .build());
        step(List.of(new Change.PutNode(node("n4", Map.of("disk", "ssd")))), Set.of());
        settle();
        Node n4 = Objects.requireNonNull(state.node("n4"));
        step(List.of(new Change.PutNode(n4.with(new NodeWish(NodeWish.Availability.DRAINED, Map.of())))), Set.of());
        assertThat(instances()).anyMatch(i -> "n4".equals(i.node()) && i.isHealthy());
    }

    @Test
    void whatFitsNowhereElseIsStoppedAtTheDeadlineOfADrain() {
        deploy(DeploymentSpec.builder("web", "web:1")
                .nodeSelector("disk", "ssd")
                .update(FAST)
                .build());
        step(List.of(new Change.PutNode(node("n4", Map.of("disk", "ssd")))), Set.of());
        settle();
        run(new Command.SetAvailability("n4", NodeWish.Availability.DRAINED, Duration.ofMinutes(10)));
        Instant deadline = now.plus(Duration.ofMinutes(10));
        assertThat(Objects.requireNonNull(state.node("n4")).wish().deadline()).isEqualTo(deadline);
        assertThat(alarms).containsEntry("web", deadline);
        goOn();

        assertThat(now).isEqualTo(deadline);
        assertThat(state.instancesOn("n4")).isEmpty();
        assertThat(instances()).singleElement().satisfies(it -> {
            assertThat(it.state()).isEqualTo(InstanceState.PENDING);
            assertThat(it.revision()).isEqualTo(1);
        });
        run(new Command.SetAvailability("n4", NodeWish.Availability.ACTIVE));
        settle();
        assertThat(instances()).singleElement().matches(it -> "n4".equals(it.node()) && it.isHealthy());
    }

    @Test
    void anActivatedNodeHasNoDeadline() {
        healthyWith(3, FAST);
        run(new Command.SetAvailability("n1", NodeWish.Availability.DRAINED, Duration.ofSeconds(2)));
        run(new Command.SetAvailability("n1", NodeWish.Availability.ACTIVE));
        assertThat(Objects.requireNonNull(state.node("n1")).wish().deadline()).isNull();
        Set<String> before = state.instancesOn("n1").keySet();
        pass(Duration.ofSeconds(3));
        step(List.of(), Set.of("web"));
        assertThat(state.instancesOn("n1").keySet()).isEqualTo(before);
    }

    @Test
    void theDeadlineOfADrainDoesNotWaitForTurnsOrMinHealthy() {
        healthyWith(9, Update.DEFAULT.withMinHealthy(Duration.ofMinutes(5)));
        assertThat(state.instancesOn("n1")).hasSize(3);
        run(new Command.SetAvailability("n1", NodeWish.Availability.DRAINED, Duration.ofSeconds(10)));
        goOn();
        assertThat(state.instancesOn("n1")).isEmpty();
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(1, 9L));
        assertThat(instances()).noneMatch(it -> "n1".equals(it.node()));
    }

    @Test
    void whatIsMovedIsHealthyElsewhereBeforeItStops() {
        healthyWith(6, FAST);
        step(List.of(new Change.PutNode(node("n4", Map.of())), new Change.PutNode(node("n5", Map.of()))), Set.of());
        assertThat(state.instancesOn("n4")).as("nothing moves by itself").isEmpty();
        fewest = 6;
        most = 6;
        run(new Command.Rebalance(10));
        settle();

        assertThat(state.instancesOn("n4")).hasSize(1);
        assertThat(state.instancesOn("n5")).hasSize(1);
        assertThat(byRevision()).isEqualTo(Map.of(1, 6L));
        assertThat(fewest).isEqualTo(6);
        assertThat(most).isEqualTo(7);
        assertThat(instances()).allMatch(it -> it.leaves() == null && it.until() == null);
        List<Change> again = Commands.decide(new Command.Rebalance(10), Caller.PROGRAM, state, now)
                .changes();
        assertThat(again).as("it has come to rest").isEmpty();
    }

    @Test
    void packedInstancesLeaveTheNodeThatIsFullerWhileBothAreThere() {
        for (String id : List.of("n1", "n2")) {
            Node able = node(id, Map.of());
            apply(List.of(new Change.PutNode(able.with(Fixtures.able(able.facts(), SpecTable.features())))));
        }
        apply(List.of(new Change.PutInstance(Fixtures.pending("db-0", "db", 1, 0)
                .placedOn("n1", List.of(), Resources.DEFAULT.withCpu(300).reserved(), now))));
        Resources half = Resources.DEFAULT.withCpu(500);
        deploy(DeploymentSpec.builder("web", "web:1")
                .update(FAST)
                .resources(half)
                .strategy(Strategy.BINPACK)
                .build());
        settle();
        Instance one = instances().get(0);
        assertThat(one.node()).isEqualTo("n1");
        apply(List.of(new Change.PutInstance(one.placedOn("n2", List.of(), half.reserved(), now))));
        run(new Command.Rebalance(10));
        settle();
        assertThat(instances()).singleElement().extracting(Instance::node).isEqualTo("n1");
    }

    @Test
    void planningTwiceChangesNothing() {
        healthyWith(3, FAST);
        deploy(spec("web:2", FAST, 3));
        for (int i = 0; i < 10; i++) {
            Outcome again = ControlLoop.decide(new Question(state, state, List.of(), Set.of("web"), 1_000, now), ids);
            assertThat(again.changes()).isEmpty();
            goOn();
        }
    }
}
