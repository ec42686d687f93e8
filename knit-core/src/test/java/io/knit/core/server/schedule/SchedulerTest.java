package io.knit.core.server.schedule;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Capacity;
import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.Protocol;
import io.knit.api.model.Reservation;
import io.knit.api.model.Resources;
import io.knit.api.model.Strategy;
import io.knit.core.server.Fixtures;
import io.knit.core.server.schedule.fit.PortAssigner;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {
    private static final PortBinding HTTP = new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP);

    private static Placement place(List<Node> nodes, List<Instance> held, DeploymentSpec spec) {
        return place(nodes, held, pending("web-0-x", "web", 1, 0), spec, NOW);
    }

    private static Placement place(
            List<Node> nodes, List<Instance> held, Instance wanted, DeploymentSpec spec, Instant now) {
        Fleet fleet = Fleet.EMPTY;
        for (Node node : nodes) {
            fleet = fleet.with(node);
        }
        for (Instance instance : held) {
            fleet = fleet.with(null, instance);
        }
        return Scheduler.place(fleet, wanted, spec, now);
    }

    private static Node knowing(String id) {
        Node plain = node(id, Map.of());
        return plain.with(Fixtures.able(plain.facts(), SpecTable.features()));
    }

    private static PortSpec port(@org.jspecify.annotations.Nullable String ip, int hostPort) {
        return new PortSpec(ip, hostPort, 80, Protocol.TCP);
    }

    @Test
    void withoutANodeTheRefusalSaysHowToGetOne() {
        assertThat(place(List.of(), List.of(), spec("web").build()).refusal())
                .isEqualTo("no node fits: no agent has joined yet; start one with 'knit agent start'");
    }

    @Test
    void aNodeThatRejectedItIsTriedAgainAfterTheWait() {
        Instance again = Instance.pending(
                "web-0-y", "web", 1, 0, 1, List.of("n1"), NOW.plusSeconds(1), "n1 could not take it", NOW);
        List<Node> one = List.of(node("n1", Map.of()));
        DeploymentSpec spec = spec("web").build();

        assertThat(place(one, List.of(), again, spec, NOW).refusal())
                .isEqualTo("no node fits (1 node looked at): n1 could not take it before and is asked again later");
        assertThat(place(one, List.of(), again, spec, NOW.plusMillis(1000)).node())
                .isEqualTo("n1");
        assertThat(place(one, List.of(), again, spec, NOW.plusSeconds(3600)).node())
                .isEqualTo("n1");
    }

    /** One without an address is on loopback there. */
    @Test
    void twoOfItsPortsAreNotOneOnANodeWithoutAMesh() {
        DeploymentSpec both =
                spec("web").port(port(null, 8080)).port(port("127.0.0.1", 8080)).build();
        Node meshed = node("n2", NodeState.READY, Map.of(), "10.0.0.2");

        assertThat(place(List.of(node("n1", Map.of())), List.of(), both).refusal())
                .isEqualTo("no node fits (1 node looked at): n1 would have host port 127.0.0.1:8080 twice for it, as it"
                        + " has no mesh address; free it or choose another host_port");
        assertThat(place(List.of(node("n1", Map.of()), meshed), List.of(), both).node())
                .isEqualTo("n2");
        DeploymentSpec itsOwn =
                spec("web").port(port(null, 8080)).port(port("10.0.0.2", 8080)).build();
        assertThat(place(List.of(meshed), List.of(), itsOwn).refusal())
                .isEqualTo(
                        "no node fits (1 node looked at): n2 would have host port 10.0.0.2:8080 twice for it, as that"
                                + " is its mesh address; free it or choose another host_port");
    }

    @Test
    void everyPairOfTheSelectorMustMatch() {
        List<Node> nodes = List.of(
                node("n1", Map.of("region", "eu", "role", "db")),
                node("n2", Map.of("region", "eu", "role", "api")),
                node("n3", Map.of("role", "api")));
        DeploymentSpec spec = spec("web")
                .nodeSelector("region", "eu")
                .nodeSelector("role", "api")
                .build();

        assertThat(place(nodes, List.of(), spec).node()).isEqualTo("n2");
        assertThat(place(List.of(nodes.get(0), nodes.get(2)), List.of(), spec).refusal())
                .isEqualTo(
                        "no node fits (2 nodes looked at): n1 has role=db, not role=api; n3 lacks the label region=eu");
    }

    @Test
    void onlyReadyNodesAreAsked() {
        List<Node> nodes =
                List.of(node("n1", NodeState.SUSPECT, Map.of(), null), node("n2", NodeState.DOWN, Map.of(), null));

        assertThat(place(nodes, List.of(), spec("web").build()).refusal())
                .startsWith("no node fits (2 nodes looked at): n1 takes no work now (suspect, no heartbeat for 12 s)");
    }

    @Test
    void aHostPortInUseIsSeenBeforePlacing() {
        List<Node> nodes = List.of(node("n1", Map.of()), node("n2", Map.of()));
        Instance holder = on("n1", pending("other-0-a", "other", 1, 0), InstanceState.STOPPING, HTTP);
        DeploymentSpec spec = spec("web").port(port("127.0.0.1", 8080)).build();

        assertThat(place(nodes, List.of(holder), spec).node()).isEqualTo("n2");
        assertThat(place(nodes.subList(0, 1), List.of(holder), spec).refusal())
                .isEqualTo(
                        "no node fits (1 node looked at): n1 has host port 127.0.0.1:8080 taken by other; free it or choose another host_port");
    }

    @Test
    void aRelayedPortIsSharedByInstancesOfOneDeploymentOnly() {
        List<Node> one = List.of(knowing("n1"));
        PortBinding held = new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP, true, false);
        Instance mate = on("n1", pending("web-1-a", "web", 1, 1), InstanceState.RUNNING, held);
        Instance other = on("n1", pending("other-0-a", "other", 1, 0), InstanceState.RUNNING, held);
        PortSpec relayed = new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP, true, true);

        Placement shared = place(one, List.of(mate), spec("web").port(relayed).build());
        assertThat(shared.node()).isEqualTo("n1");
        assertThat(shared.ports()).containsExactly(new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP, true, true));
        assertThat(place(one, List.of(mate, other), spec("web").port(relayed).build())
                        .refusal())
                .contains("n1 has host port 127.0.0.1:8080 taken by other");
        assertThat(place(
                                one,
                                List.of(mate),
                                spec("web").port(port("127.0.0.1", 8080)).build())
                        .refusal())
                .contains("n1 has host port 127.0.0.1:8080 taken by web");
        PortSpec everywhere = new PortSpec("0.0.0.0", 8080, 80, Protocol.TCP, true, false);
        assertThat(place(one, List.of(mate), spec("web").port(everywhere).build())
                        .refusal())
                .contains("n1 has host port 0.0.0.0:8080 taken by web");
        Instance plain = on("n1", pending("web-1-b", "web", 1, 1), InstanceState.RUNNING, held.plain());
        assertThat(place(one, List.of(plain), spec("web").port(relayed).build()).refusal())
                .contains("n1 has host port 127.0.0.1:8080 taken by web");
    }

    @Test
    void anAssignedPortIsNobodyElsesThoughItIsRelayed() {
        List<Node> one = List.of(knowing("n1"));
        DeploymentSpec open = spec("web")
                .port(new PortSpec(null, 0, 80, Protocol.TCP, true, false))
                .build();
        PortBinding first = place(one, List.of(), open).ports().get(0);
        assertThat(first.relay()).isTrue();
        Instance mate = on("n1", pending("web-1-a", "web", 1, 1), InstanceState.RUNNING, first);
        assertThat(place(one, List.of(mate), open).ports())
                .noneMatch(first::clashesWith)
                .hasSize(1);
    }

    /** An agent begins a new instance without a look at the ports of those it is still stopping: it need not. */
    @ParameterizedTest
    @EnumSource(value = InstanceState.class, mode = EnumSource.Mode.EXCLUDE, names = "PENDING")
    void aPortIsTakenAsLongAsAnythingOfItsHolderMayBeOnTheNode(InstanceState state) {
        Instance holder = on("n1", pending("other-0-a", "other", 1, 0), state, HTTP);
        Instance stopped = holder.stopping("undeployed", NOW);
        DeploymentSpec fixed = spec("web").port(port("127.0.0.1", 8080)).build();
        for (Instance left : List.of(holder, stopped)) {
            assertThat(left.ports()).containsExactly(HTTP);
            // what has ended for good is kept to be looked at, and holds nothing
            assertThat(place(List.of(node("n1", Map.of())), List.of(left), fixed)
                            .node())
                    .as("%s", left)
                    .isEqualTo(left.isOver() ? "n1" : null);
        }
    }

    @Test
    void aWildcardAddressClashesWithEveryAddress() {
        Instance holder = on("n1", pending("other-0-a", "other", 1, 0), InstanceState.RUNNING, HTTP);
        List<Node> one = List.of(node("n1", Map.of()));

        assertThat(place(
                                one,
                                List.of(holder),
                                spec("web").port(port("0.0.0.0", 8080)).build())
                        .node())
                .isNull();
        assertThat(place(
                                one,
                                List.of(holder),
                                spec("web").port(port("127.0.0.2", 8080)).build())
                        .node())
                .isEqualTo("n1");
        DeploymentSpec udp = spec("web")
                .port(new PortSpec("127.0.0.1", 8080, 80, Protocol.UDP))
                .build();
        assertThat(place(one, List.of(holder), udp).node()).isEqualTo("n1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd00::2", "FD00::2", "fd00:0:0:0::0002"})
    void whoseAddressItIsGetsThePortHoweverThatIsSpelled(String spelled) {
        List<Node> nodes = List.of(
                node("n1", NodeState.READY, Map.of(), "fd00::1"), node("n2", NodeState.READY, Map.of(), "fd00::2"));
        Instance busy = on("n2", pending("busy-0-a", "busy", 1, 0), InstanceState.RUNNING);
        DeploymentSpec spec = spec("web").port(port(spelled, 80)).build();

        assertThat(place(nodes, List.of(busy), spec).node()).isEqualTo("n2");
    }

    @Test
    void withoutAnAddressAPortIsOnTheMeshElseOnLoopback() {
        List<Node> onMesh = List.of(node("n1", NodeState.READY, Map.of(), "10.54.0.15"));
        List<Node> offMesh = List.of(node("n1", Map.of()));
        DeploymentSpec spec = spec("web").port(port(null, 8080)).build();

        assertThat(place(onMesh, List.of(), spec).ports())
                .extracting(PortBinding::hostIp)
                .containsExactly("10.54.0.15");
        assertThat(place(offMesh, List.of(), spec).ports())
                .extracting(PortBinding::hostIp)
                .containsExactly("127.0.0.1");
        assertThat(place(offMesh, List.of(), spec("web").port(port("mesh", 80)).build())
                        .refusal())
                .contains("n1 has no mesh address");
    }

    @Test
    void anotherNodesMeshAddressDoesNotFit() {
        List<Node> nodes = List.of(
                node("n1", NodeState.READY, Map.of(), "10.54.0.14"),
                node("n2", NodeState.READY, Map.of(), "10.54.0.15"));

        assertThat(place(
                                nodes,
                                List.of(),
                                spec("web").port(port("10.54.0.15", 80)).build())
                        .node())
                .isEqualTo("n2");
    }

    @Test
    void openHostPortsAreAssignedFromTheRangeAndDiffer() {
        DeploymentSpec spec = spec("web")
                .port(port(null, 0))
                .port(port(null, 0))
                .port(port(null, 25_000))
                .build();

        Placement placement = place(List.of(node("n1", Map.of())), List.of(), spec);

        assertThat(placement.ports())
                .extracting(PortBinding::hostPort)
                .doesNotHaveDuplicates()
                .allSatisfy(p -> assertThat(p).isBetween(PortAssigner.FIRST, PortAssigner.LAST));
        assertThat(placement.ports().get(2).hostPort()).isEqualTo(25_000);
    }

    @Test
    void aNodeThatRejectedIsAvoidedAndThenTriedAgain() {
        Instance again = Instance.pending(
                "web-0-b", "web", 1, 0, 1, List.of("n1"), NOW.plusSeconds(1), "n1 could not take it: no room", NOW);
        List<Node> two = List.of(node("n1", Map.of()), node("n2", Map.of()));
        List<Node> one = List.of(node("n1", Map.of()));

        assertThat(place(two, List.of(), again, spec("web").build(), NOW).node())
                .isEqualTo("n2");
        assertThat(place(one, List.of(), again, spec("web").build(), NOW).node())
                .isNull();
        assertThat(place(one, List.of(), again, spec("web").build(), NOW.plusSeconds(1))
                        .node())
                .isEqualTo("n1");
    }

    @Test
    void ofNodesThatAllRejectedTheOneThatDidSoLongestAgoIsTried() {
        List<Node> nodes = List.of(node("n1", Map.of()), node("n2", Map.of()), node("n3", Map.of()));
        List<String> rejected = List.of("n3", "n1", "n2");
        Instance again = Instance.pending(
                "web-0-b", "web", 1, 0, 3, rejected, NOW.plusSeconds(4), "n2 could not take it: no room", NOW);

        Placement placement = place(nodes, List.of(), again, spec("web").build(), NOW.plusSeconds(4));

        assertThat(placement.node()).isEqualTo("n3");
    }

    @Test
    void instancesSpreadEvenly() {
        List<Node> nodes = List.of(node("n1", Map.of()), node("n2", Map.of()), node("n3", Map.of()));
        List<Instance> held = new ArrayList<>();
        Map<String, Integer> count = new TreeMap<>();
        for (int i = 0; i < 30; i++) {
            Instance instance = pending("web-" + i, "web", 1, i);
            Placement placement = place(nodes, held, instance, spec("web").build(), NOW);
            String node = java.util.Objects.requireNonNull(placement.node());
            count.merge(node, 1, Integer::sum);
            held.add(instance.placedOn(node, List.of(), NOW));
        }
        assertThat(count).isEqualTo(Map.of("n1", 10, "n2", 10, "n3", 10));
    }

    private static Node strong(String id, String... zone) {
        Node node = node(id, zone.length == 0 ? Map.of() : Map.of("zone", zone[0]));
        return node.with(able(node.facts(), List.of("cpu", "gpus", "memory", "memory_max", "resources")));
    }

    @Test
    void whatIsReservedIsTakenFromWhatIsLeftOfTheCapacity() {
        // two cores and 1 GiB less the reserve
        Node n1 = strong("n1");
        DeploymentSpec half =
                spec("web").resources(Resources.DEFAULT.withCpu(500)).build();
        Instance held = pending("db-0-a", "db", 1, 0).placedOn("n1", List.of(), new Reservation(1500, 0, 0), NOW, NOW);

        assertThat(place(List.of(n1), List.of(), half).node()).isEqualTo("n1");
        assertThat(place(List.of(n1), List.of(held), half).refusal())
                .isEqualTo("no node fits (1 node looked at): n1 has 0.4 of 1.9 cores free, 0.5 needed");
        assertThat(place(List.of(n1), List.of(held.stopping("undeployed", NOW)), half)
                        .refusal())
                .as("it may still run")
                .contains("0.4 of 1.9 cores free");
        assertThat(place(
                                List.of(n1),
                                List.of(),
                                spec("web")
                                        .resources(Resources.DEFAULT
                                                .withMemory(1L << 30)
                                                .withGpus(1))
                                        .build())
                        .refusal())
                .endsWith("n1 has 768MiB of 768MiB memory free, 1GiB needed, and 0 of 0 gpus free, 1 needed");
        assertThat(place(
                                List.of(n1),
                                List.of(held),
                                spec("web")
                                        .resources(Resources.DEFAULT.withMemoryMax(8L << 30))
                                        .build())
                        .node())
                .as("a limit alone reserves nothing")
                .isEqualTo("n1");
    }

    @Test
    void whereTheCapacityIsNotKnownNothingIsReserved() {
        Node strong = strong("n1");
        Node silent = strong.with(
                new NodeFacts("n1", Map.of(), Capacity.UNKNOWN, "", "0.2.0", null, null, "", strong.features()));
        DeploymentSpec half =
                spec("web").resources(Resources.DEFAULT.withCpu(500)).build();

        assertThat(place(List.of(silent), List.of(), half).refusal())
                .isEqualTo(
                        "no node fits (1 node looked at): n1 has not told what it has, so that nothing can be reserved on it");
        assertThat(place(List.of(silent), List.of(), spec("web").build()).node())
                .isEqualTo("n1");
    }

    @Test
    void anAgentThatDoesNotKnowALimitGetsNoneThatHasIt() {
        DeploymentSpec half =
                spec("web").resources(Resources.DEFAULT.withCpu(500)).build();

        assertThat(place(List.of(node("n1", Map.of())), List.of(), half).refusal())
                .endsWith("n1 has an agent 0.1.0 that knows no cpu, resources; upgrade it");
        assertThat(place(
                                List.of(node("n1", Map.of())),
                                List.of(),
                                spec("web")
                                        .spreadBy("zone")
                                        .maxPerNode(1)
                                        .strategy(Strategy.BINPACK)
                                        .build())
                        .node())
                .as("what is the server's alone asks no agent")
                .isEqualTo("n1");
    }

    @Test
    void noMoreThanSoManyAreOnOneNode() {
        DeploymentSpec one = spec("web").maxPerNode(1).build();
        Instance stops =
                pending("web-1-a", "web", 1, 1).placedOn("n1", List.of(), NOW).stopping("scaled down", NOW);

        assertThat(place(List.of(node("n1", Map.of()), node("n2", Map.of())), List.of(stops), one)
                        .node())
                .isEqualTo("n2");
        assertThat(place(List.of(node("n1", Map.of())), List.of(stops), one).refusal())
                .isEqualTo("no node fits (1 node looked at): n1 has 1 of it already, and max_per_node is 1");
    }

    @Test
    void instancesAreEvenOverTheValuesOfALabel() {
        // a zone with three nodes has no more than one with a single node
        List<Node> nodes =
                List.of(strong("n1", "a"), strong("n2", "a"), strong("n3", "a"), strong("n4", "b"), strong("n5"));
        assertThat(count(nodes, spec("web").spreadBy("zone").replicas(9).build()))
                .isEqualTo(Map.of("n1", 1, "n2", 1, "n3", 1, "n4", 3, "n5", 3));
    }

    @Test
    void whatIsPreferredComesFirstAndWeighs() {
        List<Node> nodes = List.of(
                node("n1", Map.of("disk", "ssd")),
                node("n2", Map.of("disk", "ssd", "gen", "4")),
                node("n3", Map.of("gen", "4")));
        DeploymentSpec spec = spec("web")
                .maxPerNode(1)
                .prefer(new Preference("disk", Constraint.Op.EQUAL, "ssd", List.of(), 2))
                .prefer(new Preference("gen", Constraint.Op.GREATER, "3", List.of(), 1))
                .replicas(3)
                .build();
        List<String> order = new ArrayList<>();
        List<Instance> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Instance instance = pending("web-" + i, "web", 1, i);
            String node = java.util.Objects.requireNonNull(
                    place(nodes, held, instance, spec, NOW).node());
            order.add(node);
            held.add(instance.placedOn(node, List.of(), NOW));
        }
        assertThat(order).containsExactly("n2", "n1", "n3");
    }

    @Test
    void packedInstancesFillANodeBeforeTheNext() {
        List<Node> nodes = List.of(strong("n1"), strong("n2"), strong("n3"));
        Map<String, Integer> count = count(
                nodes,
                spec("web")
                        .strategy(Strategy.BINPACK)
                        .resources(Resources.DEFAULT.withCpu(600))
                        .replicas(4)
                        .build());
        assertThat(count.values()).containsExactlyInAnyOrder(3, 1);
    }

    private static Map<String, Integer> count(List<Node> nodes, DeploymentSpec spec) {
        List<Instance> held = new ArrayList<>();
        Map<String, Integer> count = new TreeMap<>();
        for (int i = 0; i < spec.replicas(); i++) {
            Instance instance = pending(spec.name() + "-" + i, spec.name(), 1, i);
            Placement placement = place(nodes, held, instance, spec, NOW);
            String node = java.util.Objects.requireNonNull(placement.node());
            count.merge(node, 1, Integer::sum);
            held.add(instance.placedOn(node, List.of(), spec.resources().reserved(), NOW, NOW));
        }
        return count;
    }

    @Test
    void aRefusalStaysASentenceInAFleetOfThousands() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            nodes.add(node("n" + i, Map.of("zone", "z" + i % 10)));
        }
        String refusal = place(
                        nodes, List.of(), spec("web").nodeSelector("zone", "x").build())
                .refusal();

        assertThat(refusal)
                .hasSizeLessThan(500)
                .contains("3000 nodes looked at", "n0, n10 has zone=z0, not zone=x", "and 2997 more do not match");
    }
}
