package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.ExposeSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.server.state.WaitWords;
import io.knit.core.spec.SpecTable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Ports that other nodes reach: on which address, and who stands in whose way. */
class ExposeTest {
    private static final PortSpec EVERYWHERE = new PortSpec("0.0.0.0", 5432, 80, Protocol.TCP);

    private int most;
    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, this::count);

    private void count() {
        most = Math.max(most, (int) cluster.state().instances().values().stream()
                .filter(it -> !it.ports().isEmpty())
                .count());
    }

    private static Node on(String id, @Nullable String mesh) {
        Node plain = node(id, NodeState.READY, Map.of(), mesh);
        return node(id, NodeState.READY, able(plain.facts(), SpecTable.features()));
    }

    private static DeploymentSpecBuilder db(String name) {
        return DeploymentSpec.builder(name, "db:1").expose(5432);
    }

    private void deploy(DeploymentSpecBuilder spec) {
        cluster.run(new Command.Deploy(spec.build(), null));
    }

    private Instance only(String deployment) {
        List<Instance> all = cluster.instances(deployment);
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private String waits(Instance instance) {
        return WaitWords.whole(instance, cluster.state().waitsOf(instance.deployment()))
                .reason();
    }

    @Test
    @DisplayName("it is bound to the mesh address, behind the spec's own ports, by the container's number or another")
    void where() {
        cluster.join(on("n1", "10.54.0.1"));
        deploy(db("db").port(80).expose(new ExposeSpec(53, 5353, Protocol.UDP)));
        assertThat(only("db").ports())
                .element(0)
                .satisfies(port -> assertThat(port.containerPort()).isEqualTo(80));
        assertThat(only("db").ports().subList(1, 3))
                .containsExactly(
                        new PortBinding("10.54.0.1", 5432, 5432, Protocol.TCP),
                        new PortBinding("10.54.0.1", 5353, 53, Protocol.UDP));
    }

    @Test
    @DisplayName("without a mesh it is bound to loopback")
    void withoutAMesh() {
        cluster.join(on("n1", null));
        deploy(db("db"));
        assertThat(only("db").ports()).containsExactly(new PortBinding("127.0.0.1", 5432, 5432, Protocol.TCP));
    }

    @Test
    @DisplayName("of two deployments with one port each has a node of its own, and a third waits and says for whom")
    void twoDeployments() {
        cluster.join(on("n1", "10.54.0.1"));
        cluster.join(on("n2", "10.54.0.2"));
        deploy(db("one"));
        deploy(db("two"));
        deploy(db("three"));
        assertThat(only("one").node()).isNotEqualTo(only("two").node());
        assertThat(List.of(only("one").state(), only("two").state())).containsOnly(InstanceState.RUNNING);

        Instance third = only("three");
        assertThat(third.state()).isEqualTo(InstanceState.PENDING);
        String n1 = Objects.equals(only("one").node(), "n1") ? "one" : "two";
        assertThat(waits(third))
                .isEqualTo("no node fits (2 nodes looked at): n1 has host port 10.54.0.1:5432 taken by " + n1
                        + "; n2 has host port 10.54.0.2:5432 taken by " + (n1.equals("one") ? "two" : "one")
                        + "; free it or choose another host_port");

        cluster.run(new Command.Undeploy("two"));
        cluster.settle();
        assertThat(only("three").state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    @DisplayName("what is published on all addresses has the port on the mesh address too, whoever came first")
    void publishedOnAllAddresses() {
        cluster.join(on("n1", "10.54.0.1"));
        deploy(DeploymentSpec.builder("web", "web:1").port(EVERYWHERE));
        deploy(db("db"));
        assertThat(only("db").state()).isEqualTo(InstanceState.PENDING);
        assertThat(waits(only("db")))
                .contains("n1 has host port 10.54.0.1:5432 taken by web; free it or choose another");
        cluster.join(on("n2", "10.54.0.2"));
        cluster.settle();
        assertThat(only("db").node()).isEqualTo("n2");

        deploy(DeploymentSpec.builder("late", "web:1").port(EVERYWHERE));
        assertThat(waits(only("late"))).contains("n2 has host port 0.0.0.0:5432 taken by db");
    }

    @Test
    @DisplayName("another protocol, another address and another host port are in nobody's way")
    void besideEachOther() {
        cluster.join(on("n1", "10.54.0.1"));
        deploy(db("db"));
        deploy(DeploymentSpec.builder("udp", "db:1").expose(new ExposeSpec(5432, 0, Protocol.UDP)));
        deploy(DeploymentSpec.builder("local", "db:1").port(new PortSpec("127.0.0.1", 5432, 5432, Protocol.TCP)));
        deploy(DeploymentSpec.builder("other", "db:1").expose(new ExposeSpec(5432, 5433, Protocol.TCP)));
        for (String name : List.of("db", "udp", "local", "other")) {
            assertThat(only(name).state()).as(name).isEqualTo(InstanceState.RUNNING);
        }
    }

    @Test
    @DisplayName("two instances of one port are on two nodes; where there is one, the second waits")
    void replicas() {
        cluster.join(on("n1", "10.54.0.1"));
        deploy(db("db").replicas(2));
        assertThat(cluster.instances("db"))
                .extracting(Instance::state)
                .containsExactlyInAnyOrder(InstanceState.RUNNING, InstanceState.PENDING);
        cluster.join(on("n2", "10.54.0.2"));
        cluster.settle();
        assertThat(cluster.instances("db")).extracting(Instance::node).containsExactlyInAnyOrder("n1", "n2");
    }

    @Test
    @DisplayName(
            "an update stops the old before it starts the new, as with every fixed host port, on one node and on two")
    void update() {
        cluster.join(on("n1", "10.54.0.1"));
        deploy(db("db"));
        deploy(db("db").env("A", "0"));
        cluster.settle();
        assertThat(only("db").revision()).isEqualTo(2);
        assertThat(only("db").state()).isEqualTo(InstanceState.RUNNING);
        cluster.join(on("n2", "10.54.0.2"));
        deploy(db("db").env("A", "1"));
        cluster.settle();
        assertThat(only("db").revision()).isEqualTo(3);
        assertThat(only("db").state()).isEqualTo(InstanceState.RUNNING);
        assertThat(most).isEqualTo(1);
    }

    @Test
    @DisplayName("exposing another port makes the container anew, as its bindings are made with it")
    void another() {
        cluster.join(on("n1", "10.54.0.1"));
        deploy(db("db"));
        String before = only("db").id();
        deploy(db("db").expose(5433));
        cluster.settle();
        assertThat(only("db").id()).isNotEqualTo(before);
        assertThat(only("db").ports()).extracting(PortBinding::hostPort).containsExactly(5432, 5433);
    }

    @Test
    @DisplayName("when the mesh address of its node moves it is bound to the new one")
    void moved() {
        cluster.join(on("n1", "10.54.0.1"));
        deploy(db("db"));
        cluster.join(on("n1", "10.54.0.9"));
        cluster.settle();
        assertThat(only("db").ports()).containsExactly(new PortBinding("10.54.0.9", 5432, 5432, Protocol.TCP));
    }

    @Test
    @DisplayName("one on each node has its port on each")
    void global() {
        cluster.join(on("n1", "10.54.0.1"));
        cluster.join(on("n2", "10.54.0.2"));
        deploy(db("db").mode(Mode.GLOBAL));
        assertThat(cluster.instances("db"))
                .flatExtracting(Instance::ports)
                .extracting(PortBinding::hostIp)
                .containsExactlyInAnyOrder("10.54.0.1", "10.54.0.2");
    }
}
