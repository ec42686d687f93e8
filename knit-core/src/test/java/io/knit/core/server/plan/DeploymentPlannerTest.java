package io.knit.core.server.plan;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.in;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.api.spi.loop.IdSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentPlannerTest {
    private final Map<String, Node> nodes =
            new LinkedHashMap<>(Map.of("n1", node("n1", Map.of()), "n2", node("n2", Map.of())));
    private final Map<Integer, DeploymentSpec> specs = new LinkedHashMap<>();
    private final Facts facts = new Facts() {
        @Override
        public Instant served() {
            return NOW;
        }

        @Override
        public @Nullable Node node(String id) {
            return nodes.get(id);
        }

        @Override
        public Collection<Node> nodes() {
            return nodes.values();
        }

        @Override
        public boolean servesOthers(String node) {
            return false;
        }

        @Override
        public @Nullable DeploymentSpec spec(int revision) {
            return specs.get(revision);
        }

        @Override
        public String container(int revision) {
            DeploymentSpec spec = specs.get(revision);
            return spec == null ? "" : spec.image() + spec.env();
        }
    };
    private final IdSource ids = ids();

    private DeploymentPlan plan(Deployment deployment, Instance... instances) {
        return DeploymentPlanner.plan(deployment, List.of(instances), facts, NOW, ids);
    }

    private static Instance running(String id, int revision, int slot) {
        return on("n1", pending(id, "web", revision, slot), InstanceState.RUNNING);
    }

    @Test
    void everyEmptySlotGetsAnInstance() {
        DeploymentPlan plan = plan(deployment(1, spec("web").replicas(3).build()), running("web-1-a", 1, 1));

        assertThat(plan.create()).extracting(Instance::slot).containsExactly(0, 2);
        assertThat(plan.create()).allSatisfy(i -> assertThat(i.state()).isEqualTo(InstanceState.PENDING));
        assertThat(plan.keep()).extracting(Instance::id).containsExactly("web-1-a");
    }

    private static Instance ready(String id, int revision, int slot) {
        return later(id, revision, slot).preparedBy(new Preparation("n1", true), "");
    }

    @Test
    void anUpdateMakesTheSuccessorOfOneRunningSlotReadyAndThenReplacesIt() {
        Deployment second = deployment(2, spec("web").replicas(3).build());

        DeploymentPlan plan = plan(second, running("a", 1, 0), running("b", 1, 1), running("c", 1, 2));

        assertThat(plan.update()).isEmpty();
        assertThat(plan.create()).extracting(Instance::slot).containsExactly(0);
        assertThat(plan.keep()).extracting(Instance::id).containsExactlyInAnyOrder("a", "b", "c");

        Instance fetching = later("a2", 2, 0).preparedBy(new Preparation("n1", false), "");
        assertThat(plan(second, running("a", 1, 0), fetching, running("b", 1, 1), running("c", 1, 2))
                        .isEmpty())
                .isTrue();

        DeploymentPlan then =
                plan(second, running("a", 1, 0), ready("a2", 2, 0), running("b", 1, 1), running("c", 1, 2));
        assertThat(then.update()).extracting(Instance::id).containsExactly("a");
        assertThat(then.update()).allSatisfy(i -> assertThat(i.reason()).isEqualTo("replaced by revision 2"));
        assertThat(then.create()).isEmpty();
        assertThat(then.keep()).extracting(Instance::id).containsExactlyInAnyOrder("a2", "b", "c");
    }

    @Test
    void anUpdateWaitsForTheSlotOnItsWay() {
        Deployment second = deployment(2, spec("web").replicas(2).build());
        Instance starting = on("n1", pending("new", "web", 2, 0), InstanceState.STARTING);

        assertThat(plan(second, starting, running("b", 1, 1)).isEmpty()).isTrue();
        assertThat(plan(second, running("new", 2, 0), running("b", 1, 1), ready("b2", 2, 1))
                        .update())
                .extracting(Instance::id)
                .containsExactly("b");
    }

    @Test
    void anOldInstanceThatDoesNotRunIsReplacedAtOnce() {
        Deployment second = deployment(2, spec("web").replicas(2).build());
        Instance stuck = on("n1", pending("stuck", "web", 1, 1), InstanceState.STARTING);

        DeploymentPlan plan = plan(second, running("a", 1, 0), stuck);

        assertThat(plan.create()).extracting(Instance::slot).containsExactly(1);
        assertThat(plan.keep()).extracting(Instance::id).containsExactly("a");
    }

    @Test
    void aSlotThatFitsNowhereDoesNotHoldUpTheUpdateOfThoseThatRun() {
        Deployment second = deployment(2, spec("web").replicas(4).build());
        Instance nowhere = pending("nowhere", "web", 1, 2);

        DeploymentPlan plan = plan(second, running("a", 1, 0), running("b", 1, 1), nowhere);

        assertThat(plan.create()).extracting(Instance::slot).containsExactly(0);
        assertThat(plan.keep()).extracting(Instance::id).containsExactlyInAnyOrder("a", "b", "nowhere");

        DeploymentPlan last = plan(second, running("a2", 2, 0), running("b", 1, 1), ready("b2", 2, 1), nowhere);
        assertThat(last.create()).extracting(Instance::slot).containsExactly(2, 3);
        assertThat(last.forget()).extracting(Instance::id).containsExactly("nowhere");
    }

    @Test
    void aSlotThatIsDownForAnUpdateIsStillSoForTheNextRevision() {
        Deployment third = deployment(3, spec("web").replicas(2).build());
        Instance stops = running("a", 1, 0).stopping("replaced by revision 2", NOW);

        DeploymentPlan plan = plan(third, stops, ready("a2", 2, 0), running("b2", 2, 1));
        assertThat(plan.create()).extracting(Instance::slot).containsExactly(0);
        assertThat(plan.keep()).extracting(Instance::id).containsExactlyInAnyOrder("a", "b2");

        DeploymentPlan gone = plan(third, ready("a2", 2, 0), running("b2", 2, 1));
        assertThat(gone.create()).extracting(Instance::slot).containsExactly(0);
        assertThat(gone.keep()).extracting(Instance::id).containsExactly("b2");
    }

    @Test
    void scalingDownStopsTheHighestSlots() {
        DeploymentPlan plan =
                plan(deployment(2, spec("web").replicas(1).build()), running("a", 2, 0), running("b", 2, 1));

        assertThat(plan.update()).singleElement().satisfies(i -> {
            assertThat(i.id()).isEqualTo("b");
            assertThat(i.order()).isEqualTo(Order.STOP);
            assertThat(i.reason()).isEqualTo("scaled down to 1");
        });
    }

    @Test
    void whatRanOnADownNodeIsLostAndGetsASuccessorAndIsStillWanted() {
        down("n1");

        DeploymentPlan plan = plan(deployment(1, spec("web").build()), running("a", 1, 0));

        assertThat(plan.update()).singleElement().satisfies(i -> {
            assertThat(i.state()).isEqualTo(InstanceState.LOST);
            assertThat(i.order()).isEqualTo(Order.RUN);
            assertThat(i.reason()).isEqualTo("its node n1 is down");
        });
        assertThat(plan.create())
                .singleElement()
                .satisfies(i -> assertThat(i.reason()).isEqualTo("takes the place of a (running)"));
    }

    private void down(String node) {
        nodes.put(node, node(node, NodeState.DOWN, Map.of(), null));
    }

    private static Instance lost(String id, int revision, int slot) {
        return running(id, revision, slot).lost("its node n1 is down", NOW);
    }

    private static Instance later(String id, int revision, int slot) {
        return Instance.pending(id, "web", revision, slot, 0, List.of(), NOW, "", NOW.plusSeconds(1));
    }

    @Test
    void theSuccessorOfALostInstanceEndsItOnlyWhenItRuns() {
        down("n1");
        Deployment web = deployment(1, spec("web").build());
        Instance starting = on("n2", later("b", 1, 0), InstanceState.STARTING);

        assertThat(plan(web, lost("a", 1, 0), starting).isEmpty()).isTrue();
        assertThat(plan(web, lost("a", 1, 0), on("n2", later("b", 1, 0), InstanceState.RUNNING))
                        .update())
                .singleElement()
                .satisfies(i -> {
                    assertThat(i.id()).isEqualTo("a");
                    assertThat(i.order()).isEqualTo(Order.STOP);
                    assertThat(i.reason()).isEqualTo("b runs in its place; its node n1 is down");
                });
    }

    @Test
    void aLostInstanceWhoseNodeIsBackIsWaitedFor() {
        Deployment web = deployment(1, spec("web").build());

        assertThat(plan(web, lost("a", 1, 0)).isEmpty()).isTrue();
        assertThat(plan(web, lost("a", 1, 0), later("b", 1, 0)).isEmpty()).isTrue();
    }

    @Test
    void aLostInstanceThatIsHeardToRunIsTakenBackAndItsSuccessorEnds() {
        Deployment web = deployment(1, spec("web").build());

        assertThat(plan(web, running("a", 1, 0), later("b", 1, 0)).forget())
                .extracting(Instance::id)
                .containsExactly("b");
        DeploymentPlan plan = plan(web, running("a", 1, 0), on("n2", later("b", 1, 0), InstanceState.STARTING));
        assertThat(plan.keep()).extracting(Instance::id).containsExactly("a");
        assertThat(plan.update()).extracting(Instance::id).containsExactly("b");
    }

    @Test
    void ofTwoThatDoNotRunBothGoOnUntilOneDoes() {
        Deployment web = deployment(1, spec("web").build());
        Instance back = on("n1", pending("a", "web", 1, 0), InstanceState.STARTING);

        assertThat(plan(web, back, on("n2", later("b", 1, 0), InstanceState.STARTING))
                        .isEmpty())
                .isTrue();
        Instance failing = running("a", 1, 0).with(new Observed(InstanceState.RUNNING, "ended", 1, true, 5, NOW));
        assertThat(plan(web, failing, on("n2", later("b", 1, 0), InstanceState.STARTING))
                        .isEmpty())
                .isTrue();
    }

    @Test
    void anUpdateWaitsUntilTheNextOneIsHealthy() {
        Deployment second = deployment(2, spec("web").replicas(2).build());
        for (Health health : Health.values()) {
            Instance next =
                    running("a2", 2, 0).with(new Observed(InstanceState.RUNNING, "", 0, false, 5, NOW, health, NOW));
            boolean goesOn = health == Health.NONE || health == Health.HEALTHY;

            DeploymentPlan plan = plan(second, next, running("b", 1, 1));

            assertThat(plan.create()).as("%s", health).hasSize(goesOn ? 1 : 0);
            assertThat(plan.keep()).extracting(Instance::id).containsExactlyInAnyOrder("a2", "b");
        }
    }

    @Test
    void whatIsNotHealthyYetTakesNoLostOnesPlace() {
        nodes.put("n1", node("n1", NodeState.DOWN, Map.of(), null));
        Instance lost = running("a", 1, 0);
        Instance next = running("b", 1, 0).placedOn("n2", List.of(), NOW);
        Deployment web = deployment(1, spec("web").build());

        Instance starting = next.with(new Observed(InstanceState.RUNNING, "", 0, false, 5, NOW, Health.STARTING, NOW));
        assertThat(plan(web, lost, starting).update())
                .filteredOn(i -> i.id().equals("a"))
                .allMatch(i -> i.order() == io.knit.api.model.Order.RUN);
        Instance healthy = next.with(new Observed(InstanceState.RUNNING, "", 0, false, 5, NOW, Health.HEALTHY, NOW));
        assertThat(plan(web, lost, healthy).update())
                .filteredOn(i -> i.id().equals("a"))
                .singleElement()
                .satisfies(i -> assertThat(i.order()).isEqualTo(io.knit.api.model.Order.STOP));
    }

    @Test
    void anOlderRevisionThatIsTakenBackIsUpdatedInItsTurn() {
        Deployment second = deployment(2, spec("web").replicas(2).build());
        Instance starting = on("n2", later("b2", 2, 1), InstanceState.STARTING);

        DeploymentPlan busy = plan(second, running("a", 1, 0), later("a2", 2, 0), starting);
        assertThat(busy.keep()).extracting(Instance::id).containsExactlyInAnyOrder("a", "b2");
        assertThat(busy.forget()).extracting(Instance::id).containsExactly("a2");
        // its successor waits until it is ready
        assertThat(plan(second, running("a", 1, 0), later("a2", 2, 0), running("b2", 2, 1))
                        .isEmpty())
                .isTrue();

        // its successor has a place already: it ends when that runs
        Instance placed = on("n2", later("a2", 2, 0), InstanceState.STARTING);
        assertThat(plan(second, running("a", 1, 0), placed, running("b", 1, 1)).isEmpty())
                .isTrue();
    }

    @Test
    void aFixRepairsWhatIsDownFirst() {
        // revision 2 could not be run anywhere, revision 3 shall mend it
        Deployment third = deployment(3, spec("web").replicas(4).build());
        Instance broken = Instance.pending("bad", "web", 2, 0, 3, List.of("n1"), NOW, "no such image", NOW);

        DeploymentPlan plan = plan(third, broken, running("b", 1, 1), running("c", 1, 2), running("d", 1, 3));

        assertThat(plan.create()).extracting(Instance::slot).containsExactly(0);
        assertThat(plan.keep()).extracting(Instance::id).containsExactlyInAnyOrder("b", "c", "d");
    }

    @Test
    void anUpdateBeginsWithASlotWhoseContainerDoesNotStayUp() {
        Deployment second = deployment(2, spec("web").replicas(3).build());
        Instance failing = running("c", 1, 2).with(new Observed(InstanceState.RUNNING, "ended", 9, true, 5, NOW));

        assertThat(plan(second, running("a", 1, 0), running("b", 1, 1), failing).create())
                .extracting(Instance::slot)
                .containsExactly(2);
    }

    @Test
    void aSuspectNodeKeepsItsWork() {
        nodes.put("n1", node("n1", NodeState.SUSPECT, Map.of(), null));

        assertThat(plan(deployment(1, spec("web").build()), running("a", 1, 0)).isEmpty())
                .isTrue();
    }

    @Test
    void aRejectedInstanceIsTriedElsewhereWithTheReasonKept() {
        Instance rejected = in(running("a", 1, 0), InstanceState.REJECTED, "host port 80 is in use");

        DeploymentPlan plan = plan(deployment(1, spec("web").build()), rejected);

        assertThat(plan.create()).singleElement().satisfies(i -> {
            assertThat(i.attempt()).isEqualTo(1);
            assertThat(i.avoid()).containsExactly("n1");
            assertThat(i.notBefore()).isEqualTo(NOW.plusSeconds(1));
            assertThat(i.reason()).isEqualTo("n1 could not take it: host port 80 is in use");
        });
        assertThat(plan.update())
                .singleElement()
                .satisfies(i -> assertThat(i.order()).isEqualTo(Order.STOP));
    }

    @Test
    void eachTryThatFailedMakesTheNextWaitLonger() {
        Instance third = Instance.pending("a", "web", 1, 0, 3, List.of("n2", "n1"), NOW, "", NOW)
                .placedOn("n1", List.of(), NOW);
        Instance usedUp = third.with(new Observed(InstanceState.FAILED, "attempts are used up", 3, true, 1, NOW));

        assertThat(plan(deployment(1, spec("web").build()), usedUp).create())
                .singleElement()
                .satisfies(i -> {
                    assertThat(i.attempt()).isEqualTo(4);
                    assertThat(i.avoid()).as("the newest last").containsExactly("n2", "n1");
                    assertThat(i.notBefore()).isEqualTo(NOW.plusSeconds(8));
                });
    }

    @Test
    void theWaitForANodeThatRejectedDoublesUpToAMinute() {
        assertThat(List.of(1, 2, 3, 4, 5, 6, 7, 8, 100))
                .extracting(Retries::after)
                .extracting(Duration::toSeconds)
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    }

    @Test
    void anUndeployedDeploymentIsDoneWhenNothingIsLeft() {
        Deployment gone = deployment(1, spec("web").build()).asDeleting();

        DeploymentPlan first = plan(gone, running("a", 1, 0));
        assertThat(first.done()).isFalse();
        assertThat(first.update())
                .singleElement()
                .satisfies(i -> assertThat(i.state()).isEqualTo(InstanceState.STOPPING));

        assertThat(plan(gone, pending("b", "web", 1, 0)).forget()).hasSize(1);
        assertThat(plan(gone).done()).isTrue();
    }

    @Test
    void undeployingWaitsForANodeThatIsDownAndSaysSo() {
        down("n1");
        Deployment gone = deployment(1, spec("web").replicas(2).build()).asDeleting();

        DeploymentPlan plan = plan(gone, running("a", 1, 0), lost("b", 1, 1).stopping("c runs in its place", NOW));

        assertThat(plan.done()).isFalse();
        assertThat(plan.update()).hasSize(2).allSatisfy(i -> {
            assertThat(i.state()).isEqualTo(InstanceState.LOST);
            assertThat(i.order()).isEqualTo(Order.STOP);
            assertThat(i.reason())
                    .isEqualTo("undeployed; its node n1 is down: what may still run there is removed when it is back,"
                            + " or forgotten with the node (DELETE /nodes/n1)");
        });
        assertThat(plan(gone, plan.update().toArray(Instance[]::new)).isEmpty()).isTrue();
    }

    @Test
    void whatIsBoundToAnAddressThatItsNodeNoLongerHasIsPlacedAnew() {
        Deployment web = deployment(
                1,
                spec("web")
                        .port(80)
                        .port(new PortSpec("10.9.9.9", 0, 81, Protocol.TCP))
                        .build());
        specs.put(1, web.spec());
        nodes.put("n1", node("n1", NodeState.READY, Map.of(), "10.0.0.2"));
        PortBinding fixed = new PortBinding("10.9.9.9", 2000, 81, Protocol.TCP);
        Instance moved = on("n1", pending("a", "web", 1, 0), InstanceState.RUNNING, bound("10.0.0.1"), fixed);
        Instance right = on("n1", pending("a", "web", 1, 0), InstanceState.RUNNING, bound("10.0.0.2"), fixed);
        Instance loopback = on("n1", pending("a", "web", 1, 0), InstanceState.RUNNING, bound("127.0.0.1"), fixed);

        DeploymentPlan plan = plan(web, moved);
        assertThat(plan.create())
                .singleElement()
                .satisfies(i -> assertThat(i.reason()).isEqualTo("takes the place of a (running)"));
        assertThat(plan.update()).singleElement().satisfies(i -> {
            assertThat(i.order()).isEqualTo(Order.STOP);
            assertThat(i.reason()).isEqualTo("the mesh address of its node n1 moved from 10.0.0.1 to 10.0.0.2");
        });
        assertThat(plan(web, right).isEmpty()).isTrue();
        assertThat(plan(web, loopback).isEmpty()).isTrue();
        nodes.put("n1", node("n1", NodeState.READY, Map.of(), null));
        assertThat(plan(web, moved).isEmpty()).as("an address that is away").isTrue();
        nodes.put("n1", node("n1", NodeState.READY, Map.of(), "FD00:0::1"));
        Instance spelled = on("n1", pending("a", "web", 1, 0), InstanceState.RUNNING, bound("fd00::1"), fixed);
        assertThat(plan(web, spelled).isEmpty())
                .as("the same address, spelled otherwise")
                .isTrue();
    }

    private static PortBinding bound(String ip) {
        return new PortBinding(ip, 20_000, 80, Protocol.TCP);
    }

    @Test
    void nobodyWaitsForANodeThatIsForgotten() {
        nodes.remove("n1");

        assertThat(plan(deployment(1, spec("web").build()).asDeleting(), lost("a", 1, 0))
                        .done())
                .isTrue();
    }

    @Test
    void ofTwoThatRunInOneSlotTheNewestStays() {
        Instance newer = on("n2", later("b", 1, 0), InstanceState.RUNNING);

        DeploymentPlan plan = plan(deployment(1, spec("web").build()), running("a", 1, 0), newer);

        assertThat(plan.keep()).extracting(Instance::id).containsExactly("b");
        assertThat(plan.update()).extracting(Instance::id).containsExactly("a");
    }

    @Test
    void theLongestNameStillGivesADnsLabel() {
        String name = "a".repeat(49) + "-".repeat(5) + "b".repeat(9);

        DeploymentPlan plan = plan(deployment(1, spec(name).replicas(1000).build()));

        assertThat(plan.create()).allSatisfy(i -> assertThat(i.id()).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void planningAgainRightAfterApplyingGivesNothingToDo(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            nodes.put("n1", node("n1", NodeState.values()[1 + random.nextInt(3)], Map.of(), null));
            Deployment deployment = deployment(
                    1 + random.nextInt(3),
                    spec("web").replicas(random.nextInt(5)).build());
            if (random.nextInt(5) == 0) {
                deployment = deployment.asDeleting();
            }
            List<Instance> instances = randomInstances(random);
            DeploymentPlan plan = DeploymentPlanner.plan(deployment, instances, facts, NOW, ids);
            assertEachInOneBucket(plan, instances);
            if (plan.done()) {
                continue;
            }
            List<Instance> after = new ArrayList<>(plan.keep());
            after.addAll(plan.update());
            after.addAll(plan.create());
            DeploymentPlan again = DeploymentPlanner.plan(deployment, after, facts, NOW, ids);
            assertThat(again.isEmpty())
                    .as("round %d: %s then %s", round, plan, again)
                    .isTrue();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void bitByBitItBecomesTheSameAsAtOnce(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Deployment deployment =
                    deployment(3, spec("web").replicas(random.nextInt(5)).build());
            List<Instance> instances = randomInstances(random);
            DeploymentPlan whole = DeploymentPlanner.plan(deployment, instances, facts, NOW, ids);
            List<Instance> after = instances;
            DeploymentPlan bit;
            do {
                bit = DeploymentPlanner.plan(deployment, after, facts, NOW, ids, 1);
                assertEachInOneBucket(bit, after);
                after = after(bit);
            } while (bit.cutShort());
            assertThat(after.stream().map(DeploymentPlannerTest::shape))
                    .as("round %d: %s", round, whole)
                    .containsExactlyInAnyOrderElementsOf(after(whole).stream()
                            .map(DeploymentPlannerTest::shape)
                            .toList());
        }
    }

    private static List<Instance> after(DeploymentPlan plan) {
        List<Instance> after = new ArrayList<>(plan.keep());
        after.addAll(plan.update());
        after.addAll(plan.create());
        return after;
    }

    private static String shape(Instance it) {
        return it.slot() + " " + it.revision() + " " + it.node() + " " + it.order() + " " + it.state();
    }

    private static void assertEachInOneBucket(DeploymentPlan plan, List<Instance> instances) {
        List<String> found = new ArrayList<>();
        List.of(plan.keep(), plan.update(), plan.forget()).forEach(l -> l.forEach(i -> found.add(i.id())));
        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(
                        instances.stream().map(Instance::id).toList());
    }

    private static List<Instance> randomInstances(Random random) {
        List<Instance> instances = new ArrayList<>();
        InstanceState[] states = InstanceState.values();
        for (int i = 0; i < random.nextInt(7); i++) {
            InstanceState state = states[random.nextInt(states.length)];
            Instance instance = Instance.pending(
                    "i" + i, "web", 1 + random.nextInt(3), random.nextInt(5), 0, List.of(), NOW, "", NOW.plusMillis(i));
            if (state != InstanceState.PENDING) {
                instance = in(instance.placedOn(random.nextBoolean() ? "n1" : "n2", List.of(), NOW), state, "");
            }
            instances.add(random.nextInt(3) == 0 ? instance.stopping("told to", NOW) : instance);
        }
        return instances;
    }
}
