package io.knit.core.server.schedule;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.core.server.schedule.fit.PortAssigner;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.fleet.RandomFleet;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Wish;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupPlacementTest {
    @Test
    void aGroupGoesWhereItsInstancesWouldGoOneByOne() {
        int placed = 0;
        int refused = 0;
        for (int seed = 0; seed < 1500; seed++) {
            RandomFleet world = new RandomFleet(seed);
            DeploymentSpec spec = world.anySpec();
            List<Instance> pending = world.anyGroup(spec);
            ReferenceScheduler reference = new ReferenceScheduler(world, spec, NOW);
            List<Placement> expected = new ArrayList<>();
            for (Instance instance : pending) {
                Placement one = reference.place(instance);
                if (one != null) {
                    expected.add(one);
                }
            }
            List<Group> groups = Group.of(pending, spec, NOW);
            assertThat(groups).as("seed %s", seed).hasSize(1);

            GroupPlacement together = Scheduler.place(world.fleet(), groups.get(0));

            assertThat(together.placed().stream().map(it -> Placement.on(String.valueOf(it.node()), it.ports(), "")))
                    .as("seed %s", seed)
                    .containsExactlyElementsOf(expected);
            assertThat(together.waiting() == null).as("seed %s", seed).isEqualTo(expected.size() == pending.size());
            placed += expected.size();
            refused += pending.size() - expected.size();
        }
        assertThat(placed).isGreaterThan(500);
        assertThat(refused).isGreaterThan(500);
    }

    @Test
    void noChoiceIsBetterThanTheNodeThatIsTaken() {
        int compared = 0;
        for (int seed = 0; seed < 1500; seed++) {
            RandomFleet world = new RandomFleet(seed);
            DeploymentSpec spec = world.anySpec();
            Instance instance = world.anyGroup(spec).get(0);
            Placement placement = Scheduler.place(world.fleet(), instance, spec, NOW);
            List<Candidate> candidates = Candidate.of(world.fleet(), instance, spec, NOW);
            if (placement.node() == null) {
                assertThat(candidates).as("seed %s", seed).isEmpty();
            } else if (!Wish.of(instance, spec, NOW).isDrawn()) {
                assertThat(placement.why())
                        .as("seed %s", seed)
                        .startsWith(
                                instance.preparation() != null
                                                && instance.preparation().node().equals(placement.node())
                                        ? "it has made it ready"
                                        : candidates.size() == 1
                                                ? "the only node that fits"
                                                : "of " + candidates.size() + " nodes that fit ");
                Candidate taken = candidates.stream()
                        .filter(candidate -> candidate.node().equals(placement.node()))
                        .findFirst()
                        .orElseThrow();
                assertThat(candidates)
                        .as("seed %s: %s", seed, taken)
                        .noneMatch(other -> other.isBetterThan(taken))
                        .allMatch(other -> taken.isBetterThan(other)
                                != taken.against(other, "web", spec.spreadBy()).isEmpty());
                compared += candidates.size() - 1;
            }
        }
        assertThat(compared).isGreaterThan(500);
    }

    @Test
    void aNodeIsAskedOnceForAGroupAndNotAtAllIfALabelRulesItOut() {
        Fleet fleet = Fleet.EMPTY;
        for (int i = 0; i < 1000; i++) {
            fleet = fleet.with(node("n" + i, Map.of("zone", "z" + i % 10, "os", "linux")));
        }
        DeploymentSpec spec = spec("web")
                .nodeSelector("os", "linux")
                .nodeSelector("zone", "z3")
                .build();
        List<Instance> many = IntStream.range(0, 500)
                .mapToObj(slot -> pending("web-" + slot, "web", 1, slot))
                .toList();

        GroupPlacement placement =
                Scheduler.place(fleet, Group.of(many, spec, NOW).get(0));

        assertThat(placement.placed()).hasSize(500);
        assertThat(placement.nodesAsked()).isEqualTo(100);
    }

    @Test
    void onlyWhatMayBePlacedTogetherIs() {
        Instance first = pending("web-0-a", "web", 1, 0);
        Instance rejected = Instance.pending("web-1-a", "web", 1, 1, 1, List.of("n1"), NOW, "", NOW);
        Instance waits = Instance.pending("web-2-a", "web", 1, 2, 1, List.of("n1"), NOW.plusSeconds(2), "", NOW);
        Instance waitsLess = Instance.pending("web-3-a", "web", 1, 3, 1, List.of("n1"), NOW.plusSeconds(1), "", NOW);
        Instance last = pending("web-4-a", "web", 1, 4);

        List<Group> groups = Group.of(
                List.of(first, rejected, waits, waitsLess, last), spec("web").build(), NOW);

        assertThat(groups)
                .extracting(Group::instances)
                .containsExactly(List.of(first, last), List.of(rejected), List.of(waits, waitsLess));
        assertThat(groups.get(2).tryAgain()).isEqualTo(NOW.plusSeconds(1));
        assertThat(groups.get(1).tryAgain()).isNull();
    }

    @Test
    void anotherImageOrNumberOfReplicasIsTheSameWish() {
        Instance instance = pending("web-0-a", "web", 1, 0);
        DeploymentSpec other =
                DeploymentSpec.builder("web", "nginx:1.28").replicas(12).build();

        assertThat(Wish.of(instance, spec("web").build(), NOW)).isEqualTo(Wish.of(instance, other, NOW));
    }

    @Test
    void ofTheNodesThatRejectedItAnInstanceRemembersTheLatest() {
        Instance instance = pending("web-0-a", "web", 1, 0);
        List<String> all = IntStream.range(0, 40).mapToObj(i -> "n" + i).toList();
        for (String node : all) {
            instance = instance.preparedBy(new Preparation(node, false), "").notPrepared("no such image", NOW);
        }
        List<String> latest = all.subList(all.size() - Wish.REMEMBERED, all.size());

        assertThat(instance.avoid()).isEqualTo(latest);
        assertThat(Instance.pending("web-0-b", "web", 1, 0, 40, all, NOW, "", NOW)
                        .avoid())
                .as("also one of a store of before")
                .isEqualTo(latest);
    }

    @Test
    void whoWasRejectedByManyWaitsEverywhereAndThenGoesToNodesByLot() {
        Fleet fleet = Fleet.EMPTY;
        for (int i = 0; i < 40; i++) {
            fleet = fleet.with(node("n" + i, Map.of()));
        }
        // these are busy, so by load it would never come to them
        for (int i = 20; i < 40; i++) {
            fleet = fleet.with(null, pending("db-" + i, "db", 1, 0).placedOn("n" + i, List.of(), NOW));
        }
        List<String> avoid =
                IntStream.range(0, Wish.REMEMBERED).mapToObj(i -> "n" + i).toList();
        Set<String> tried = new HashSet<>();
        for (int attempt = 20; attempt < 220; attempt++) {
            Instance again = Instance.pending("web-0-a", "web", 1, 0, attempt, avoid, NOW.plusSeconds(60), "", NOW);
            DeploymentSpec spec = spec("web").build();
            GroupPlacement early =
                    Scheduler.place(fleet, Group.of(List.of(again), spec, NOW).get(0));
            assertThat(early.placed()).isEmpty();
            Instance late = Instance.pending("web-0-a", "web", 1, 0, attempt, avoid, NOW, "", NOW);
            Scheduler.place(fleet, Group.of(List.of(late), spec, NOW).get(0))
                    .placed()
                    .forEach(placement -> tried.add(String.valueOf(placement.node())));
        }
        assertThat(tried).hasSize(40 - Wish.REMEMBERED);
    }

    @Test
    void anOpenPortLeavesAFixedOneOfTheSameWishToIt() {
        int begin =
                PortAssigner.FIRST + Math.floorMod("web-0-a".hashCode(), PortAssigner.LAST - PortAssigner.FIRST + 1);
        DeploymentSpec spec = spec("web")
                .port(new PortSpec(null, 0, 80, Protocol.TCP))
                .port(new PortSpec(null, begin, 81, Protocol.TCP))
                .build();

        GroupPlacement placement = Scheduler.place(
                Fleet.EMPTY.with(node("n1", Map.of())),
                Group.of(List.of(pending("web-0-a", "web", 1, 0)), spec, NOW).get(0));

        assertThat(placement.placed().get(0).ports())
                .extracting(PortBinding::hostPort)
                .containsExactly(begin + 1, begin);
    }

    @Test
    void freePortsAreFoundWhereNearlyAllAreTaken() {
        Fleet fleet = Fleet.EMPTY.with(node("n1", Map.of()));
        DeploymentSpec spec =
                spec("web").port(new PortSpec(null, 0, 80, Protocol.TCP)).build();
        int all = PortAssigner.LAST - PortAssigner.FIRST + 1;
        List<Instance> tooMany = IntStream.range(0, all + 3)
                .mapToObj(slot -> pending("web-" + slot, "web", 1, slot))
                .toList();

        GroupPlacement placement =
                Scheduler.place(fleet, Group.of(tooMany, spec, NOW).get(0));

        assertThat(placement.placed()).hasSize(all);
        assertThat(placement.placed().stream()
                        .map(p -> p.ports().get(0).hostPort())
                        .distinct())
                .hasSize(all);
        assertThat(java.util.Objects.requireNonNull(placement.waiting())
                        .refusal()
                        .sentence())
                .isEqualTo("no node fits (1 node looked at): n1 has no free host port from 20000 to 31999");
    }
}
