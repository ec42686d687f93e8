package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.api.model.Resources;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.Fixtures;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole rollouts: in which order and how fast the new takes the place of the old, and that nobody lacks meanwhile. */
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

    /** Its successor was made when nothing worked, and came after it. */
    @ParameterizedTest
    @EnumSource(names = {"AUTO", "START_FIRST"})
    void whatIsBackStaysUntilItsSuccessorWorks(UpdateOrder order) {
        List<Node> nodes = Stream.of("n1", "n2", "n3")
                .map(id -> node(id, Map.of()))
                .map(it -> it.with(Fixtures.able(it.facts(), List.of(Features.PREPARE))))
                .toList();
        apply(nodes.stream().<Change>map(Change.PutNode::new).toList());
        healthyWith(1, FAST.withOrder(order));
        Instance old = instances().get(0);
        step(
                nodes.stream()
                        .<Change>map(it -> new Change.PutNode(node(it.id(), NodeState.DOWN, Map.of(), null)))
                        .toList(),
                Set.of());
        deploy(spec("web:2", FAST.withOrder(order), 1));
        assertThat(instances()).hasSize(2).noneMatch(Instance::isHealthy);

        List<Change> back =
                new ArrayList<>(nodes.stream().<Change>map(Change.PutNode::new).toList());
        Instance lost = Objects.requireNonNull(state.instance(old.id()));
        back.add(new Change.PutInstance(lost.found(now, state.served())));
        fewest = Integer.MAX_VALUE;
        step(back, Set.of());
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 1L));
        assertThat(fewest).isEqualTo(1);
    }

    /** Its successor is made ready to come after it, for nothing was to be lost with it; there is room for both. */
    @Test
    void whatWorksAgainStaysUntilItsSuccessorWorks() {
        Node able = node("n1", Map.of());
        able = able.with(Fixtures.able(able.facts(), List.of(Features.PREPARE)));
        apply(List.of(
                new Change.PutNode(able),
                new Change.PutNode(node("n2", NodeState.DOWN, Map.of(), null)),
                new Change.PutNode(node("n3", NodeState.DOWN, Map.of(), null))));
        Update rules = FAST.withOrder(UpdateOrder.AUTO);
        healthyWith(1, rules);
        Instance old = instances().get(0);
        Node silent = able.with(new NodeWish(NodeWish.Availability.PAUSED, Map.of()));
        step(List.of(new Change.PutNode(silent), said(old, true)), Set.of());
        deploy(spec("web:2", rules, 1));
        step(List.of(new Change.PutNode(able)), Set.of());
        assertThat(instances()).filteredOn(RolloutTest::isToBeReady).hasSize(1);

        fewest = Integer.MAX_VALUE;
        step(List.of(said(Objects.requireNonNull(state.instance(old.id())), false)), Set.of());
        settle();
        assertThat(byRevision()).isEqualTo(Map.of(2, 1L));
        assertThat(fewest).isEqualTo(1);
        assertThat(most).isEqualTo(2);
    }

    private Change said(Instance instance, boolean failing) {
        Observed said = new Observed(
                InstanceState.RUNNING, "", 1, failing, instance.observed().seq() + 1, now);
        return new Change.PutObserved(instance.id(), said.healthySince(failing ? Instant.EPOCH : state.served()));
    }

    private static boolean isToBeReady(Instance instance) {
        Preparation preparation = instance.preparation();
        return preparation != null && !preparation.done();
    }

    private static DeploymentSpec filling(String image) {
        return DeploymentSpec.builder("web", image)
                .replicas(3)
                .resources(Resources.DEFAULT.withCpu(1_500))
                .update(FAST.withOrder(UpdateOrder.AUTO))
                .build();
    }

    /** Each fills its node: the old one's room is what the new one is to have, and it is not asked for another beside it again and again. */
    @Test
    void whatHasNoRoomBesideTheOldOneComesAfterIt() {
        List<String> all = new ArrayList<>(SpecTable.features());
        all.add(Features.PREPARE);
        for (String id : List.of("n1", "n2", "n3")) {
            Node able = node(id, Map.of());
            apply(List.of(new Change.PutNode(able.with(Fixtures.able(able.facts(), all)))));
        }
        deploy(filling("web:1"));
        settle();
        assertThat(instances()).hasSize(3).allMatch(Instance::isHealthy);
        deploy(filling("web:2"));
        assertThat(instances()).anyMatch(RolloutTest::isToBeReady);
        Outcome look = ControlLoop.decide(new Question(state, state, List.of(), Set.of("web"), 1_000, now), ids);
        assertThat(look.changes()).noneMatch(Change::isStored);
        for (int i = 0; i < 60 && byRevision().get(1) != null; i++) {
            List<Change> ready = instances().stream()
                    .filter(RolloutTest::isToBeReady)
                    .<Change>map(it -> new Change.PutInstance(it.prepared(state.served())))
                    .toList();
            if (ready.isEmpty()) {
                goOn();
            } else {
                step(ready, Set.of());
            }
        }
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
        assertThat(instances()).allMatch(Instance::isHealthy);
        assertThat(most).isEqualTo(3);
        assertThat(fewest).isEqualTo(2);
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
    void moreOfTheSameIsNoRolloutThatCouldFail() {
        healthyWith(2, FAST);
        deploy(spec("web:1", FAST, 3));
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        settle();
        assertThat(rollout().healthy()).isEqualTo(2);
        assertThat(byRevision()).isEqualTo(Map.of(2, 3L));
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
