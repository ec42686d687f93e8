package io.knit.core.server.schedule;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Why a node was taken, in words. */
class GroundsTest {
    private static final Instance WEB = pending("web-0-x", "web", 1, 0);
    private static final DeploymentSpec PLAIN = spec("web").build();

    private static Node drained(String id) {
        Node node = node(id, Map.of());
        return node.with(node.wish().with(NodeWish.Availability.DRAINED, "ann"));
    }

    private static Fleet fleet(Node... nodes) {
        Fleet fleet = Fleet.EMPTY;
        for (Node node : nodes) {
            fleet = fleet.with(node);
        }
        return fleet;
    }

    private static String why(Fleet fleet, DeploymentSpec spec) {
        return Scheduler.place(fleet, WEB, spec, NOW).why();
    }

    private static List<String> whys(Fleet fleet, DeploymentSpec spec, int instances) {
        List<Instance> all = IntStream.range(0, instances)
                .mapToObj(slot -> pending("web-" + slot + "-x", "web", 1, slot))
                .toList();
        return Scheduler.place(fleet, Group.of(all, spec, NOW).get(0)).placed().stream()
                .map(Placement::why)
                .toList();
    }

    @Test
    void nodesThatDoNotFitSayWhyNotByKind() {
        String drained = "takes no work now (ready, drained by ann)";
        assertThat(why(fleet(node("a", Map.of()), drained("b"), drained("c")), PLAIN))
                .isEqualTo("the only node that fits; b, c " + drained);
        assertThat(why(
                        fleet(
                                node("a", Map.of("region", "eu")),
                                drained("b"),
                                drained("c"),
                                drained("d"),
                                drained("e"),
                                node("f", Map.of("region", "us"))),
                        spec("web").nodeSelector("region", "eu").build()))
                .isEqualTo(
                        "the only node that fits; b, c, d and 1 more " + drained + "; f has region=us, not region=eu");
    }

    @Test
    void ofSeveralThatFitTheNextBestIsComparedAsItWasThen() {
        Fleet two = fleet(node("a", Map.of()), node("b", Map.of()));
        assertThat(whys(two, PLAIN, 2))
                .containsExactly(
                        "of 2 nodes that fit none is better: it has 0 of web beside this one, and 0 of all",
                        "of 2 nodes that fit it has 0 of web, and "
                                + Scheduler.place(two, WEB, PLAIN, NOW).node() + " 1");
        assertThat(whys(two, spec("web").maxPerNode(1).build(), 2).get(1))
                .isEqualTo("of 2 nodes that fit it alone has room left");
        assertThat(whys(
                        fleet(node("a", Map.of("zone", "x")), node("b", Map.of("zone", "y"))),
                        spec("web").spreadBy("zone").build(),
                        2))
                .element(1)
                .asString()
                .contains(", where 0 of web are, and on ", " 1");
    }

    @Test
    void aFixedPortThatIsTakenIsNoFit() {
        PortBinding taken = new PortBinding("127.0.0.1", 80, 80, Protocol.TCP);
        Fleet fleet = fleet(node("a", Map.of()), node("b", Map.of()))
                .with(null, on("b", pending("api-0-x", "api", 1, 0), InstanceState.RUNNING, taken));
        DeploymentSpec spec = spec("web")
                .port(new PortSpec("127.0.0.1", 80, 80, Protocol.TCP))
                .build();
        assertThat(why(fleet, spec)).isEqualTo("the only node that fits; b has host port 127.0.0.1:80 taken by api");
    }

    @Test
    void whereThereIsNoChoiceThatIsSaid() {
        Fleet two = fleet(node("a", Map.of()), node("b", Map.of()));
        Instance ready = WEB.preparedBy(new Preparation("b", true), "");
        assertThat(Scheduler.place(two, ready, PLAIN, NOW).why()).isEqualTo("it has made it ready");
        DeploymentSpec each = spec("web").mode(Mode.GLOBAL).build();
        assertThat(Scheduler.place(two, WEB.keyed("a"), each, NOW).why())
                .isEqualTo("there is one on each node that fits");
    }

    @Test
    void ofManyNodesTheFirstAreAskedAndOneHasNoMoreToSayThanPeopleRead() {
        Fleet fleet = Fleet.EMPTY;
        for (int i = 100; i < 200; i++) {
            fleet = fleet.with(i < 150 ? node("n" + i, Map.of("region", "eu")) : drained("n" + i));
        }
        assertThat(why(fleet, PLAIN)).startsWith("of 50 nodes that fit ").endsWith("of all; 50 do not");
        Fleet long1 = fleet(node("a", Map.of("region", "eu")));
        for (int i = 0; i < 9; i++) {
            long1 = long1.with(node("n".repeat(60) + i, Map.of("region", "u".repeat(60) + i)));
        }
        assertThat(why(long1, spec("web").nodeSelector("region", "eu").build()))
                .hasSizeBetween(300, Grounds.LONGEST + 1);
    }
}
