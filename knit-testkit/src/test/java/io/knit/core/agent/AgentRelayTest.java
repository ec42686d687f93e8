package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.agent.relay.RelaySockets;
import io.knit.core.agent.relay.RelayTarget;
import io.knit.core.wire.Subjects;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which ports an agent holds when, and who is behind them. */
class AgentRelayTest {
    private static final PortBinding HTTP = new PortBinding("10.54.0.1", 80, 8080, Protocol.TCP, true, false);
    private static final String AT = "10.54.0.1:80";

    private final AgentRig rig = new AgentRig(1);
    private final Host host = new Host();

    /** The ports of the agent's host. */
    private static final class Host implements RelaySockets {
        final Map<String, Gate> held = new TreeMap<>();
        final Set<String> foreign = new TreeSet<>();
        final List<String> cut = new ArrayList<>();
        int refusals;

        @Override
        public Future<Listening> listen(String ip, int port, Gate gate) {
            String place = ip + ":" + port;
            if (foreign.contains(place) || held.containsKey(place)) {
                refusals++;
                return Future.failedFuture(new KnitException(
                        ErrorCode.PORT_IN_USE,
                        "Port " + place + " is already in use on the node; free it or choose another host_port"));
            }
            held.put(place, gate);
            return Future.succeededFuture(new Listening() {
                @Override
                public Future<Void> close() {
                    held.remove(place);
                    return Future.succeededFuture();
                }

                @Override
                public void cut(String instance) {
                    cut.add(instance);
                }
            });
        }

        Gate gate() {
            return Objects.requireNonNull(held.get(AT));
        }

        /** Who is given a connection that is over at once; empty: nobody. */
        String connect() {
            RelayTarget target = gate().next(Set.of());
            if (target == null) {
                return "";
            }
            gate().ended(target);
            return target.instance();
        }
    }

    @BeforeEach
    void engine() {
        rig.engine.withBridge("172.17.0.1", "172.17.0.0/16");
        rig.relay = host;
    }

    private static DeploymentSpec relayed() {
        return spec(it -> it.port(new PortSpec("mesh", 80, 8080, Protocol.TCP, true, false)));
    }

    private void run(String instance) {
        rig.server.run(instance, relayed(), HTTP);
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private void stop(String instance) {
        rig.server.stop(instance);
        rig.server.tell("n1", Subjects.UNDEPLOY_BROADCAST);
    }

    private void drop(String instance) {
        rig.server.drop(instance);
        rig.server.tell("n1", Subjects.UNDEPLOY_BROADCAST);
    }

    private boolean runs(String instance) {
        return rig.engine.containers().stream()
                .anyMatch(it -> it.name().equals("knit-" + instance) && it.state() == ContainerState.RUNNING);
    }

    @Test
    @DisplayName(
            "the port is held from the order on, the engine publishes nothing, and who is not well is given nothing")
    void held() {
        rig.joinedAgent();
        rig.server.run(
                "a",
                spec(it -> it.port(new PortSpec("mesh", 80, 8080, Protocol.TCP, true, false))
                        .health(HealthSpec.of(new TcpCheck(8080)))),
                HTTP);
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.until(() -> host.held.containsKey(AT));
        assertThat(host.connect()).isEmpty();
        rig.untilState("a", InstanceState.RUNNING);
        ContainerSnapshot container = rig.engine.containers().get(0);
        assertThat(rig.engine.spec(container.id()).ports()).isEmpty();
        // nobody answers its check
        assertThat(host.connect()).isEmpty();
    }

    @Test
    @DisplayName(
            "an old instance is given nothing once it is told to stop, has its connections ended first, and the port stays for the new one")
    void goesOver() {
        rig.joinedAgent();
        run("a");
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("a"));
        RelayTarget old = Objects.requireNonNull(host.gate().next(Set.of()));
        assertThat(old.port()).isEqualTo(8080);
        run("b");
        rig.until(() -> host.connect().equals("b"));

        stop("a");
        rig.queue.runFor(Duration.ofSeconds(3));
        assertThat(runs("a")).as("its connection goes on").isTrue();
        for (int i = 0; i < 5; i++) {
            assertThat(host.connect()).isEqualTo("b");
        }
        host.gate().ended(old);
        rig.queue.runFor(Duration.ofMillis(500));
        assertThat(runs("a")).isFalse();
        assertThat(host.cut).containsExactly("a");
        assertThat(host.connect()).isEqualTo("b");

        stop("b");
        rig.until(() -> host.held.isEmpty());
        assertThat(runs("b")).isFalse();
    }

    @Test
    @DisplayName("a connection that does not end holds up the stop signal for 5 s, and for no more than the grace")
    void boundedDrain() {
        rig.joinedAgent();
        run("a");
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("a"));
        host.gate().next(Set.of());
        stop("a");
        rig.queue.runFor(Duration.ofSeconds(4));
        assertThat(runs("a")).isTrue();
        rig.queue.runFor(Duration.ofSeconds(2));
        assertThat(runs("a")).isFalse();

        DeploymentSpec hasty = spec(it -> it.port(new PortSpec("mesh", 80, 8080, Protocol.TCP, true, false))
                .stop(new StopSpec("", Duration.ofSeconds(1), List.of())));
        rig.server.run("b", hasty, HTTP);
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("b"));
        host.gate().next(Set.of());
        stop("b");
        rig.queue.runFor(Duration.ofMillis(1_500));
        assertThat(runs("b")).isFalse();
    }

    @Test
    @DisplayName("what has failed for good holds no port that is another's by then, nor does the next agent for it")
    void failedForGood() {
        rig.joinedAgent();
        rig.server.run(
                "a",
                spec(it -> it.port(new PortSpec("mesh", 80, 8080, Protocol.TCP, true, false))
                        .restart(new RestartSpec(
                                RestartSpec.Condition.ON_FAILURE, Duration.ofSeconds(1), 0, Duration.ofMinutes(1)))),
                HTTP);
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("a"));
        rig.engine.end(rig.onlyContainer(), 0);
        rig.untilState("a", InstanceState.FAILED);
        assertThat(host.held).isEmpty();
        assertThat(host.cut).containsExactly("a");

        rig.killAgent();
        host.held.clear();
        rig.joinedAgent();
        rig.settle();
        assertThat(host.held).isEmpty();

        // who has it by then has it alone
        run("b");
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("b"));
        for (int i = 0; i < 5; i++) {
            assertThat(host.connect()).isEqualTo("b");
        }
        drop("a");
        rig.settle();
        assertThat(host.connect()).isEqualTo("b");
    }

    @Test
    @DisplayName("one that ends and is to be started again keeps its port")
    void startedAgain() {
        rig.joinedAgent();
        run("a");
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("a"));
        Object gate = host.gate();
        rig.engine.end(rig.onlyContainer(), 1);
        rig.until(() -> host.connect().isEmpty());
        rig.until(() -> host.connect().equals("a"));
        assertThat(host.gate()).isSameAs(gate);
    }

    @Test
    @DisplayName("a port that a program outside of Knit has is a rejection with its words, and no container is made")
    void taken() {
        host.foreign.add(AT);
        rig.joinedAgent();
        run("a");
        rig.untilState("a", InstanceState.REJECTED);
        rig.untilReason("a", "Port 10.54.0.1:80 is already in use on the node; free it or choose another host_port");
        assertThat(rig.engine.containers()).isEmpty();

        host.foreign.clear();
        drop("a");
        run("b");
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("b"));
        drop("b");
        rig.until(() -> host.held.isEmpty() && rig.engine.containers().isEmpty());
    }

    @Test
    @DisplayName("an agent that comes back holds the port before any server answers")
    void comesBack() {
        rig.joinedAgent();
        run("a");
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("a"));
        rig.killAgent();
        host.held.clear();
        rig.server.silent = true;
        rig.startAgent().start();
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("a"));
    }

    @Test
    @DisplayName("what can't be held after a start is tried again until it can")
    void triesAgain() {
        rig.joinedAgent();
        run("a");
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("a"));
        rig.killAgent();
        host.held.clear();
        host.foreign.add(AT);
        rig.joinedAgent();
        rig.queue.runFor(Duration.ofSeconds(21));
        assertThat(host.refusals).isBetween(4, 6);
        host.foreign.clear();
        rig.queue.runFor(Duration.ofSeconds(6));
        assertThat(host.connect()).isEqualTo("a");
    }

    @Test
    @DisplayName("an agent of another host's engine relays nothing, and says so")
    void remoteEngine() {
        AgentRig remote = new AgentRig(2);
        remote.relay = host;
        remote.joinedAgent();
        remote.server.run("a", relayed(), HTTP);
        remote.server.tell("n1", Subjects.deployTo("n1"));
        remote.untilState("a", InstanceState.REJECTED);
        remote.untilReason("a", "this node's agent can't relay: it has no address on any network");
        assertThat(remote.engine.containers()).isEmpty();
    }

    @Test
    @DisplayName("a port that the engine is to publish next is let go before")
    void givesWay() {
        rig.joinedAgent();
        run("a");
        rig.until(() -> host.held.containsKey(AT) && host.connect().equals("a"));
        stop("a");
        rig.untilState("a", InstanceState.STOPPED);
        assertThat(host.held).isEmpty();
        rig.server.run(
                "b",
                spec(it -> it.port(new PortSpec("mesh", 80, 8080, Protocol.TCP))),
                new PortBinding("10.54.0.1", 80, 8080, Protocol.TCP));
        rig.until(() -> runs("b"));
        assertThat(host.held).isEmpty();
    }
}
