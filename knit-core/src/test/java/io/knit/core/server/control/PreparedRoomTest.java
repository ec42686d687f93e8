package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.Capacity;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.api.model.Resources;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.state.Change;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is stopped for a successor that is made ready first has one that then fits, by the pure controller. */
class PreparedRoomTest {
    private static final long GIB = 1L << 30;
    private static final Update STOP_FIRST =
            Update.DEFAULT.withOrder(UpdateOrder.STOP_FIRST).withMinHealthy(Duration.ZERO);

    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, this::look);

    private void look() {
        cluster.state().fleet().nodes().forEach(account -> {
            assertThat(account.free().cpu()).as(account.id()).isNotNegative();
            assertThat(account.free().memory()).as(account.id()).isNotNegative();
        });
    }

    /** @param features what its agent can do: none of these can make anything ready, so that it counts as ready at once */
    private void join(String id, int cpus, long gib, String... features) {
        NodeFacts facts = new NodeFacts(
                id,
                Map.of(),
                new Capacity(cpus, gib * GIB + GIB / 4),
                "docker 20.10.24",
                "0.1.0",
                null,
                null,
                "",
                Stream.concat(SpecTable.features().stream(), Stream.of(features))
                        .distinct()
                        .toList());
        cluster.join(node(id, NodeState.READY, facts));
    }

    private static DeploymentSpecBuilder spec(String name, int port) {
        return DeploymentSpec.builder(name, "app:1")
                .port(new PortSpec(null, port, 80, Protocol.TCP))
                .resources(Resources.DEFAULT.withMemory(2 * GIB));
    }

    private void deploy(DeploymentSpecBuilder spec) {
        cluster.run(new Command.Deploy(spec.build(), null));
    }

    private void drain(String id) {
        cluster.run(new Command.SetAvailability(id, NodeWish.Availability.DRAINED));
    }

    private long healthy(String name) {
        return cluster.instances(name).stream().filter(Instance::isHealthy).count();
    }

    private long healthyOn(String node) {
        return cluster.state().instancesOn(node).values().stream()
                .filter(it -> node.equals(it.node()) && it.isHealthy())
                .count();
    }

    private Instance waiting(String name) {
        return cluster.instances(name).stream()
                .filter(it -> it.node() == null)
                .findFirst()
                .orElseThrow();
    }

    /** Its node says that it is ready. */
    private void ready(Instance instance) {
        Instance present = Objects.requireNonNull(cluster.state().instance(instance.id()));
        cluster.put(
                List.of(new Change.PutInstance(present.prepared(cluster.state().served()))));
    }

    @Test
    @DisplayName("of two on a drained node one stays where the other node has room for one")
    void drained() {
        join("n1", 4, 8);
        deploy(spec("a", 8001));
        deploy(spec("b", 8002));
        join("n2", 4, 3);
        drain("n1");
        cluster.settle();

        assertThat(healthy("a")).isEqualTo(1);
        assertThat(healthy("b")).isEqualTo(1);
        assertThat(healthyOn("n1")).isEqualTo(1);
        assertThat(healthyOn("n2")).isEqualTo(1);
    }

    @Test
    @DisplayName("of two of one deployment, too, by how many may be on a node")
    void drainedOfOne() {
        join("n1", 4, 8);
        join("n3", 4, 8);
        deploy(DeploymentSpec.builder("web", "app:1").replicas(2).maxPerNode(1).update(STOP_FIRST.withMaxParallel(2)));
        join("n2", 4, 3);
        drain("n1");
        drain("n3");
        cluster.settle();

        assertThat(healthy("web")).isEqualTo(2);
        assertThat(healthyOn("n2")).isEqualTo(1);
    }

    @Test
    @DisplayName("nobody else takes the room while the image is fetched")
    void foreign() {
        join("n1", 4, 8, Features.PREPARE);
        deploy(spec("a", 8001));
        join("n2", 4, 3, Features.PREPARE);
        drain("n1");
        Instance next = waiting("a");
        assertThat(next.preparation()).isEqualTo(new Preparation("n2", false, true));
        deploy(spec("c", 9001));
        assertThat(waiting("c").reason()).isEmpty();
        deploy(DeploymentSpec.builder("d", "app:1").port(new PortSpec(null, 8001, 80, Protocol.TCP)));
        assertThat(healthy("d")).isZero();

        ready(next);
        assertThat(cluster.instances("a")).singleElement().matches(it -> "n2".equals(it.node()) && it.isHealthy());
        cluster.run(new Command.Undeploy("a", null));
        assertThat(healthy("c")).isEqualTo(1);
        assertThat(healthy("d")).isEqualTo(1);
    }

    @Test
    @DisplayName("on its predecessor's node what the new one needs more is kept for it, and given back with it")
    void more() {
        join("n1", 4, 5, Features.PREPARE);
        deploy(spec("a", 8001).update(STOP_FIRST));
        deploy(DeploymentSpec.builder("a", "app:2")
                .port(new PortSpec(null, 8002, 80, Protocol.TCP))
                .resources(Resources.DEFAULT.withMemory(3 * GIB))
                .update(STOP_FIRST));
        Instance next = waiting("a");
        assertThat(next.preparation()).isEqualTo(new Preparation("n1", false, false));
        assertThat(next.reserved().memory()).isEqualTo(GIB);
        deploy(spec("c", 9001).resources(Resources.DEFAULT.withMemory(3 * GIB)));
        deploy(DeploymentSpec.builder("d", "app:1").port(new PortSpec(null, 8002, 80, Protocol.TCP)));
        assertThat(healthy("c")).isZero();
        assertThat(healthy("d")).isZero();

        deploy(spec("a", 8001).update(STOP_FIRST));
        assertThat(healthy("a")).isEqualTo(1);
        assertThat(healthy("c")).isEqualTo(1);
        assertThat(healthy("d")).isEqualTo(1);
    }

    private enum Leaving {
        /** Its agent can't make anything ready. */
        AT_ONCE,
        REMOVED,
        FAILED
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "on its predecessor's node it has what that was stopped for, whoever waits there with a higher priority")
    void higher(Leaving how) {
        String[] features = how == Leaving.AT_ONCE ? new String[0] : new String[] {Features.PREPARE};
        join("n1", 4, 3, features);
        deploy(spec("b", 8001).update(STOP_FIRST));
        deploy(DeploymentSpec.builder("a", "app:1")
                .resources(Resources.DEFAULT.withMemory(2 * GIB))
                .priority(60));
        deploy(DeploymentSpec.builder("c", "app:1")
                .port(new PortSpec(null, 8001, 80, Protocol.TCP))
                .priority(60));
        assertThat(healthy("a") + healthy("c")).isZero();
        Instance old = cluster.instances("b").get(0);
        if (how == Leaving.FAILED) {
            cluster.slow.add(old.id());
        }
        deploy(spec("b", 8001).env("A", "2").update(STOP_FIRST));
        if (how != Leaving.AT_ONCE) {
            ready(waiting("b"));
        }
        if (how == Leaving.FAILED) {
            Observed failed =
                    new Observed(InstanceState.FAILED, "exit code 1", 0, true, old.statusSeq() + 1, cluster.now());
            cluster.put(List.of(new Change.PutObserved(old.id(), failed)));
        }
        assertThat(cluster.instances("b"))
                .filteredOn(Instance::isHealthy)
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.revision()).isEqualTo(2);
                    assertThat(it.preparation()).isNull();
                });
        assertThat(healthy("a") + healthy("c")).isZero();

        cluster.slow.clear();
        cluster.run(new Command.Undeploy("b", null));
        assertThat(healthy("a")).isEqualTo(1);
        assertThat(healthy("c")).isEqualTo(1);
    }

    @Test
    @DisplayName("who was chosen to make it ready and has no room for it any more is not waited for")
    void shrunk() {
        join("n1", 4, 8, Features.PREPARE);
        deploy(spec("a", 8001));
        join("n2", 4, 3, Features.PREPARE);
        drain("n1");
        Instance next = waiting("a");
        join("n2", 4, 1, Features.PREPARE);
        assertThat(waiting("a").preparation()).isNull();
        assertThat(waiting("a").ports()).isEmpty();
        assertThat(waiting("a").id()).isEqualTo(next.id());
        join("n3", 4, 3, Features.PREPARE);
        assertThat(waiting("a").preparation()).isEqualTo(new Preparation("n3", false, true));
        ready(next);
        assertThat(cluster.instances("a")).singleElement().matches(it -> "n3".equals(it.node()));
    }

    @Test
    @DisplayName("it is not said that another runs in its place while none does")
    void words() {
        join("n1", 4, 8);
        deploy(spec("a", 8001));
        join("n2", 4, 3);
        String old = cluster.instances("a").get(0).id();
        cluster.slow.add(old);
        drain("n1");
        Instance stops = Objects.requireNonNull(cluster.state().instance(old));
        assertThat(stops.state()).isEqualTo(InstanceState.STOPPING);
        assertThat(stops.reason()).isEqualTo("another instance takes its place elsewhere");
        assertThat(waiting("a").reason()).startsWith("waits until " + old);
    }

    @Test
    @DisplayName("what is kept for one of lower priority makes way as what runs does")
    void pushedOut() {
        join("n1", 4, 8, Features.PREPARE);
        deploy(spec("a", 8001).priority(10));
        join("n2", 4, 3, Features.PREPARE);
        drain("n1");
        assertThat(waiting("a").preparation()).isNotNull();
        deploy(spec("urgent", 9001).priority(90).preempt(true));

        assertThat(healthy("urgent")).isEqualTo(1);
        assertThat(cluster.instances("a")).anyMatch(it -> "n1".equals(it.node()) && it.isHealthy());
        assertThat(waiting("a").preparation()).isNull();
    }

    @Test
    @DisplayName("the server that comes next keeps it, too")
    void away() {
        join("n1", 4, 8, Features.PREPARE);
        deploy(spec("a", 8001));
        deploy(spec("b", 8002));
        join("n2", 4, 3, Features.PREPARE);
        drain("n1");
        cluster.away(Duration.ofMinutes(1));
        List<Instance> prepared = cluster.state().instances().values().stream()
                .filter(it -> it.preparation() != null)
                .toList();
        assertThat(prepared).hasSize(1);
        ready(prepared.get(0));
        assertThat(healthyOn("n1")).isEqualTo(1);
        assertThat(healthyOn("n2")).isEqualTo(1);
        assertThat(cluster.state().instances().values())
                .filteredOn(it -> it.state() == InstanceState.PENDING)
                .hasSize(1);
    }
}
