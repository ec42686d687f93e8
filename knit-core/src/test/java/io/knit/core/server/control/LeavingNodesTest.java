package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Resources;
import io.knit.api.model.Strategy;
import io.knit.api.model.Update;
import io.knit.core.server.Fixtures;
import io.knit.core.server.command.Commands;
import io.knit.core.server.state.Change;
import io.knit.core.spec.SpecTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How instances leave nodes that are drained, or that others have more room than: one after the other, as in a rollout. */
class LeavingNodesTest extends RolloutStage {
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
}
