package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Command;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Liveness;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.state.Change;
import io.knit.core.server.view.Explanations;
import io.knit.core.server.view.Views;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An instance for each node, by the pure controller. */
class GlobalTest {
    /** Images whose containers end as soon as they are started. */
    private final Set<Integer> broken = new HashSet<>();

    private final Set<DeploymentStatus> seen = new HashSet<>();
    private int mostAtOnce;
    private int fewest = Integer.MAX_VALUE;
    private final PureCluster cluster = new PureCluster(this::says, this::count);

    GlobalTest() {
        cluster.join(node("n1", Map.of("zone", "a")));
        cluster.join(node("n2", Map.of("zone", "a")));
        cluster.join(node("n3", Map.of("zone", "b")));
    }

    private @Nullable Observed says(Instance instance, Instant now) {
        if (instance.observed().state() != null) {
            return null;
        }
        boolean ends = broken.contains(instance.revision());
        Observed first = new Observed(InstanceState.RUNNING, ends ? "it ended with exit code 3" : "", 0, ends, 1, now);
        return ends ? first.healthySince(Instant.EPOCH) : first;
    }

    private void count() {
        if (cluster.state().deployment("log") != null) {
            seen.add(status());
        }
        List<Instance> live = live();
        mostAtOnce = (int) Math.max(
                mostAtOnce, live.stream().filter(it -> it.node() != null).count());
        fewest =
                (int) Math.min(fewest, live.stream().filter(Instance::isHealthy).count());
        live.stream()
                .filter(it -> it.node() != null)
                .forEach(it -> assertThat(it.node()).as(it.id()).isEqualTo(it.key()));
    }

    private static DeploymentSpecBuilder log(String image) {
        return DeploymentSpec.builder("log", image).mode(Mode.GLOBAL);
    }

    private void deploy(DeploymentSpecBuilder spec) {
        cluster.run(new Command.Deploy(spec.build(), null));
        cluster.settle();
    }

    private List<Instance> live() {
        return cluster.instances("log").stream().filter(Instance::isLive).toList();
    }

    /** By node, the revision of what runs there. */
    private Map<String, Integer> running() {
        return live().stream()
                .filter(it -> it.state() == InstanceState.RUNNING)
                .collect(
                        Collectors.toMap(it -> String.valueOf(it.node()), Instance::revision, Math::max, TreeMap::new));
    }

    private DeploymentStatus status() {
        return Views.deployment(cluster.state(), cluster.deployment("log")).status();
    }

    private void wish(String node, NodeWish.Availability availability) {
        cluster.run(new Command.SetAvailability(node, availability));
        cluster.settle();
    }

    @Test
    void eachNodeHasOne() {
        deploy(log("log:1"));

        assertThat(running()).isEqualTo(Map.of("n1", 1, "n2", 1, "n3", 1));
        assertThat(live()).extracting(Instance::slot).as("as templates count").containsExactlyInAnyOrder(0, 1, 2);
        assertThat(cluster.deployment("log").rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(cluster.deployment("log").rollout().healthy()).isEqualTo(1);
        assertThat(status()).isEqualTo(DeploymentStatus.RUNNING);
    }

    @Test
    void onlyTheNodesThatMatch() {
        deploy(log("log:1").nodeSelector("zone", "a"));

        assertThat(running()).containsOnlyKeys("n1", "n2");
        assertThat(status()).isEqualTo(DeploymentStatus.RUNNING);
    }

    @Test
    void whoJoinsGetsOneAndWhoIsForgottenLosesIt() {
        deploy(log("log:1"));
        cluster.join(node("n4", Map.of()));
        cluster.settle();
        assertThat(running()).containsOnlyKeys("n1", "n2", "n3", "n4");

        cluster.judge("n1", NodeState.DOWN);
        cluster.settle();
        assertThat(running()).containsOnlyKeys("n2", "n3", "n4");
        cluster.run(new Command.ForgetNode("n1"));
        cluster.settle();
        assertThat(live()).extracting(Instance::key).containsExactlyInAnyOrder("n2", "n3", "n4");

        cluster.join(node("n5", Map.of()));
        cluster.settle();
        assertThat(live()).extracting(Instance::slot).as("the free number").containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void aNodeThatIsDownIsReplacedNowhereAndKeepsItsOwn() {
        deploy(log("log:1"));
        String id = live().stream()
                .filter(it -> "n2".equals(it.key()))
                .findFirst()
                .orElseThrow()
                .id();
        cluster.judge("n2", NodeState.DOWN);
        cluster.settle();

        assertThat(cluster.instances("log")).hasSize(3);
        assertThat(cluster.state().instance(id)).satisfies(lost -> {
            assertThat(lost.state()).isEqualTo(InstanceState.LOST);
            assertThat(lost.order()).isEqualTo(Order.RUN);
        });
        assertThat(status()).isEqualTo(DeploymentStatus.RUNNING);

        cluster.judge("n2", NodeState.READY);
        cluster.settle();
        assertThat(running()).containsOnlyKeys("n1", "n2", "n3");
        assertThat(cluster.state().instance(id)).extracting(Instance::state).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void aRolloutGoesOnWithoutANodeThatIsDownWhichFollowsWhenItIsBack() {
        deploy(log("log:1"));
        cluster.judge("n2", NodeState.DOWN);
        deploy(log("log:2"));

        assertThat(running()).isEqualTo(Map.of("n1", 2, "n3", 2));
        assertThat(cluster.deployment("log").rollout().phase()).isEqualTo(Phase.DONE);
        cluster.judge("n2", NodeState.READY);
        cluster.settle();
        assertThat(running()).isEqualTo(Map.of("n1", 2, "n2", 2, "n3", 2));
        assertThat(cluster.instances("log")).hasSize(3);
    }

    @Test
    void aRolloutKeepsToItsRules() {
        Update rules = Update.DEFAULT.withOrder(UpdateOrder.STOP_FIRST).withMaxParallel(2);
        deploy(log("log:1").update(rules));
        fewest = Integer.MAX_VALUE;
        mostAtOnce = 0;
        deploy(log("log:2").update(rules));

        assertThat(running()).isEqualTo(Map.of("n1", 2, "n2", 2, "n3", 2));
        assertThat(fewest).isEqualTo(1);
        assertThat(mostAtOnce).isEqualTo(3);
    }

    @Test
    void whereBothFitTheOldOneRunsUntilTheNewOneIsHealthy() {
        deploy(log("log:1"));
        fewest = Integer.MAX_VALUE;
        mostAtOnce = 0;
        deploy(log("log:2"));

        assertThat(running()).isEqualTo(Map.of("n1", 2, "n2", 2, "n3", 2));
        assertThat(fewest).isEqualTo(3);
        assertThat(mostAtOnce).isEqualTo(4);
    }

    @Test
    void aRevisionThatFailsGoesBack() {
        deploy(log("log:1"));
        List<String> before = live().stream().map(Instance::id).toList();
        broken.add(2);
        deploy(log("log:2"));

        assertThat(cluster.deployment("log").spec().image()).isEqualTo("log:1");
        assertThat(cluster.deployment("log").spec().mode()).isEqualTo(Mode.GLOBAL);
        assertThat(live()).extracting(Instance::id).containsExactlyInAnyOrderElementsOf(before);
        assertThat(cluster.deployment("log").rollout().reason()).contains("revision 2 failed", "went back");
    }

    @Test
    void aPausedNodeKeepsWhatItHasAndGetsNone() {
        deploy(log("log:1"));
        wish("n2", NodeWish.Availability.PAUSED);
        deploy(log("log:2"));
        assertThat(running()).isEqualTo(Map.of("n1", 2, "n2", 1, "n3", 2));
        assertThat(cluster.deployment("log").rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(status()).as("nothing more is to come").isEqualTo(DeploymentStatus.RUNNING);

        seen.clear();
        wish("n2", NodeWish.Availability.ACTIVE);
        assertThat(seen).as("its own turn has come").contains(DeploymentStatus.DEPLOYING);
        assertThat(running()).isEqualTo(Map.of("n1", 2, "n2", 2, "n3", 2));
        assertThat(status()).isEqualTo(DeploymentStatus.RUNNING);
    }

    @Test
    void aDrainedNodeLosesItsOwnLast() {
        deploy(log("log:1"));
        // nowhere else to go
        cluster.run(new Command.Deploy(
                DeploymentSpec.builder("web", "web:1").nodeSelector("zone", "b").build(), null));
        cluster.settle();
        wish("n3", NodeWish.Availability.DRAINED);
        assertThat(running()).as("web is still there").containsOnlyKeys("n1", "n2", "n3");

        cluster.run(new Command.Undeploy("web", null));
        cluster.settle();
        assertThat(cluster.instances("web")).isEmpty();
        assertThat(running()).containsOnlyKeys("n1", "n2");

        wish("n3", NodeWish.Availability.ACTIVE);
        assertThat(running()).containsOnlyKeys("n1", "n2", "n3");
    }

    @Test
    void aNodeThatNoLongerMatchesLosesIt() {
        deploy(log("log:1").nodeSelector("zone", "a"));
        cluster.run(new Command.LabelNode("n1", Map.of("zone", "c")));
        assertThat(running()).containsOnlyKeys("n2");
        cluster.run(new Command.LabelNode("n3", Map.of("zone", "a")));
        assertThat(running()).containsOnlyKeys("n2", "n3");
    }

    @Test
    void anInstanceThatDoesNotFitWaitsForItsNodeAlone() {
        cluster.run(new Command.Deploy(
                DeploymentSpec.builder("big", "big:1")
                        .nodeSelector("zone", "b")
                        .port(new PortSpec(null, 8080, 80, Protocol.TCP))
                        .build(),
                null));
        deploy(log("log:1").port(new PortSpec(null, 8080, 80, Protocol.TCP)));

        assertThat(running()).containsOnlyKeys("n1", "n2");
        assertThat(status()).isEqualTo(DeploymentStatus.PENDING);
        Instance waits = Views.deployment(cluster.state(), cluster.deployment("log")).instances().stream()
                .filter(it -> it.state() == InstanceState.PENDING)
                .findFirst()
                .orElseThrow();
        assertThat(waits.key()).isEqualTo("n3");
        assertThat(waits.reason())
                .startsWith("no node fits (1 node looked at): n3 ")
                .doesNotContain("n1", "n2");

        assertThat(new Explanations(cluster.state(), List.of(), List.of(), node -> Liveness.UNKNOWN)
                        .of("log")
                        .waits())
                .singleElement()
                .satisfies(wait -> {
                    assertThat(wait.nodes()).as("nobody else is asked").hasSize(1);
                    assertThat(wait.nodes().get(0).node()).isEqualTo("n3");
                });

        cluster.run(new Command.Undeploy("big", null));
        cluster.settle();
        assertThat(running()).containsOnlyKeys("n1", "n2", "n3");
    }

    @Test
    void ofThoseThatWaitEachSaysWhatItsOwnNodeHasAgainstIt() {
        cluster.join(node("n4", Map.of("zone", "d")));
        for (String zone : List.of("b", "d")) {
            cluster.run(new Command.Deploy(
                    DeploymentSpec.builder("big-" + zone, "big:1")
                            .nodeSelector("zone", zone)
                            .port(new PortSpec(null, 8080, 80, Protocol.TCP))
                            .build(),
                    null));
        }
        deploy(log("log:1").port(new PortSpec(null, 8080, 80, Protocol.TCP)));

        assertThat(Views.deployment(cluster.state(), cluster.deployment("log")).instances())
                .filteredOn(it -> it.state() == InstanceState.PENDING)
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.reason()).contains(": " + it.key() + " has host port"));
    }

    @Test
    void whatANodeRejectedItIsAskedForAgainLater() {
        deploy(log("log:1"));
        Instance one =
                live().stream().filter(it -> "n1".equals(it.key())).findFirst().orElseThrow();
        cluster.put(List.of(new Change.PutObserved(
                one.id(), new Observed(InstanceState.FAILED, "it ended 3 times", 3, true, 2, cluster.now()))));
        assertThat(running()).containsOnlyKeys("n2", "n3");
        assertThat(cluster.goOn()).isTrue();
        assertThat(running()).containsOnlyKeys("n1", "n2", "n3");
    }

    @Test
    void undeployedNothingIsLeft() {
        deploy(log("log:1"));
        cluster.run(new Command.Undeploy("log", null));
        assertThat(cluster.state().deployment("log")).isNull();
        assertThat(cluster.state().instances()).isEmpty();
    }

    @Test
    void planningTwiceChangesNothing() {
        deploy(log("log:1"));
        var before = cluster.state();
        cluster.put(List.of(new Change.PutDeployment(cluster.deployment("log"))));
        assertThat(cluster.state().instances()).isEqualTo(before.instances());
    }

    @Test
    void itCannotBeScaledNorBecomeAnother() {
        deploy(log("log:1"));
        assertThatThrownBy(() -> cluster.run(new Command.Scale("log", 3, null)))
                .isInstanceOf(KnitException.class)
                .hasMessage(
                        "log has the mode global, an instance for each node that is as it wants it; change its node_selector or constraints instead");
        assertThatThrownBy(() -> deploy(DeploymentSpec.builder("log", "log:1")))
                .isInstanceOf(KnitException.class)
                .hasMessage(
                        "log has the mode global and can't become replicated; undeploy it first, or give the other one another name");
    }
}
