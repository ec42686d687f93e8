package io.knit.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.ExposeSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerResolver;
import io.knit.api.spi.runtime.ContainerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two nodes and a server, in virtual time: what is asked for on the one, of what runs on the other. */
class NamesAcrossNodesTest extends TwoNodes {
    private void bothRun() {
        deploy("web", web(2));
        until(() -> List.of("10.54.0.1", "10.54.0.2").equals(first.ask("web.knit"))
                && List.of("10.54.0.2", "10.54.0.1").equals(second.ask("web.knit")));
    }

    @Test
    @DisplayName("the mesh leads to the containers of a node: others are told their own addresses, without a"
            + " port, also after a container ran anew; its own as ever")
    void routed() {
        first.subnets = List.of("10.210.1.0/24");
        second.subnets = List.of("10.0.0.0/16");
        List.of(first, second).forEach(host -> {
            host.kill();
            host.start();
        });
        deploy(
                "db",
                DeploymentSpec.builder("db", "db:1")
                        .pull(PullPolicy.MISSING)
                        .nodeSelector("number", "2")
                        .expose(5432));
        until(() -> own().equals(first.ask("db.knit")));
        until(() -> List.of("10.54.0.2").equals(second.ask("db.knit")));
        List<String> before = own();
        second.endAll();
        until(() -> !before.equals(own()) && own().equals(first.ask("db.knit")));
        assertThat(knit().node("n2").orElseThrow().facts().containerSubnets()).containsExactly("10.0.0.0/16");

        // an agent that takes no part asks the host
        first.kill();
        first.subnets = List.of();
        first.start();
        until(() -> List.of("10.54.0.2").equals(first.ask("db.knit")));
        second.kill();
        second.subnets = List.of();
        second.start();
        until(() -> knit().node("n2").orElseThrow().facts().containerSubnets().isEmpty());
        first.kill();
        first.subnets = List.of("10.210.1.0/24");
        first.start();
        until(() -> List.of("10.54.0.2").equals(first.ask("db.knit")));
    }

    @Test
    @DisplayName("who publishes nothing is found on its own node, and from another only where the mesh leads to its"
            + " container: there is no other port to take for its own")
    void publishesNothing() {
        deploy(
                "db",
                DeploymentSpec.builder("db", "db:1").pull(PullPolicy.MISSING).nodeSelector("number", "2"));
        until(() -> !own().isEmpty() && own().equals(second.ask("db.knit")));
        until(() -> List.of().equals(first.ask("db.knit")));
        first.subnets = List.of("10.210.1.0/24");
        second.subnets = List.of("10.0.0.0/16");
        List.of(first, second).forEach(host -> {
            host.kill();
            host.start();
        });
        until(() -> own().equals(first.ask("db.knit")) && own().equals(second.ask("db.knit")));
    }

    /** The addresses of the second host's containers that run. */
    private List<String> own() {
        return second.engine.containers().stream()
                .filter(it -> it.state() == ContainerState.RUNNING)
                .map(it -> String.valueOf(it.address()))
                .toList();
    }

    @Test
    @DisplayName("a subnet that is another node's is not taken, and the node says so")
    void subnetTwice() {
        first.subnets = List.of("10.0.0.0/16");
        second.subnets = List.of("10.0.0.0/16");
        first.kill();
        first.start();
        until(() -> !knit().node("n1").orElseThrow().facts().containerSubnets().isEmpty());
        second.kill();
        second.start();
        until(() -> knit().node("n2")
                .orElseThrow()
                .facts()
                .routesFault()
                .equals("the container subnet 10.0.0.0/16 is the node n1's; each host needs one of its own"));
        assertThat(knit().node("n2").orElseThrow().facts().containerSubnets()).isEmpty();
    }

    @Test
    @DisplayName("a node whose agent can't be heard says why, until it is heard")
    void unheard() {
        first.kill();
        first.taken = true;
        first.start();
        until(() -> fault("n1").endsWith("can't be heard at 172.17.0.1:53: Address already in use"));
        assertThat(fault("n2")).isEmpty();
        first.taken = false;
        until(() -> fault("n1").isEmpty());
        assertThat(first.answerer).isNotNull();
    }

    private String fault(String node) {
        return knit().node(node).orElseThrow().facts().namesFault();
    }

    @Test
    @DisplayName(
            "an instance dies: within a second of its server's knowing nobody is led there any more, and on its own node at once")
    void goneWithinASecond() {
        bothRun();
        second.endAll();
        until(() -> List.of("10.54.0.1").equals(second.ask("web.knit")), SECOND);
        until(() -> knit().deployment("web").orElseThrow().instances().stream()
                .anyMatch(it -> it.state() != InstanceState.RUNNING || it.failing()));
        until(() -> List.of("10.54.0.1").equals(first.ask("web.knit")), SECOND);
        until(() -> List.of("10.54.0.1", "10.54.0.2").equals(first.ask("web.knit")));
    }

    @Test
    @DisplayName("a node dies: when the server holds it for down, so do the names")
    void aNodeDies() {
        bothRun();
        second.kill();
        until(() -> knit().snapshot().nodes().stream()
                .anyMatch(node -> node.state().name().equals("DOWN")));
        until(() -> List.of("10.54.0.1").equals(first.ask("web.knit")), SECOND);
    }

    @Test
    @DisplayName(
            "the server is away: the last answers hold, also after the agent was started again, and what the agent knows itself goes on")
    void serverAway() {
        bothRun();
        queue.runFor(Duration.ofSeconds(5));
        killServer();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(first.ask("web.knit")).containsExactly("10.54.0.1", "10.54.0.2");
        first.kill();
        assertThat(first.ask("web.knit")).isNull();
        first.start();
        until(() -> List.of("10.54.0.1", "10.54.0.2").equals(first.ask("web.knit")));
        first.endAll();
        until(() -> List.of("10.54.0.2").equals(first.ask("web.knit")), SECOND);
        until(() -> List.of("10.54.0.1", "10.54.0.2").equals(first.ask("web.knit")));
        startServer();
        second.kill();
        until(() -> List.of("10.54.0.1").equals(first.ask("web.knit")));
    }

    @Test
    @DisplayName(
            "an exposed port is where its name leads from another node, by the container's number; SRV tells it, also where it is another")
    void exposed() {
        deploy(
                "shop-db",
                DeploymentSpec.builder("shop-db", "db:1")
                        .pull(PullPolicy.MISSING)
                        .stack("shop")
                        .nodeSelector("number", "2")
                        .expose(5432)
                        .expose(new ExposeSpec(53, 5353, Protocol.UDP)));
        until(() -> List.of("10.54.0.2").equals(first.ask("db.shop.knit")));
        assertThat(first.port("_5432._tcp.db.shop.knit")).isEqualTo(5432);
        assertThat(first.port("_sql._tcp.db.shop.knit")).isEqualTo(5432);
        assertThat(first.port("_53._udp.shop-db.knit")).isEqualTo(5353);
        assertThat(first.port("_5353._udp.shop-db.knit")).isEqualTo(-1);
        until(() -> second.port("_53._udp.shop-db.knit") == 5353);
    }

    private static DeploymentSpecBuilder edge(String stack, String service, int node) {
        return DeploymentSpec.builder(stack + "-" + service, service + ":1")
                .pull(PullPolicy.MISSING)
                .stack(stack)
                .nodeSelector("number", "" + node)
                .network(new NetworkSpec(
                        "", "", List.of(), List.of(), List.of(new NamedNetwork("edge", List.of(service)))));
    }

    @Test
    @DisplayName("two stacks that share a network find each other by plain names from node to node, and who leaves it"
            + " is not found any more; what they expose is where the name leads")
    void sharedNetwork() {
        List.of(first, second).forEach(host -> host.engine.withBridge("10.0.0.1", "10.0.0.0/16"));
        deploy("web", web(1).stack("far").nodeSelector("number", "1"));
        deploy("proxy-gate", edge("proxy", "gate", 1));
        deploy("app-web", edge("app", "web", 2).expose(8080));
        String gate = address(first, "proxy-gate");
        String web = address(second, "app-web");
        until(() -> List.of("10.54.0.2").equals(first.ask("web", gate)));
        assertThat(first.ask("web.proxy.knit", gate)).containsExactly("10.54.0.2");
        assertThat(first.ask("web.proxy.knit")).as("a stranger").isNull();
        until(() -> List.of().equals(second.ask("gate", web)));
        deploy("proxy-gate", edge("proxy", "gate", 1).expose(443));
        until(() -> List.of("10.54.0.1").equals(second.ask("gate", web)));

        knit().undeploy("proxy-gate");
        until(() -> second.ask("gate", web) == null);
    }

    private static String address(Host host, String deployment) {
        return host.engine.containers().stream()
                .filter(it -> it.name().startsWith("knit-" + deployment + "-"))
                .map(it -> String.valueOf(it.address()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("what is told is lost: the next heartbeat heals it")
    void lostWords() {
        lost.add("knit.names.");
        bothRun();
        second.kill();
        until(() -> knit().snapshot().nodes().stream()
                .anyMatch(node -> node.state().name().equals("DOWN")));
        until(() -> List.of("10.54.0.1").equals(first.ask("web.knit")), Duration.ofSeconds(4));
    }

    @Test
    @DisplayName(
            "containers are made to ask their agent, with their stack's names first; who names servers of his own asks those")
    void whomContainersAsk() {
        deploy("web", web(1).stack("shop"));
        deploy(
                "db",
                DeploymentSpec.builder("db", "db:1")
                        .pull(PullPolicy.MISSING)
                        .network(new NetworkSpec("", "", List.of("9.9.9.9"), List.of())));
        deploy(
                "cache",
                DeploymentSpec.builder("cache", "cache:1")
                        .pull(PullPolicy.MISSING)
                        .network(new NetworkSpec(
                                "", "", List.of(), List.of(), List.of(new NamedNetwork("shop", List.of("store")))))
                        .stack("shop"));
        assertThat(resolver("web").servers()).containsExactly("172.17.0.1");
        assertThat(resolver("web").search()).startsWith("shop.knit", "knit");
        assertThat(resolver("cache").servers()).startsWith("172.17.0.1");
        assertThat(all("db")).containsNull();
        assertThat(first.ask("store.shop.knit")).isNotNull();
        assertThat(first.ask("web.shop.knit")).isNotNull();
        assertThat(first.ask("store.knit")).isNull();
        assertThat(first.ask("web.knit", "192.0.2.7")).as("a stranger").isNull();
    }

    private ContainerResolver resolver(String deployment) {
        return Objects.requireNonNull(all(deployment).get(0));
    }

    private List<@Nullable ContainerResolver> all(String deployment) {
        List<@Nullable ContainerResolver> found = new ArrayList<>();
        for (Host host : List.of(first, second)) {
            host.engine.containers().stream()
                    .filter(it -> it.name().startsWith("knit-" + deployment + "-"))
                    .forEach(it -> found.add(host.engine.spec(it.id()).resolver()));
        }
        return found;
    }
}
