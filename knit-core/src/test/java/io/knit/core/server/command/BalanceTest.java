package io.knit.core.server.command;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Rebalancing;
import io.knit.api.command.Rebalancing.Move;
import io.knit.api.model.Capacity;
import io.knit.api.model.Constraint;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Preference;
import io.knit.api.model.Resources;
import io.knit.api.model.Rollout;
import io.knit.api.model.Strategy;
import io.knit.core.server.Fixtures;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.spec.SpecTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BalanceTest {
    private ClusterState state = ClusterState.empty("c");

    private void put(Change change) {
        state = change.applyTo(state);
    }

    private void nodes(String... ids) {
        for (String id : ids) {
            put(new Change.PutNode(node(id, Map.of())));
        }
    }

    private static DeploymentSpecBuilder spec(String name) {
        return DeploymentSpec.builder(name, "web:1");
    }

    /** One that rests, with an instance on each of these nodes. */
    private void runs(DeploymentSpec spec, String... on) {
        put(new Change.PutDeployment(new Deployment(spec.name(), 1, spec, false, NOW, NOW)));
        for (int slot = 0; slot < on.length; slot++) {
            Instance instance = pending(spec.name() + "-" + slot, spec.name(), 1, slot)
                    .placedOn(on[slot], List.of(), spec.resources().reserved(), NOW);
            put(new Change.PutInstance(instance.with(new Observed(InstanceState.RUNNING, "", 0, false, 1, NOW))));
        }
    }

    private Decision<Commands.Answer<Rebalancing>> decide(int most) {
        return Commands.decide(new Command.Rebalance(most), Caller.PROGRAM, state, NOW);
    }

    private List<Move> moves(int most) {
        return decide(most).answer().from(state).moves();
    }

    @Test
    void aNodeThatJoinedGetsItsPart() {
        nodes("n1", "n2");
        runs(spec("web").replicas(6).build(), "n1", "n1", "n1", "n2", "n2", "n2");
        assertThat(moves(10)).isEmpty();
        nodes("n3");
        assertThat(moves(10)).extracting(Move::from).containsExactly("n1", "n2");
        assertThat(moves(10)).extracting(Move::to).containsOnly("n3");
        assertThat(moves(10).get(0).reason()).isEqualTo("n3 has 0 of web, and n1 2");
        assertThat(moves(1)).hasSize(1);
        assertThat(decide(10).changes())
                .hasSize(2)
                .allMatch(change -> change instanceof Change.PutInstance put
                        && Objects.requireNonNull(put.instance().leaves()).startsWith("n3 has"));
    }

    private Rebalancing found() {
        nodes("n1", "n2");
        runs(spec("web").replicas(4).build(), "n1", "n1", "n2", "n2");
        runs(spec("api").replicas(4).build(), "n1", "n1", "n2", "n2");
        nodes("n3", "n4");
        Rebalancing found = Commands.betterPlaces(state, new Command.Rebalance(10), NOW);
        assertThat(found.moves())
                .extracting(Move::instance)
                .containsExactly("api-0", "api-1", "api-2", "web-0", "web-2");
        assertThat(found.whole()).isTrue();
        return found;
    }

    private List<String> moved(Rebalancing found) {
        Decision<Rebalancing> decision = Commands.moving(state, found);
        List<String> moved =
                decision.answer().moves().stream().map(Move::instance).toList();
        assertThat(decision.changes().stream()
                        .map(change -> ((Change.PutInstance) change).instance())
                        .filter(it -> it.leaves() != null)
                        .map(Instance::id))
                .isEqualTo(moved);
        assertThat(decision.answer().whole()).as("another may find more").isEqualTo(moved.size() == 5);
        return moved;
    }

    @Test
    void whatWasFoundIsMovedAsItIsNow() {
        Rebalancing found = found();
        put(new Change.PutObserved("web-0", new Observed(InstanceState.RUNNING, "", 2, false, 7, NOW)));
        assertThat(moved(found)).hasSize(5);
        Change.PutInstance first = (Change.PutInstance) Commands.moving(state, found).changes().stream()
                .filter(change -> ((Change.PutInstance) change).instance().id().equals("web-0"))
                .findFirst()
                .orElseThrow();
        assertThat(first.instance().restarts()).as("of now").isEqualTo(2);
    }

    @Test
    void whatHasChangedSinceItWasFoundIsNotMoved() {
        Rebalancing found = found();
        ClusterState then = state;
        put(new Change.PutObserved("web-1", new Observed(InstanceState.RUNNING, "broke", 1, true, 2, NOW)));
        assertThat(moved(found)).as("web does not rest").containsExactly("api-0", "api-1", "api-2");

        state = then;
        put(new Change.PutDeployment(
                Objects.requireNonNull(state.deployment("api")).asPaused(true)));
        assertThat(moved(found)).containsExactly("web-0", "web-2");

        state = then;
        put(new Change.RemoveInstance("api-0"));
        assertThat(moved(found)).containsExactly("api-1", "api-2", "web-0", "web-2");

        state = then;
        put(new Change.RemoveDeployment("api"));
        assertThat(moved(found)).containsExactly("web-0", "web-2");

        state = then;
        Node to = Objects.requireNonNull(state.node(found.moves().get(0).to()));
        put(new Change.PutJudgement(to.id(), new NodeJudgement(NodeState.DOWN, "", NOW, List.of())));
        assertThat(moved(found))
                .isNotEmpty()
                .isEqualTo(found.moves().stream()
                        .filter(move -> !move.to().equals(to.id()))
                        .map(Move::instance)
                        .toList());

        state = then;
        Instance elsewhere = Objects.requireNonNull(state.instance("web-0"));
        put(new Change.PutInstance(elsewhere.placedOn("n2", List.of(), elsewhere.reserved(), NOW)));
        assertThat(moved(found)).containsExactly("api-0", "api-1", "api-2", "web-2");
    }

    @Test
    void aBalancedFleetIsLeftAsItIs() {
        nodes("n1", "n2");
        runs(spec("web").replicas(3).build(), "n1", "n2", "n1");
        assertThat(decide(10).changes()).isEmpty();
        assertThat(decide(10).answer().from(state).words())
                .isEqualTo("nothing to move: no instance would be better off elsewhere");
    }

    @Test
    void ofTwoDeploymentsTheLoadIsEvenedToo() {
        nodes("n1", "n2");
        runs(spec("a").build(), "n1");
        runs(spec("b").build(), "n1");
        assertThat(moves(10)).singleElement().extracting(Move::reason).isEqualTo("n2 has 0 of all, and n1 1");
    }

    @Test
    void whereSomeArePackedOthersDoNotFleeForTheLoadAlone() {
        nodes("n1", "n2");
        runs(spec("a").build(), "n1");
        runs(spec("b").build(), "n1");
        runs(spec("c").strategy(Strategy.BINPACK).build(), "n1");
        assertThat(moves(10)).isEmpty();
    }

    @Test
    void whatItMayNotDoItDoesNot() {
        nodes("n1");
        put(new Change.PutNode(node("n2", Map.of("disk", "hdd"))));
        runs(spec("label").nodeSelector("disk", "ssd").build(), "n1");
        assertThat(moves(10)).as("n1 is not where it may be, but neither is n2").isEmpty();

        runs(
                spec("many")
                        .replicas(3)
                        .constraint(new Constraint("disk", Constraint.Op.NOT_EXISTS, null, List.of()))
                        .build(),
                "n1",
                "n1",
                "n1");
        assertThat(moves(10)).isEmpty();

        put(new Change.PutNode(
                Objects.requireNonNull(state.node("n2")).with(new NodeWish(NodeWish.Availability.PAUSED, Map.of()))));
        runs(spec("any").replicas(3).build(), "n1", "n1", "n1");
        assertThat(moves(10)).as("n2 is paused").isEmpty();
        put(new Change.PutNode(Objects.requireNonNull(state.node("n2")).with(NodeWish.NONE)));
        assertThat(moves(10)).isNotEmpty();
    }

    @Test
    void maxPerNodeAndRoomAreKept() {
        put(new Change.PutNode(small("n1", 2)));
        put(new Change.PutNode(small("n2", 1)));
        Resources big = Resources.DEFAULT.withCpu(700);
        runs(spec("web").replicas(2).resources(big).build(), "n1", "n1");
        assertThat(moves(10)).extracting(Move::to).containsExactly("n2");
        put(new Change.PutInstance(pending("db-0", "db", 1, 0)
                .placedOn("n2", List.of(), Resources.DEFAULT.withCpu(500).reserved(), NOW)));
        assertThat(moves(10)).as("there is no room on n2").isEmpty();

        state = ClusterState.empty("c");
        put(new Change.PutNode(small("n1", 2)));
        put(new Change.PutNode(small("n2", 2)));
        runs(spec("db").resources(Resources.DEFAULT.withCpu(500)).build(), "n1");
        DeploymentSpecBuilder packed =
                spec("web").replicas(2).strategy(Strategy.BINPACK).resources(Resources.DEFAULT.withCpu(100));
        runs(packed.build(), "n1", "n2");
        assertThat(moves(10)).extracting(Move::to).containsExactly("n1");
        runs(packed.maxPerNode(1).build(), "n1", "n2");
        assertThat(moves(10)).isEmpty();
    }

    private static Node small(String id, int cpus) {
        NodeFacts facts = node(id, Map.of()).facts();
        return node(
                id,
                NodeState.READY,
                new NodeFacts(
                        id,
                        Map.of(),
                        new Capacity(cpus, 1L << 30),
                        facts.engineVersion(),
                        facts.agentVersion(),
                        null,
                        null,
                        "",
                        SpecTable.features()));
    }

    @Test
    void whatIsUnderWayIsLeftAlone() {
        nodes("n1", "n2");
        DeploymentSpec spec = spec("web").replicas(3).build();
        runs(spec, "n1", "n1", "n1");
        assertThat(moves(10)).hasSize(1);
        Deployment rests = Objects.requireNonNull(state.deployment("web"));

        put(new Change.PutDeployment(rests.with(Rollout.NONE.begin(1, NOW, NOW))));
        assertThat(moves(10)).as("it is rolled out").isEmpty();
        put(new Change.PutDeployment(rests.asPaused(true)));
        assertThat(moves(10)).as("it is paused").isEmpty();
        put(new Change.PutDeployment(rests.asDeleting()));
        assertThat(moves(10)).as("it is undeployed").isEmpty();
        put(new Change.PutDeployment(rests));
        decide(10).changes().forEach(this::put);
        assertThat(moves(10)).as("it moves already").isEmpty();
        put(new Change.PutInstance(on("n1", pending("web-0", "web", 1, 0), InstanceState.STARTING)));
        assertThat(moves(10)).as("it is not healthy").isEmpty();
    }

    @Test
    void howManyMovesIsChecked() {
        for (int wrong : new int[] {0, -1, 1001}) {
            assertThatThrownBy(() -> decide(wrong)).hasMessageContaining("give 1 to 1000");
        }
    }

    @Test
    void itComesToRestWhereverItBegins() {
        int moved = 0;
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            state = ClusterState.empty("c");
            int nodes = 2 + random.nextInt(5);
            for (int i = 0; i < nodes; i++) {
                Node one = small("n" + i, 4 + random.nextInt(3));
                Map<String, String> labels = Map.of("zone", "z" + random.nextInt(3), "disk", "d" + random.nextInt(2));
                put(new Change.PutNode(one.with(new NodeWish(NodeWish.Availability.ACTIVE, labels))));
            }
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                DeploymentSpec spec = any("d" + i, random);
                List<String> on = new ArrayList<>();
                for (int slot = 0; slot < spec.replicas(); slot++) {
                    on.add("n" + random.nextInt(nodes));
                }
                runs(spec, on.toArray(String[]::new));
            }
            int rounds = 0;
            List<Move> moves = moves(1 + random.nextInt(20));
            while (!moves.isEmpty()) {
                moved += moves.size();
                assertThat(rounds++).as("seed %s: %s", seed, moves).isLessThan(40);
                moves.forEach(this::make);
                moves = moves(1 + random.nextInt(20));
            }
        }
        assertThat(moved).isGreaterThan(1_000);
    }

    private static DeploymentSpec any(String name, Random random) {
        DeploymentSpecBuilder spec = spec(name).replicas(1 + random.nextInt(8));
        if (random.nextInt(3) == 0) {
            spec.spreadBy(List.of("zone", "disk").get(random.nextInt(2)));
        }
        if (random.nextInt(3) == 0) {
            spec.prefer(new Preference("disk", Constraint.Op.EQUAL, "d1", List.of(), 1 + random.nextInt(5)));
        }
        if (random.nextInt(3) == 0) {
            spec.strategy(Strategy.BINPACK);
        }
        if (random.nextInt(3) == 0) {
            spec.resources(Resources.DEFAULT.withCpu(100 * (1 + random.nextInt(9))));
        }
        if (random.nextInt(4) == 0) {
            spec.maxPerNode(1 + random.nextInt(3));
        }
        return spec.build();
    }

    /** As the controller does: by the scheduler, which does not ask the node that is left. */
    private void make(Move move) {
        Instance old = Objects.requireNonNull(state.instance(move.instance()));
        DeploymentSpec spec =
                Objects.requireNonNull(state.deployment(move.deployment())).spec();
        Instance next =
                Instance.pending(old.id(), old.deployment(), 1, old.slot(), 0, List.of(move.from()), NOW, "", NOW);
        Placement beside = Scheduler.place(state.fleet(), next, spec, NOW);
        Placement placement =
                beside.node() == null ? Scheduler.place(state.fleet().without(old), next, spec, NOW) : beside;
        String to = Objects.requireNonNull(placement.node());
        assertThat(to).as("what was foretold").isEqualTo(move.to());
        assertThat(to).isNotEqualTo(move.from());
        put(new Change.PutInstance(next.placedOn(to, List.of(), old.reserved(), Fixtures.NOW)
                .with(new Observed(InstanceState.RUNNING, "", 0, false, 1, NOW))));
    }
}
