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
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.server.schedule.GroupPlacement;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.fleet.RandomFleet;
import io.knit.core.server.schedule.wish.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WaitingTest {
    private static final PortBinding HTTP = new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP);
    private static final DeploymentSpec PLAIN = spec("web").build();
    private static final DeploymentSpec IN_EU =
            spec("web").nodeSelector("region", "eu").build();
    private static final DeploymentSpec ON_8080 =
            spec("web").port(new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP)).build();

    private static Waiting waiting(DeploymentSpec spec, Fleet fleet) {
        Group group =
                Group.of(List.of(pending("web-0-a", "web", 1, 0)), spec, NOW).get(0);
        return requireNonNull(Scheduler.place(fleet, group).waiting());
    }

    private static Fleet fleet(Node... nodes) {
        Fleet fleet = Fleet.EMPTY;
        for (Node node : nodes) {
            fleet = fleet.with(node);
        }
        return fleet;
    }

    @Test
    void noChangeThatMakesRoomIsSleptThrough() {
        int woken = 0;
        int slept = 0;
        for (int seed = 0; seed < 4_000; seed++) {
            RandomFleet world = new RandomFleet(seed);
            DeploymentSpec spec = world.anySpec();
            Group group = Group.of(world.anyGroup(spec), spec, NOW).get(0);
            GroupPlacement first = Scheduler.place(world.fleet(), group);
            Waiting waiting = first.waiting();
            if (waiting == null) {
                continue;
            }
            List<Instance> rest = new ArrayList<>();
            for (int i = 0; i < group.instances().size(); i++) {
                Instance instance = group.instances().get(i);
                if (i < first.placed().size()) {
                    Placement placement = first.placed().get(i);
                    String on = requireNonNull(placement.node());
                    world.instances.put(
                            instance.id(),
                            instance.placedOn(
                                    on, placement.ports(), group.wish().reserved(), NOW, NOW));
                } else {
                    rest.add(instance);
                }
            }
            Opening opening = change(world);

            GroupPlacement again = Scheduler.place(world.fleet(), new Group(group.wish(), rest, null, spec));
            boolean fits = !again.placed().isEmpty();
            if (fits) {
                woken++;
                assertThat(waiting.wakes(opening))
                        .as("seed %s: %s", seed, opening)
                        .isTrue();
            } else if (!waiting.wakes(opening)) {
                slept++;
                assertStillTrue(seed, waiting, world.fleet());
            }
        }
        assertThat(woken).isGreaterThan(50);
        assertThat(slept).isGreaterThan(300);
    }

    private static Opening change(RandomFleet world) {
        if (world.below(2) == 0) {
            String id = "n" + world.below(14);
            Node after = world.below(4) == 0 ? null : world.anyNode();
            String changed = after == null ? id : after.id();
            Node before = after == null ? world.nodes.remove(changed) : world.nodes.put(changed, after);
            return Opening.of(before, after);
        }
        List<Instance> all = List.copyOf(world.instances.values());
        if (all.isEmpty()) {
            return Opening.NONE;
        }
        Instance before = all.get(world.below(all.size()));
        world.instances.remove(before.id());
        return Opening.of(before, null, world.fleet());
    }

    /** But of ports and addresses: there another's change may give another cause. */
    private static void assertStillTrue(int seed, Waiting waiting, Fleet fleet) {
        for (Refusal.Reason reason : waiting.refusal().reasons()) {
            if (reason.cause().compareTo(Misfit.LABEL) > 0) {
                continue;
            }
            for (Refusal.Sample sample : reason.samples()) {
                Account account = fleet.account(sample.node());
                Node node = requireNonNull(account.node());
                Left left = Left.of(account, waiting.wish(), fleet);
                Misfit cause = Filters.refuse(waiting.wish(), node, left, fleet);
                assertThat(cause).as("seed %s, %s", seed, sample).isEqualTo(reason.cause());
                assertThat(Filters.words(reason.cause(), waiting.wish(), node, left, fleet))
                        .as("seed %s", seed)
                        .isEqualTo(sample.words());
            }
        }
    }

    @Test
    void newsOfAnInstanceConcernNobodyWhoWaits() {
        Instance started = pending("db-0-a", "db", 1, 0).placedOn("n1", List.of(HTTP), NOW);

        assertThat(Opening.of(started, in(started, InstanceState.RUNNING, ""), Fleet.EMPTY)
                        .isNone())
                .isTrue();
        assertThat(Opening.of(null, started, Fleet.EMPTY).isNone()).isTrue();
        assertThat(Opening.of(pending("db-0-a", "db", 1, 0), started, Fleet.EMPTY)
                        .isNone())
                .isTrue();
    }

    @Test
    void aFreedPortWakesWhoWantsThatPortOnly() {
        Instance holder = pending("db-0-a", "db", 1, 0).placedOn("n1", List.of(HTTP), NOW);
        Waiting wantsIt = waiting(ON_8080, fleet(node("n1", Map.of())).with(null, holder));
        Waiting wantsLabel = waiting(IN_EU, fleet(node("n1", Map.of())));
        PortBinding other = new PortBinding("127.0.0.1", 8081, 80, Protocol.TCP);

        assertThat(wantsIt.wakes(Opening.of(holder, null, Fleet.EMPTY))).isTrue();
        assertThat(wantsIt.wakes(Opening.of(holder.placedOn("n1", List.of(other), NOW), null, Fleet.EMPTY)))
                .isFalse();
        assertThat(wantsLabel.wakes(Opening.of(holder, null, Fleet.EMPTY))).isFalse();
    }

    @Test
    void aNodeWakesWhoMayFitOnItOnly() {
        Fleet fleet = fleet(node("n1", Map.of()), node("n2", Map.of()), node("n3", Map.of()), node("n4", Map.of()));
        Waiting waiting = waiting(IN_EU, fleet);
        Node inUs = node("n4", Map.of("region", "us"));
        Node inEu = node("n4", Map.of("region", "eu"));

        assertThat(waiting.wakes(Opening.of(fleet.account("n4").node(), inEu))).isTrue();
        assertThat(waiting.wakes(Opening.of(fleet.account("n4").node(), inUs))).isFalse();
        assertThat(waiting.wakes(Opening.of((Node) null, node("n5", Map.of())))).isFalse();
        assertThat(waiting.wakes(Opening.of((Node) null, node("n5", Map.of("region", "eu")))))
                .isTrue();
        assertThat(waiting.wakes(Opening.of(inEu, inEu.judged(NodeState.SUSPECT, "", List.of(), NOW))))
                .as("it takes none now")
                .isFalse();
        assertThat(waiting.wakes(Opening.of(inEu.judged(NodeState.SUSPECT, "", List.of(), NOW), inEu)))
                .isTrue();
    }

    @Test
    void whatIsSaidOfANodeByNameIsSaidAnewWhenItIsNoLongerTrue() {
        Node first = node("n1", Map.of());
        Waiting waiting = waiting(IN_EU, fleet(first));

        assertThat(waiting.wakes(Opening.of(first, null))).as("it is forgotten").isTrue();
        assertThat(waiting.wakes(Opening.of(first, node("n1", Map.of("region", "us")))))
                .isTrue();
        assertThat(waiting.wakes(Opening.of(first, first))).isFalse();
    }

    @Test
    void theFirstNodeWakesAllEvenIfItFitsNobody() {
        assertThat(waiting(IN_EU, Fleet.EMPTY).wakes(Opening.of((Node) null, node("n1", Map.of()))))
                .isTrue();
    }

    @Test
    void anAddressThatIsGivenUpWakesWhoWantsIt() {
        // behind three others that are down, so that it is not told by name
        Node owner = node("n9", NodeState.DOWN, Map.of(), "10.54.0.7");
        DeploymentSpec bound = spec("web")
                .port(new PortSpec("10.54.0.7", 80, 80, Protocol.TCP))
                .build();
        Fleet fleet = fleet(owner, node("n5", Map.of()));
        for (int i = 0; i < 3; i++) {
            fleet = fleet.with(node("n" + i, NodeState.DOWN, Map.of(), null));
        }
        Waiting waiting = waiting(bound, fleet);

        assertThat(waiting.wakes(Opening.of(owner, null))).isTrue();
    }

    @Test
    void timeWakesWhoWasRejected() {
        Instance again = Instance.pending("web-0-b", "web", 1, 0, 1, List.of("n1"), NOW.plusSeconds(1), "", NOW);
        Group group = Group.of(List.of(again), PLAIN, NOW).get(0);
        Waiting waiting = requireNonNull(
                Scheduler.place(fleet(node("n1", Map.of())), group).waiting());

        assertThat(waiting.wakes(NOW)).isFalse();
        assertThat(waiting.wakes(NOW.plusSeconds(1))).isTrue();
        assertThat(waiting(IN_EU, fleet(node("n1", Map.of()))).wakes(NOW.plusSeconds(9)))
                .isFalse();
    }
}
