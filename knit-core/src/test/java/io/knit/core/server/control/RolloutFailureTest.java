package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Observed;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.state.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rollouts of what fails: what counts as a failure, and whether it goes back, pauses or goes on. */
class RolloutFailureTest extends RolloutStage {
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
}
