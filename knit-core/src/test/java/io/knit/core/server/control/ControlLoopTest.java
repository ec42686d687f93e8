package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.Fixtures;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ControlLoopTest {
    private final IdSource ids = ids();

    private List<Change> decide(ClusterState before, ClusterState tip, List<Change> changes) {
        return outcome(before, tip, changes, NOW).changes();
    }

    /** As after a start: everything is due. */
    private Outcome outcome(ClusterState before, ClusterState tip, List<Change> changes, Instant now) {
        return outcome(before, tip, changes, tip.deployments().keySet(), 1_000, now);
    }

    private Outcome outcome(
            ClusterState before, ClusterState tip, List<Change> changes, Set<String> due, int most, Instant now) {
        return ControlLoop.decide(new Question(before, tip.servedAt(now), changes, due, most, now), ids);
    }

    @Test
    void theSameQuestionHasTheSameAnswer() {
        Deployment web = deployment(1, spec("web").build());
        ClusterState empty = state(List.of(), List.of(), List.of());
        ClusterState asked = state(List.of(), List.of(web), List.of());
        ClusterState waiting = applied(asked, decide(empty, asked, List.of(new Change.PutDeployment(web))));
        Change arrival = new Change.PutNode(node("n1", Map.of()));
        ClusterState withNode = arrival.applyTo(waiting);
        Question question = new Question(waiting, withNode, List.of(arrival), Set.of(), 1_000, NOW);

        // as after a decision that could not be stored
        assertThat(placed(ControlLoop.decide(question, ids).changes())).containsExactly("n1");
        assertThat(placed(ControlLoop.decide(question, ids).changes())).containsExactly("n1");
    }

    @Test
    void aDecisionThatChangesNothingStillSaysWhenToLookAgain() {
        Instant later = NOW.plusSeconds(8);
        Instance early = Instance.pending("web-0-a", "web", 1, 0, 1, List.of("n1"), NOW.plusSeconds(2), "", NOW);
        Instance late = Instance.pending("web-1-a", "web", 1, 1, 2, List.of("n1"), later, "", NOW);
        ClusterState both =
                state(List.of(), List.of(deployment(1, spec("web").replicas(2).build())), List.of(early, late));
        ClusterState told = applied(both, decide(both, both, List.of()));

        // the first one's time has come, and there is still no node
        Outcome outcome = outcome(told, told, List.of(), NOW.plusSeconds(2));
        assertThat(outcome.changes()).allMatch(change -> !change.isStored());
        assertThat(outcome.alarms()).containsExactly(Map.entry("web", Optional.of(later)));
    }

    @Test
    void whatThereIsNoTimeForIsLeftAndDoneNext() {
        List<Deployment> many = IntStream.range(0, 40)
                .mapToObj(i -> deployment(1, spec("d" + (10 + i)).replicas(3).build()))
                .toList();
        ClusterState state = state(List.of(node("n1", Map.of())), many, List.of());
        Set<String> due = state.deployments().keySet();
        int slices = 0;
        while (!due.isEmpty()) {
            Outcome outcome = outcome(state, state, List.of(), due, 10, NOW);
            assertThat(outcome.changes()).hasSizeLessThanOrEqualTo(2 * (10 + 3));
            assertThat(outcome.left()).hasSizeLessThan(due.size());
            state = applied(state, outcome.changes());
            due = outcome.left();
            slices++;
        }
        assertThat(slices).isGreaterThan(10);
        assertThat(state.instances().values()).hasSize(120).allMatch(i -> "n1".equals(i.node()));
    }

    @Test
    void oneLargeDeploymentIsPlacedInSlicesToo() {
        Deployment large = deployment(1, spec("large").replicas(100).build());
        ClusterState state = state(List.of(node("n1", Map.of())), List.of(large), List.of());
        Set<String> due = Set.of("large");
        int slices = 0;
        while (!due.isEmpty()) {
            Outcome outcome = outcome(state, state, List.of(), due, 20, NOW);
            assertThat(placed(outcome.changes())).hasSizeBetween(1, 20);
            // what is made is placed at once: it is one document, and one event
            assertThat(outcome.changes()).hasSizeLessThanOrEqualTo(21);
            state = applied(state, outcome.changes());
            due = outcome.left();
            slices++;
        }
        assertThat(slices).isGreaterThan(4);
        assertThat(state.waiting()).isEmpty();
    }

    @Test
    void whatIsMadeReadyHoldsUpNothingThatIsToBePlaced() {
        DeploymentSpec second = spec("large").replicas(60).build();
        List<Node> nodes = new ArrayList<>();
        List<Instance> instances = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Node plain = node("n" + (10 + i), Map.of());
            nodes.add(plain.with(Fixtures.able(plain.facts(), List.of("prepare"))));
            Instance next = pending("large-" + i + "-b", "large", 2, i);
            // of the last ten the old one has stopped
            boolean fetched = i >= 50;
            instances.add(next.preparedBy(new Preparation(plain.id(), fetched), ""));
            if (!fetched) {
                instances.add(on(plain.id(), pending("large-" + i + "-a", "large", 1, i), InstanceState.RUNNING));
            }
        }
        ClusterState state = state(nodes, List.of(deployment(2, second)), instances);
        Set<String> due = Set.of("large");
        int all = 0;
        while (!due.isEmpty()) {
            Outcome outcome = outcome(state, state, List.of(), due, 20, NOW);
            assertThat(placed(outcome.changes())).isNotEmpty();
            all += placed(outcome.changes()).size();
            state = applied(state, outcome.changes());
            due = outcome.left();
        }
        assertThat(all).isEqualTo(10);
    }

    @Test
    void whatIsHeldUpAndFitsNowhereIsNotAskedForAnewAtEachLook() {
        DeploymentSpec second = spec("app").nodeSelector("disk", "ssd").build();
        List<Node> nodes = IntStream.range(0, 200)
                .mapToObj(i -> node("n" + (100 + i), Map.of()))
                .toList();
        Instance old = on("n100", pending("app-0-a", "app", 1, 0), InstanceState.RUNNING);
        Instance next = pending("app-0-b", "app", 2, 0);
        ClusterState state = state(nodes, List.of(deployment(2, second)), List.of(old, next));
        state = applied(
                state,
                outcome(state, state, List.of(), Set.of("app"), 1_000, NOW).changes());
        String reason = Objects.requireNonNull(state.instance("app-0-b")).reason();
        assertThat(reason).contains("no node fits").endsWith("app-0-a of revision 1 runs on");

        List<Change> news = List.of(
                new Change.PutInstance(old),
                new Change.PutDeployment(deployment(1, spec("later").build())),
                new Change.PutRevision(Revision.of(1, spec("later").build())));
        ClusterState tip = applied(state, news);
        Outcome outcome = outcome(state, tip, news, Set.of(), 6, NOW);
        assertThat(placed(outcome.changes())).hasSize(1);
        ClusterState after = applied(tip, outcome.changes());
        assertThat(Objects.requireNonNull(after.instance("app-0-b")).reason()).isEqualTo(reason);
        assertThat(after.waitsOf("app")).isEqualTo(state.waitsOf("app")).hasSize(1);
    }

    @Test
    void oneLargeDeploymentIsUndeployedInSlicesToo() {
        Deployment large = deployment(1, spec("large").replicas(0).build()).asDeleting();
        List<Instance> running = IntStream.range(0, 100)
                .mapToObj(i -> on("n1", pending("large-" + i, "large", 1, i), InstanceState.RUNNING))
                .toList();
        ClusterState state = state(List.of(node("n1", Map.of())), List.of(large), running);
        Set<String> due = Set.of("large");
        int slices = 0;
        while (!due.isEmpty()) {
            Outcome outcome = outcome(state, state, List.of(), due, 20, NOW);
            assertThat(outcome.changes()).hasSizeBetween(1, 20);
            state = applied(state, outcome.changes());
            due = outcome.left();
            slices++;
        }
        assertThat(slices).isGreaterThan(4);
        assertThat(state.instances().values()).hasSize(100).allMatch(i -> i.order() == Order.STOP);
    }

    @Test
    void whatIsToGoIsNotPlacedWhileThereIsNoTimeToGiveItUp() {
        Deployment less = deployment(1, spec("large").replicas(2).build());
        for (Deployment large : List.of(less, less.asDeleting())) {
            List<Instance> waiting = IntStream.range(0, 100)
                    .mapToObj(i -> pending("large-" + i, "large", 1, i))
                    .toList();
            ClusterState state = state(List.of(node("n1", Map.of())), List.of(large), waiting);
            Set<String> due = Set.of("large");
            while (!due.isEmpty()) {
                Outcome outcome = outcome(state, state, List.of(), due, 20, NOW);
                state = applied(state, outcome.changes());
                due = outcome.left();
            }
            assertThat(state.instances().values())
                    .filteredOn(it -> it.node() != null)
                    .extracting(Instance::slot)
                    .containsExactlyInAnyOrderElementsOf(large.deleting() ? List.of() : List.of(0, 1));
        }
    }

    @Test
    void norIsWhatIsOfANodeThatIsNotWantedAnyMore() {
        List<Node> nodes = IntStream.range(0, 40)
                .mapToObj(i -> node("n" + (10 + i), Map.of("region", i == 39 ? "eu" : "us")))
                .toList();
        Deployment everywhere = deployment(1, spec("agent").mode(Mode.GLOBAL).build());
        ClusterState all = state(List.of(), List.of(everywhere), List.of());
        for (Node node : nodes) {
            all = new Change.PutNode(node).applyTo(all);
        }
        // as they are made, and not placed yet
        Outcome made = outcome(all, all, List.of(), Set.of("agent"), 1_000, NOW);
        ClusterState waiting = all;
        for (Change change : made.changes()) {
            if (change instanceof Change.PutInstance put && put.instance().node() == null) {
                waiting = change.applyTo(waiting);
            }
        }
        assertThat(waiting.instances()).hasSize(40);

        DeploymentSpec there =
                spec("agent").mode(Mode.GLOBAL).nodeSelector("region", "eu").build();
        List<Change> asked =
                List.of(new Change.PutDeployment(deployment(2, there)), new Change.PutRevision(Revision.of(2, there)));
        ClusterState state = applied(waiting, asked);
        Set<String> due = Set.of("agent");
        while (!due.isEmpty()) {
            Outcome outcome = outcome(state, state, List.of(), due, 20, NOW);
            assertThat(placed(outcome.changes())).isSubsetOf("n49");
            state = applied(state, outcome.changes());
            due = outcome.left();
        }
        assertThat(state.instances().values()).extracting(Instance::node).containsExactly("n49");
    }

    @Test
    void whatWasJustAskedForComesBeforeWhatIsDue() {
        List<Deployment> many = IntStream.range(0, 40)
                .mapToObj(i -> deployment(1, spec("d" + (10 + i)).build()))
                .toList();
        ClusterState before = state(List.of(node("n1", Map.of())), many, List.of());
        Change asked = new Change.PutDeployment(deployment(1, spec("z").build()));
        ClusterState tip = new Change.PutRevision(Revision.of(1, spec("z").build())).applyTo(asked.applyTo(before));
        Outcome outcome =
                outcome(before, tip, List.of(asked), before.deployments().keySet(), 1, NOW);
        assertThat(outcome.changes())
                .isNotEmpty()
                .allMatch(change -> change instanceof Change.PutInstance put
                        && put.instance().deployment().equals("z"));
    }

    @Test
    void newsOfOneCostThoseThatWaitNothing() {
        DeploymentSpec one = spec("web")
                .replicas(1_000)
                .port(new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP))
                .build();
        ClusterState empty = state(List.of(node("n1", Map.of())), List.of(deployment(1, one)), List.of());
        ClusterState placed = applied(
                empty,
                outcome(empty, empty, List.of(), Set.of("web"), 10_000, NOW).changes());
        assertThat(placed.waitingOf("web")).hasSize(999);
        assertThat(placed.waitsOf("web")).hasSize(1);
        Instance runs = placed.instancesOn("n1").values().iterator().next();

        Change status = new Change.PutObserved(runs.id(), new Observed(InstanceState.RUNNING, "", 0, false, 1, NOW));
        ClusterState told = status.applyTo(placed);
        assertThat(outcome(placed, told, List.of(status), Set.of(), 10_000, NOW).changes())
                .isEmpty();

        // an unrelated commit does not even look at them
        Change other = new Change.PutDeployment(deployment(1, spec("other").build()));
        assertThat(outcome(told, other.applyTo(told), List.of(other), Set.of(), 10_000, NOW)
                        .alarms())
                .containsOnlyKeys("other");
        // nor does a node on which none of them is wanted
        Change drained =
                new Change.PutNode(node("n2", Map.of()).with(new NodeWish(NodeWish.Availability.DRAINED, Map.of())));
        assertThat(outcome(told, drained.applyTo(told), List.of(drained), Set.of(), 10_000, NOW)
                        .alarms())
                .isEmpty();

        // one that fits is found for one of them, and the other 998 have the same reason as before, written nowhere
        Change arrival = new Change.PutNode(node("n3", Map.of()));
        List<Change> after = outcome(told, arrival.applyTo(told), List.of(arrival), Set.of(), 10_000, NOW)
                .changes();
        assertThat(placed(after)).containsExactly("n3");
        assertThat(after.stream().filter(Change::isStored)).hasSize(1);
    }

    @Test
    void aDeploymentThatCanNotBePlannedIsLeftAsItIsAndTheOthersGoOn() {
        List<Deployment> both = List.of(
                deployment(1, spec("bad").build()), deployment(1, spec("good").build()));
        ClusterState state = state(List.of(node("n1", Map.of())), both, List.of());
        AtomicInteger asked = new AtomicInteger();
        IdSource broken = length -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("no such thing");
            }
            return ids.next(length);
        };
        Question question =
                new Question(state, state, List.of(), state.deployments().keySet(), 1_000, NOW);
        Outcome outcome = ControlLoop.decide(question, broken);

        ClusterState after = applied(state, outcome.changes());
        assertThat(after.instancesOf("good")).hasSize(1);
        assertThat(after.instancesOf("bad")).isEmpty();
        assertThat(after.quarantined()).containsOnlyKeys("bad");
        assertThat(after.quarantined().get("bad")).contains("IllegalStateException: no such thing");
        assertThat(outcome.remarks()).singleElement().satisfies(remark -> {
            assertThat(remark.deployment()).isEqualTo("bad");
            assertThat(remark.cause()).isInstanceOf(IllegalStateException.class);
        });

        // it can be planned again, and nobody is told twice meanwhile
        asked.set(0);
        assertThat(ControlLoop.decide(new Question(after, after, List.of(), Set.of("bad"), 1_000, NOW), broken)
                        .remarks())
                .isEmpty();
        ClusterState healed = applied(
                after,
                outcome(after, after, List.of(), Set.of("bad"), 1_000, NOW).changes());
        assertThat(healed.quarantined()).isEmpty();
        assertThat(healed.instancesOf("bad")).hasSize(1);
    }

    @Test
    void whenANodesMeshAddressMovesWhatIsBoundToTheOldOneIsPlacedAnew() {
        Deployment web = deployment(1, spec("web").port(80).build());
        PortBinding old = new PortBinding("10.0.0.1", 20_000, 80, Protocol.TCP);
        ClusterState before = state(
                List.of(node("n1", NodeState.READY, Map.of(), "10.0.0.1")),
                List.of(web),
                List.of(on("n1", pending("web-0-a", "web", 1, 0), InstanceState.RUNNING, old)));
        decide(before, before, List.of());
        Change move = new Change.PutNode(node("n1", NodeState.READY, Map.of(), "10.0.0.2"));
        ClusterState moved = move.applyTo(before);
        ClusterState after = applied(moved, decide(before, moved, List.of(move)));

        Instance stopping = after.instance("web-0-a");
        assertThat(Objects.requireNonNull(stopping).order()).isEqualTo(Order.STOP);
        assertThat(stopping.reason()).isEqualTo("the mesh address of its node n1 moved from 10.0.0.1 to 10.0.0.2");
        Change gone = new Change.RemoveInstance("web-0-a");
        ClusterState rest = gone.applyTo(after);
        ClusterState anew = applied(rest, decide(after, rest, List.of(gone)));
        assertThat(anew.instancesOf("web"))
                .singleElement()
                .satisfies(i ->
                        assertThat(i.ports()).extracting(PortBinding::hostIp).containsExactly("10.0.0.2"));
    }

    private static ClusterState updating(List<String> features) {
        DeploymentSpec second = DeploymentSpec.builder("web", "nginx:typo")
                .update(Fixtures.STRAIGHT)
                .build();
        Node bare = node("n1", Map.of());
        Node n1 = bare.with(able(bare.facts(), features));
        ClusterState state = state(
                List.of(n1),
                List.of(deployment(1, spec("web").build())),
                List.of(on("n1", pending("web-0-a", "web", 1, 0), InstanceState.RUNNING)));
        return new Change.PutRevision(Revision.of(2, second))
                .applyTo(new Change.PutDeployment(deployment(2, second)).applyTo(state));
    }

    private static Instance successor(ClusterState state) {
        return state.instancesOf("web").stream()
                .filter(i -> i.revision() == 2)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whereTheAgentCanPreparesTheNodeBeforeTheOldOneIsStopped() {
        ClusterState before = updating(List.of("prepare"));
        ClusterState after = applied(before, decide(before, before, List.of()));

        assertThat(Objects.requireNonNull(after.instance("web-0-a")).order()).isEqualTo(Order.RUN);
        assertThat(successor(after).preparation()).isEqualTo(new Preparation("n1", false));
        assertThat(successor(after).reason())
                .isEqualTo("n1 fetches its image; web-0-a of revision 1 runs on until then");
        assertThat(after.instancesOn("n1"))
                .containsKeys("web-0-a", successor(after).id());
    }

    @Test
    void whatCanNotBePreparedLeavesTheOldOneAloneAndIsTriedAgain() {
        ClusterState before = updating(List.of("prepare"));
        ClusterState preparing = applied(before, decide(before, before, List.of()));
        Instance refused =
                successor(preparing).notPrepared("n1 could not prepare it: no such image", NOW.plusSeconds(1));
        Change said = new Change.PutInstance(refused);
        ClusterState told = said.applyTo(preparing);
        Outcome outcome = outcome(preparing, told, List.of(said), NOW);
        ClusterState after = applied(told, outcome.changes());

        assertThat(Objects.requireNonNull(after.instance("web-0-a")).order()).isEqualTo(Order.RUN);
        assertThat(successor(after).preparation()).isNull();
        assertThat(successor(after).reason())
                .startsWith("n1 could not prepare it: no such image; no node fits")
                .endsWith("; web-0-a of revision 1 runs on");
        assertThat(outcome.alarms()).containsEntry("web", Optional.of(NOW.plusSeconds(1)));

        ClusterState later = applied(
                after,
                outcome(after, after, List.of(), Set.of("web"), 1_000, NOW.plusSeconds(1))
                        .changes());
        assertThat(successor(later).preparation()).isEqualTo(new Preparation("n1", false));
        assertThat(successor(later).attempt()).isEqualTo(1);
    }

    @Test
    void whatIsPreparedTakesThePlaceOfTheOldOneOnThatNode() {
        ClusterState before = updating(List.of("prepare"));
        ClusterState preparing = applied(before, decide(before, before, List.of()));
        Change ready = new Change.PutInstance(successor(preparing).prepared(NOW));
        ClusterState told = ready.applyTo(preparing);
        ClusterState after = applied(told, decide(preparing, told, List.of(ready)));
        assertThat(Objects.requireNonNull(after.instance("web-0-a")).order()).isEqualTo(Order.STOP);

        Change gone = new Change.RemoveInstance("web-0-a");
        ClusterState rest = gone.applyTo(after);
        ClusterState last = applied(rest, decide(after, rest, List.of(gone)));
        assertThat(successor(last).node()).isEqualTo("n1");
        assertThat(successor(last).preparation()).isNull();
    }

    @Test
    void anAgentThatCanNotPrepareIsServedAsEver() {
        ClusterState before = updating(List.of());
        ClusterState after = applied(before, decide(before, before, List.of()));

        assertThat(Objects.requireNonNull(after.instance("web-0-a")).order()).isEqualTo(Order.STOP);
        assertThat(successor(after).reason()).startsWith("waits until web-0-a of revision 1 has stopped");
    }

    private static ClusterState applied(ClusterState state, List<Change> changes) {
        ClusterState result = state;
        for (Change change : changes) {
            result = change.applyTo(result);
        }
        return result;
    }

    private static List<String> placed(List<Change> changes) {
        List<String> nodes = new ArrayList<>();
        for (Change change : changes) {
            if (change instanceof Change.PutInstance put && put.instance().node() != null) {
                nodes.add(put.instance().node());
            }
        }
        return nodes;
    }
}
