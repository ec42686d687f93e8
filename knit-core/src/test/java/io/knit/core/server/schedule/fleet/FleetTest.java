package io.knit.core.server.schedule.fleet;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.in;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.api.model.Reservation;
import io.knit.core.server.schedule.fit.Opening;
import io.knit.core.server.schedule.wish.Wish;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FleetTest {
    private static final PortBinding HTTP = new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP);

    @Test
    void anAccountKeptUpToDateIsTheSameAsOneAddedUp() {
        for (int seed = 0; seed < 300; seed++) {
            RandomFleet world = new RandomFleet(seed);
            Fleet fleet = world.fleet();
            for (int step = 0; step < 60; step++) {
                fleet = change(world, fleet);
            }
            assertSameAsAddedUp(seed, world, fleet);
        }
    }

    private static Fleet change(RandomFleet world, Fleet fleet) {
        switch (world.below(4)) {
            case 0 -> {
                Node node = world.anyNode();
                world.nodes.put(node.id(), node);
                return fleet.with(node);
            }
            case 1 -> {
                String id = "n" + world.below(14);
                world.nodes.remove(id);
                return fleet.withoutNode(id);
            }
            case 2 -> {
                Instance gone = world.instances.remove(world.anyInstance().id());
                return gone == null ? fleet : fleet.without(gone);
            }
            default -> {
                Instance after = world.anyInstance();
                return fleet.with(world.instances.put(after.id(), after), after);
            }
        }
    }

    private static void assertSameAsAddedUp(int seed, RandomFleet world, Fleet fleet) {
        assertThat(fleet.size()).as("seed %s", seed).isEqualTo(world.nodes.size());
        assertThat(fleet.nodes())
                .as("seed %s", seed)
                .extracting(Account::node)
                .isEqualTo(List.copyOf(world.nodes.values()));
        for (int i = 0; i < 14; i++) {
            String id = "n" + i;
            Account account = fleet.account(id);
            List<Instance> here = world.instances.values().stream()
                    .filter(instance -> id.equals(RandomFleet.home(instance)))
                    .toList();
            assertThat(account.live()).as("seed %s, %s", seed, id).isEqualTo((int)
                    here.stream().filter(Instance::isLive).count());
            assertThat(account.reserved())
                    .as("seed %s, %s", seed, id)
                    .isEqualTo(here.stream().map(Instance::setAside).reduce(Reservation.NONE, Reservation::plus));
            for (String deployment : List.of("api", "db", "web")) {
                assertThat(fleet.thereOf(deployment, account))
                        .as("seed %s, %s of %s", seed, id, deployment)
                        .isEqualTo((int) here.stream()
                                .filter(it -> it.node() != null
                                        && !it.isOver()
                                        && it.deployment().equals(deployment))
                                .count());
            }
            List<Instance> holders = here.stream().filter(it -> !it.isOver()).toList();
            for (Instance holder : holders) {
                assertThat(holder.ports()).as("seed %s, %s", seed, id).noneMatch(account.ports()::isFree);
            }
            assertThat(account.ports().isEmpty())
                    .as("seed %s, %s", seed, id)
                    .isEqualTo(
                            holders.stream().allMatch(holder -> holder.ports().isEmpty()));
        }
        for (String deployment : List.of("api", "db", "web")) {
            Map<String, Integer> live = new TreeMap<>();
            world.instances.values().stream()
                    .filter(i -> i.isLive()
                            && i.until() == null
                            && i.deployment().equals(deployment)
                            && RandomFleet.home(i) != null)
                    .forEach(i -> live.merge(String.valueOf(RandomFleet.home(i)), 1, Integer::sum));
            assertThat(fleet.liveOf(deployment))
                    .as("seed %s, %s", seed, deployment)
                    .isEqualTo(live);
        }
        for (int i = 0; i < 5; i++) {
            DeploymentSpec spec = world.anySpec();
            Wish wish = Wish.of(pending("web-0", "web", 1, 0), spec, NOW);
            Set<Node> admitting = new HashSet<>();
            Bits places = fleet.admitting(wish);
            for (int place = places.next(0); place >= 0; place = places.next(place + 1)) {
                // what is asked of labels otherwise than by their values is asked of each
                Node node = Objects.requireNonNull(fleet.at(place).node());
                if (wish.isMetBy(node)) {
                    admitting.add(node);
                }
            }
            assertThat(admitting)
                    .as("seed %s, %s", seed, wish)
                    .isEqualTo(
                            world.nodes.values().stream().filter(wish::admits).collect(Collectors.toSet()));
        }
    }

    @Test
    void newsOfAStateChangeNothing() {
        Instance started = on("n1", pending("web-0-a", "web", 1, 0), InstanceState.STARTING, HTTP);
        Fleet fleet = Fleet.EMPTY.with(node("n1", Map.of())).with(null, started);

        assertThat(fleet.with(started, in(started, InstanceState.RUNNING, ""))).isSameAs(fleet);
    }

    @Test
    void whatEndedForGoodHoldsNoPortAndNoRoomAndIsNoneOfSoManyOnANode() {
        Instance runs = in(
                pending("web-0-a", "web", 1, 0)
                        .placedOn("n1", List.of(HTTP), new Reservation(500, 64L << 20, 1), NOW, NOW),
                InstanceState.RUNNING,
                "");
        Fleet full = Fleet.EMPTY.with(node("n1", Map.of())).with(null, runs);
        assertThat(full.account("n1").ports().isFree(HTTP)).isFalse();
        assertThat(full.thereOf("web", full.account("n1"))).isEqualTo(1);

        Instance over = in(runs, InstanceState.FAILED, "ended with exit code 1");
        Fleet empty = full.with(runs, over);
        assertThat(empty.account("n1").ports().isFree(HTTP)).isTrue();
        assertThat(empty.account("n1").reserved()).isEqualTo(Reservation.NONE);
        assertThat(empty.thereOf("web", empty.account("n1"))).isZero();
        assertThat(empty.without(over).account("n1").reserved()).isEqualTo(Reservation.NONE);

        Opening opening = Opening.of(runs, over, empty);
        assertThat(opening.freed()).containsExactly(HTTP);
        assertThat(opening.roomOn()).isEqualTo("n1");
        assertThat(opening.left()).isEqualTo("web");
        assertThat(Opening.of(over, null, empty.without(over)))
                .as("was said when it ended")
                .isEqualTo(Opening.NONE);
    }

    @Test
    void whatANodeMakesReadyCountsThereAsIfItRanThere() {
        Instance prepared = pending("web-0-a", "web", 1, 0).preparedBy(new Preparation("n1", false), "");
        Fleet fleet = Fleet.EMPTY.with(node("n1", Map.of())).with(null, prepared);

        assertThat(fleet.account("n1").live()).isEqualTo(1);
        assertThat(fleet.liveOf("web")).isEqualTo(Map.of("n1", 1));
        assertThat(fleet.with(prepared, prepared.unprepared()).account("n1").live())
                .isZero();
    }

    @Test
    void aNodeThatIsForgottenAndJoinsAgainStillHoldsWhatItHeld() {
        Instance running = pending("web-0-a", "web", 1, 0).placedOn("n1", List.of(HTTP), NOW);
        Fleet fleet = Fleet.EMPTY.with(node("n1", Map.of("zone", "a"))).with(null, running);

        Fleet forgotten = fleet.withoutNode("n1");
        assertThat(forgotten.size()).isZero();
        assertThat(forgotten.nodes()).isEmpty();
        assertThat(forgotten
                        .admitting(Wish.of(running, spec("web").build(), NOW))
                        .isEmpty())
                .isTrue();

        Account again = forgotten.with(node("n1", Map.of())).account("n1");
        assertThat(again.live()).isEqualTo(1);
        assertThat(again.ports().isFree(HTTP)).isFalse();
    }

    @Test
    void anInstanceOnItsNodeBeforeTheNodeIsKnownIsCounted() {
        Instance running = pending("web-0-a", "web", 1, 0).placedOn("n1", List.of(HTTP), NOW);
        Fleet fleet = Fleet.EMPTY.with(null, running);

        assertThat(fleet.nodes()).isEmpty();
        assertThat(fleet.with(node("n1", Map.of())).account("n1").live()).isEqualTo(1);
    }
}
