package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a drain leaves as it is, and what it does not hold up; how nodes are left is {@link LeavingNodesTest}'s. */
class DrainTest {
    /** By slot; with what its program ends as soon as it runs. */
    private final Map<Integer, Integer> codes = new HashMap<>();

    private final List<String> started = new ArrayList<>();
    /** Where nothing that is started ever runs. */
    private @Nullable String slow;

    private final PureCluster cluster = new PureCluster(this::says, () -> {});

    private @Nullable Observed says(Instance instance, Instant now) {
        if (instance.observed().state() == null) {
            started.add(instance.id());
            boolean starts = Objects.equals(slow, instance.node());
            InstanceState first = starts ? InstanceState.STARTING : InstanceState.RUNNING;
            Observed said = new Observed(first, "", 0, false, 1, now);
            return starts ? said.healthySince(Instant.EPOCH) : said;
        }
        Integer code = codes.get(instance.slot());
        return code != null && instance.observed().state() == InstanceState.RUNNING
                ? new Observed(InstanceState.FAILED, "ended with exit code " + code, 0, code != 0, 2, now)
                        .healthySince(Instant.EPOCH)
                : null;
    }

    @BeforeEach
    void join() {
        for (String id : List.of("n1", "n2", "n3")) {
            Node plain = node(id, Map.of());
            cluster.join(plain.with(able(plain.facts(), List.copyOf(SpecTable.features()))));
        }
    }

    private static DeploymentSpecBuilder web() {
        return DeploymentSpec.builder("web", "web:1");
    }

    private static DeploymentSpecBuilder once() {
        return web().replicas(2).restart(RestartSpec.ONCE);
    }

    private void deploy(DeploymentSpecBuilder spec) {
        cluster.run(new Command.Deploy(spec.build(), null));
        cluster.settle();
    }

    private Instance in(int slot) {
        return cluster.instances("web").stream()
                .filter(it -> it.slot() == slot && it.node() != null)
                .findFirst()
                .orElseThrow();
    }

    private String drain(int slot) {
        String node = Objects.requireNonNull(in(slot).node());
        cluster.run(new Command.SetAvailability(node, NodeWish.Availability.DRAINED));
        cluster.settle();
        return node;
    }

    @ParameterizedTest(name = "exit code {0}")
    @ValueSource(ints = {0, 1})
    void whatEndedForGoodIsNotRunAgainElsewhere(int code) {
        codes.put(0, code);
        codes.put(1, code);
        deploy(once());
        List<Instance> ended = cluster.instances("web");
        assertThat(ended).hasSize(2).allMatch(Instance::isOver);

        drain(0);
        drain(1);
        assertThat(cluster.instances("web")).isEqualTo(ended);
        assertThat(started).hasSize(2);
    }

    @Test
    @DisplayName("what ended for good on each node is not run again on one that is drained and back")
    void eachNodeRunsItOnce() {
        codes.put(0, 0);
        codes.put(1, 0);
        codes.put(2, 0);
        deploy(web().mode(Mode.GLOBAL).restart(RestartSpec.ONCE));
        List<Instance> ended = cluster.instances("web");
        assertThat(ended).hasSize(3).allMatch(Instance::isOver);

        String left = drain(0);
        assertThat(cluster.instances("web")).isEqualTo(ended);
        cluster.run(new Command.SetAvailability(left, NodeWish.Availability.ACTIVE));
        cluster.settle();
        assertThat(cluster.instances("web")).isEqualTo(ended);
        assertThat(started).hasSize(3);

        drain(0);
        deploy(DeploymentSpec.builder("web", "web:2").mode(Mode.GLOBAL).restart(RestartSpec.ONCE));
        assertThat(started).as("a new revision runs where it may").hasSize(5);
    }

    @Test
    @DisplayName("one that failed for good takes no turn: the others leave their nodes")
    void aFailureTakesNoTurn() {
        codes.put(0, 1);
        deploy(once());
        String left = drain(1);

        assertThat(in(1).isHealthy()).isTrue();
        assertThat(in(1).node()).isNotEqualTo(left);
        assertThat(in(0).isOver()).isTrue();
    }

    @Test
    @DisplayName("where one slot stays on its node for its volume, others are filled")
    void aSlotThatStaysHoldsUpNoEmptyOne() {
        DeploymentSpecBuilder db = web().volume(VolumeSpec.named("data", "/data"));
        deploy(db);
        String stays = drain(0);
        assertThat(in(0).node()).as("its volume is there").isEqualTo(stays);

        deploy(db.replicas(2));
        assertThat(in(1).isHealthy()).isTrue();
        assertThat(in(0).node()).isEqualTo(stays);
    }

    @Test
    @DisplayName("after a drain that is called off nobody runs on for another that is gone")
    void calledOff() {
        deploy(web().update(Update.DEFAULT.withOrder(UpdateOrder.START_FIRST)));
        Instance first = in(0);
        for (String id : List.of("n1", "n2", "n3")) {
            slow = id.equals(first.node()) ? slow : id;
        }
        for (String id : List.of("n1", "n2", "n3")) {
            if (!id.equals(first.node()) && !id.equals(slow)) {
                cluster.run(new Command.SetAvailability(id, NodeWish.Availability.PAUSED));
            }
        }
        cluster.run(new Command.SetAvailability(Objects.requireNonNull(first.node()), NodeWish.Availability.DRAINED));
        assertThat(in(0).until()).isNotNull();

        cluster.run(new Command.SetAvailability(Objects.requireNonNull(first.node()), NodeWish.Availability.ACTIVE));
        cluster.settle();
        assertThat(cluster.instances("web")).singleElement().satisfies(it -> {
            assertThat(it.id()).isEqualTo(first.id());
            assertThat(it.until()).isNull();
        });
    }
}
