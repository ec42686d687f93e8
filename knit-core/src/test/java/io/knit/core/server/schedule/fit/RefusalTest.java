package io.knit.core.server.schedule.fit;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.in;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.server.schedule.GroupPlacement;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusalTest {
    private static final PortBinding HTTP = new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP);
    private static final DeploymentSpec IN_EU =
            spec("web").nodeSelector("region", "eu").build();
    private static final DeploymentSpec ON_8080 =
            spec("web").port(new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP)).build();

    private static Refusal refusal(Fleet fleet, DeploymentSpec spec, Instance instance, Instant now) {
        Group group = Group.of(List.of(instance), spec, now).get(0);
        return requireNonNull(Scheduler.place(fleet, group).waiting()).refusal();
    }

    private static Refusal refusal(Fleet fleet, DeploymentSpec spec) {
        return refusal(fleet, spec, pending("web-0-a", "web", 1, 0), NOW);
    }

    @Test
    void nothingInItChangesWithWhoAsksWhenOrWithTheStateOfAnother() {
        Instance holder = pending("db-0-a", "db", 1, 0).placedOn("n1", List.of(HTTP), NOW);
        Fleet before = Fleet.EMPTY.with(node("n1", Map.of())).with(null, holder);
        Instance another = pending("db-0-b", "db", 2, 0).placedOn("n1", List.of(HTTP), NOW);
        Fleet after = before.without(holder).with(null, in(another, InstanceState.STOPPING, ""));
        Refusal refusal = refusal(before, ON_8080);

        assertThat(refusal(after, ON_8080, pending("web-7-z", "web", 1, 7), NOW.plusSeconds(60)))
                .isEqualTo(refusal)
                .hasSameHashCodeAs(refusal);
        assertThat(refusal.sentence())
                .isEqualTo(
                        "no node fits (1 node looked at): n1 has host port 127.0.0.1:8080 taken by db; free it or choose another host_port");
    }

    @Test
    void anInstanceThatWasRejectedIsRefusedInTheSameWordsAsLongAsItWaits() {
        Instance again = Instance.pending("web-0-b", "web", 1, 0, 1, List.of("n1"), NOW.plusSeconds(9), "", NOW);
        Fleet fleet = Fleet.EMPTY.with(node("n1", Map.of())).with(node("n2", NodeState.DOWN, Map.of(), null));
        Refusal refusal = refusal(fleet, spec("web").build(), again, NOW);

        assertThat(refusal(fleet, spec("web").build(), again, NOW.plusSeconds(8)))
                .isEqualTo(refusal);
        assertThat(refusal.sentence())
                .isEqualTo("no node fits (2 nodes looked at): n2 takes no work now (down, no heartbeat for 12 s);"
                        + " n1 could not take it before and is asked again later");
    }

    @Test
    void everyKindOfReasonIsNamedWithItsCount() {
        Fleet fleet = Fleet.EMPTY;
        for (int i = 0; i < 1_000; i++) {
            String id = String.format(java.util.Locale.ROOT, "n%04d", i);
            fleet = switch (i % 4) {
                case 0 -> fleet.with(node(id, NodeState.DOWN, Map.of(), null));
                case 1 -> fleet.with(node(id, Map.of()));
                case 2 -> fleet.with(node(id, Map.of("region", "us-" + i)));
                default ->
                    fleet.with(node(id, Map.of("region", "eu")))
                            .with(null, pending("db-" + i, "db", 1, i).placedOn(id, List.of(HTTP), NOW));
            };
        }
        DeploymentSpec spec = spec("web")
                .nodeSelector("region", "eu")
                .port(new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP))
                .build();
        Refusal refusal = refusal(fleet, spec);

        assertThat(refusal.reasons())
                .extracting(Refusal.Reason::cause, Refusal.Reason::nodes)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Misfit.TAKES_NO_WORK, 250),
                        org.assertj.core.groups.Tuple.tuple(Misfit.LABEL, 500),
                        org.assertj.core.groups.Tuple.tuple(Misfit.HOST_PORT, 250));
        assertThat(refusal.sentence())
                .isEqualTo(
                        "no node fits (1000 nodes looked at):"
                                + " n0000, n0004, n0008 and 247 more takes no work now (down, no heartbeat for 12 s);"
                                + " n0001, n0005 lacks the label region=eu; n0002 has region=us-2, not region=eu;"
                                + " and 497 more do not match;"
                                + " n0003, n0007, n0011 and 247 more has host port 127.0.0.1:8080 taken by db; free it or choose another host_port");
    }

    @Test
    void whatIsTrueOfTheNodesThatAreNamedIsNotSaidOfAll() {
        Fleet fleet = Fleet.EMPTY.with(node("n5", Map.of("region", "us")));
        for (int i = 0; i < 5; i++) {
            fleet = fleet.with(node("n" + i, Map.of()));
        }
        assertThat(refusal(fleet, IN_EU).sentence())
                .isEqualTo("no node fits (6 nodes looked at): n0, n1, n2 lacks the label region=eu;"
                        + " and 3 more do not match");
    }

    @Test
    void aGroupThatFillsTheNodesIsToldSo() {
        Fleet fleet = Fleet.EMPTY.with(node("n1", Map.of())).with(node("n2", Map.of()));
        List<Instance> three = IntStream.range(0, 3)
                .mapToObj(slot -> pending("web-" + slot, "web", 1, slot))
                .toList();
        GroupPlacement placement =
                Scheduler.place(fleet, Group.of(three, ON_8080, NOW).get(0));

        assertThat(placement.placed()).extracting(Placement::node).containsExactlyInAnyOrder("n1", "n2");
        Refusal refusal = requireNonNull(placement.waiting()).refusal();
        assertThat(refusal.sentence())
                .isEqualTo(
                        "no node fits (2 nodes looked at): n1, n2 has host port 127.0.0.1:8080 taken by web; free it or choose another host_port");
        Fleet after = fleet;
        for (int i = 0; i < 2; i++) {
            Placement placed = placement.placed().get(i);
            after = after.with(null, three.get(i).placedOn(requireNonNull(placed.node()), placed.ports(), NOW));
        }
        assertThat(refusal(after, ON_8080))
                .as("whoever asks again is told the same")
                .isEqualTo(refusal);
    }

    @Test
    void aNodeThatPeopleWishToRestIsToldSo() {
        Node paused = node("n1", Map.of()).with(new NodeWish(NodeWish.Availability.PAUSED, Map.of()));

        assertThat(refusal(Fleet.EMPTY.with(paused), IN_EU).sentence())
                .isEqualTo("no node fits (1 node looked at): n1 takes no work now (ready, paused)");
    }

    @Test
    void anAgentThatKnowsTooLittleIsToldSo() {
        assertThat(refusal(
                                Fleet.EMPTY.with(node("n1", Map.of())),
                                spec("web").init(false).build())
                        .sentence())
                .isEqualTo("no node fits (1 node looked at): n1 has an agent 0.1.0 that knows no init; upgrade it");
        assertThat(refusal(Fleet.EMPTY, IN_EU).sentence())
                .isEqualTo("no node fits: no agent has joined yet; start one with 'knit agent start'");
    }
}
