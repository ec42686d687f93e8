package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Foretold.Fate;
import io.knit.api.foresight.Foretold.Moment;
import io.knit.api.foresight.Foretold.Move;
import io.knit.api.foresight.Scenario;
import io.knit.api.foresight.Scenario.Advance;
import io.knit.api.foresight.Scenario.Kill;
import io.knit.api.foresight.Scenario.Revive;
import io.knit.api.foresight.Scenario.Run;
import io.knit.api.foresight.Scenario.Step;
import io.knit.api.foresight.Scenario.Unhealthy;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.model.Update;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.FakeCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is foretold of a live cluster is what then happens in it, and telling it does nothing. */
class ForesightTest {
    /** What nodes say on the way is told as finely as they please. */
    private static final Set<String> TOLD = Set.of(
            "node.down",
            "node.drained",
            "instance.lost",
            "instance.running",
            "instance.healthy",
            "instance.stopped",
            "deployment.created",
            "deployment.updated",
            "deployment.rolled_back",
            "deployment.done");

    private static final Caller READER = new Caller("eve", Caller.Role.VIEWER, "a test");

    private final SimulatedFleet fleet = SimulatedFleet.of(4);

    @AfterEach
    void close() {
        fleet.close();
    }

    private static DeploymentSpecBuilder web(String image) {
        return DeploymentSpec.builder("web", image).replicas(3);
    }

    private Foretold foretold(Step... steps) {
        ClusterSnapshot before = fleet.orchestrator().snapshot();
        List<KnitEvent> told = fleet.orchestrator().eventsAfter(0);
        Foretold foretold = fleet.await(fleet.orchestrator().simulate(Scenario.of(steps), READER));
        assertThat(fleet.orchestrator().snapshot()).as("nothing was done").isEqualTo(before);
        assertThat(fleet.orchestrator().eventsAfter(0)).isEqualTo(told);
        assertThat(foretold.state()).isEqualTo(before.revision());
        assertThat(foretold.whole()).isTrue();
        return foretold;
    }

    private Map<String, String> places() {
        Map<String, String> places = new TreeMap<>();
        for (Instance instance : fleet.deployment("web").instances()) {
            if (instance.isLive()) {
                places.put(instance.slotKey().toString(), instance.node());
            }
        }
        return places;
    }

    /** Where the slots are once the moves are made. */
    private static Map<String, String> after(Map<String, String> before, Foretold foretold) {
        Map<String, String> places = new TreeMap<>(before);
        for (Move move : foretold.moves()) {
            if (move.to() == null) {
                places.remove(move.slot());
            } else {
                places.put(move.slot(), move.to());
            }
        }
        return places;
    }

    private long lastEvent() {
        return fleet.orchestrator().lastEvent();
    }

    /** What was told since then, in order, without the ids that nobody could foresee. */
    private List<String> happened(long since) {
        return fleet.orchestrator().eventsAfter(since).stream()
                .filter(event -> TOLD.contains(event.type()))
                .map(event -> event.type() + " " + event.node())
                .toList();
    }

    private static List<String> told(Foretold foretold) {
        return foretold.timeline().stream()
                .filter(moment -> TOLD.contains(moment.type()))
                .map(moment -> moment.type() + " " + moment.node())
                .toList();
    }

    private static Run drain(String node) {
        return new Run(new Command.SetAvailability(node, Availability.DRAINED));
    }

    @Test
    @DisplayName("a host dies: who takes its work, when, and that there were two of three until then")
    void aHostDies() {
        fleet.deploy(web("web:1").build());
        fleet.runFor(Duration.ofMinutes(1));
        Map<String, String> before = places();
        Foretold foretold = foretold(new Kill(String.valueOf(before.get("1"))));

        assertThat(foretold.settled()).isTrue();
        Fate web = foretold.deployment("web").orElseThrow();
        assertThat(web)
                .extracting(Fate::wanted, Fate::before, Fate::fewest, Fate::fewestAt, Fate::after)
                .containsExactly(3, 3, 2, Duration.ZERO, 3);
        assertThat(web.problems()).isEmpty();
        assertThat(foretold.moves())
                .singleElement()
                .extracting(Move::at, Move::slot, Move::from, Move::reason)
                .containsExactly(
                        Duration.ofSeconds(12), "1", before.get("1"), "its node " + before.get("1") + " is down");
        assertThat(foretold.timeline())
                .extracting(Moment::at, Moment::type)
                .contains(
                        tuple(Duration.ofSeconds(7), "node.suspect"),
                        tuple(Duration.ofSeconds(12), "node.down"),
                        tuple(Duration.ofSeconds(14), "instance.running"));

        long since = lastEvent();
        fleet.killAgent(String.valueOf(before.get("1")));
        fleet.runFor(Duration.ofMinutes(2));
        assertThat(happened(since)).isEqualTo(told(foretold));
        assertThat(places()).isEqualTo(after(before, foretold));
    }

    @Test
    @DisplayName("a host comes back before it is missed, or after")
    void aHostComesBack() {
        fleet.deploy(web("web:1").build());
        String node = String.valueOf(places().get("1"));
        Foretold soon = foretold(new Kill(node), new Advance(Duration.ofSeconds(5)), new Revive(node));
        assertThat(soon.moves()).isEmpty();
        assertThat(soon.deployment("web").orElseThrow())
                .extracting(Fate::fewest, Fate::after)
                .containsExactly(2, 3);

        Foretold late = foretold(new Kill(node), new Advance(Duration.ofSeconds(60)), new Revive(node));
        assertThat(late.moves()).hasSize(1);
        assertThat(late.deployment("web").orElseThrow().after()).isEqualTo(3);
    }

    private static Run pinned() {
        return new Run(new Command.Deploy(
                web("web:1").replicas(1).nodeSelector("name", "node-1").build()));
    }

    private void downAndBack() {
        fleet.killAgent("node-1");
        fleet.runFor(Duration.ofSeconds(60));
        fleet.startAgent("node-1");
    }

    private static Duration running(Foretold foretold) {
        return foretold.timeline().stream()
                .filter(moment -> moment.type().equals("instance.running"))
                .findFirst()
                .orElseThrow()
                .at();
    }

    @Test
    @DisplayName(
            "a host goes down again and again: it gets nothing new until it stayed up for as long as it will have to")
    void aHostFlaps() {
        Advance minute = new Advance(Duration.ofSeconds(60));
        Kill kill = new Kill("node-1");
        Revive revive = new Revive("node-1");
        Foretold foretold = foretold(kill, minute, revive, minute, kill, minute, revive, pinned());
        assertThat(running(foretold)).isBetween(Duration.ofSeconds(210), Duration.ofSeconds(214));

        downAndBack();
        fleet.runFor(Duration.ofSeconds(60));
        long since = lastEvent();
        downAndBack();
        fleet.runFor(Duration.ofSeconds(5));
        fleet.await(fleet.orchestrator().run(pinned().command(), Caller.PROGRAM));
        fleet.runFor(Duration.ofMinutes(2));
        assertThat(happened(since))
                .as("since the second time")
                .isEqualTo(told(foretold).subList(1, told(foretold).size()));
    }

    @Test
    @DisplayName("a host that is held dies: once it is back it is held longer, and not for ever")
    void aHeldHostDies() {
        downAndBack();
        fleet.runFor(Duration.ofSeconds(60));
        downAndBack();
        fleet.runFor(Duration.ofSeconds(10));
        assertThat(fleet.orchestrator().node("node-1").orElseThrow().takesWork())
                .isFalse();
        Duration held = running(foretold(pinned()));
        assertThat(held).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(24));

        // back before it was missed, it is held as it was
        Kill kill = new Kill("node-1");
        Revive revive = new Revive("node-1");
        Foretold soon = foretold(pinned(), kill, new Advance(Duration.ofSeconds(5)), revive);
        assertThat(running(soon)).isCloseTo(held, Duration.ofMillis(500));
        Foretold between = foretold(pinned(), kill, new Advance(Duration.ofSeconds(14)), revive);
        assertThat(running(between)).isBetween(Duration.ofSeconds(74), Duration.ofSeconds(78));
        Foretold late = foretold(pinned(), kill, new Advance(Duration.ofSeconds(60)), revive);
        assertThat(running(late)).isBetween(Duration.ofSeconds(120), Duration.ofSeconds(124));
        assertThat(late.settled()).isTrue();
    }

    @Test
    @DisplayName("one on each node: the dead one's slot is gone, and nothing moves")
    void onEachNode() {
        fleet.deploy(DeploymentSpec.builder("web", "web:1").mode(Mode.GLOBAL).build());
        Foretold foretold = foretold(new Kill("node-2"));
        Fate web = foretold.deployment("web").orElseThrow();
        assertThat(web).extracting(Fate::before, Fate::fewest, Fate::after).containsExactly(4, 3, 3);
        assertThat(foretold.moves()).isEmpty();
        assertThat(web.problems()).isEmpty();
    }

    @Test
    @DisplayName("no node is left: what waits is told with the reason")
    void nothingFits() {
        fleet.deploy(web("web:1").replicas(1).nodeSelector("name", "node-2").build());
        Foretold foretold = foretold(new Kill("node-2"));
        Fate web = foretold.deployment("web").orElseThrow();
        assertThat(web).extracting(Fate::fewest, Fate::after).containsExactly(0, 0);
        assertThat(web.problems()).singleElement().asString().contains("is pending", "name=node-2");
        assertThat(foretold.settled()).isTrue();
    }

    @Test
    @DisplayName("a node is drained: none goes before another is there")
    void drained() {
        fleet.deploy(web("web:1").build());
        fleet.runFor(Duration.ofMinutes(1));
        Map<String, String> before = places();
        String node = String.valueOf(before.get("0"));
        Foretold foretold = foretold(drain(node));
        assertThat(foretold.settled()).isTrue();
        assertThat(foretold.deployment("web").orElseThrow())
                .extracting(Fate::before, Fate::fewest, Fate::after)
                .containsExactly(3, 3, 3);
        assertThat(foretold.moves())
                .singleElement()
                .extracting(Move::from, Move::reason)
                .containsExactly(node, "its node " + node + " is drained");

        long since = lastEvent();
        fleet.await(fleet.orchestrator().drainNode(node));
        fleet.runFor(Duration.ofMinutes(2));
        assertThat(happened(since)).isEqualTo(told(foretold));
        assertThat(places()).isEqualTo(after(before, foretold));
    }

    @Test
    @DisplayName("a new image never gets healthy: it goes back by itself, and nobody lost anything")
    void neverHealthy() {
        HealthSpec health = HealthSpec.of(new TcpCheck(80));
        fleet.deploy(web("web:1").health(health).build());
        fleet.runFor(Duration.ofMinutes(1));
        Map<String, String> before = places();
        Command<?> update = new Command.Deploy(web("web:2").health(health).build());
        Foretold foretold = foretold(new Unhealthy("web:2"), new Run(update));
        assertThat(foretold.settled()).isTrue();
        assertThat(foretold.deployment("web").orElseThrow())
                .extracting(Fate::before, Fate::fewest, Fate::after, Fate::revision, Fate::rollout)
                .containsExactly(3, 3, 3, 3, "done");
        assertThat(foretold.timeline()).extracting(Moment::type).contains("deployment.rolled_back");

        fleet.hosts()
                .forEach(host -> host.engine()
                        .script()
                        .checks(labels ->
                                "2".equals(labels.get(KnitLabels.REVISION)) ? FakeCheck.FAILS : FakeCheck.PASSES));
        long since = lastEvent();
        fleet.await(fleet.orchestrator().run(update, Caller.PROGRAM));
        fleet.runFor(Duration.ofMinutes(10));
        assertThat(happened(since)).isEqualTo(told(foretold));
        assertThat(places()).isEqualTo(before);
    }

    @Test
    @DisplayName("what runs gets unhealthy: nothing moves, and it is told that it does not work")
    void getsUnhealthy() {
        fleet.deploy(web("web:1").build());
        Foretold foretold = foretold(new Unhealthy("web"));
        assertThat(foretold.deployment("web").orElseThrow())
                .extracting(Fate::before, Fate::fewest, Fate::after)
                .containsExactly(3, 0, 0);
        assertThat(foretold.deployment("web").orElseThrow().problems()).hasSize(3);
    }

    private static RestartSpec attempts(int attempts) {
        return new RestartSpec(RestartSpec.Condition.ALWAYS, Duration.ofSeconds(1), attempts, Duration.ofMinutes(10));
    }

    @Test
    @DisplayName("what failed now and then for months has all its attempts, as its agent counts them")
    void attempts() {
        HealthSpec health = HealthSpec.of(new TcpCheck(80));
        fleet.deploy(
                web("web:1").replicas(1).health(health).restart(attempts(3)).build());
        for (int i = 0; i < 5; i++) {
            fleet.runFor(Duration.ofMinutes(12));
            fleet.hosts()
                    .forEach(host -> host.engine()
                            .containers()
                            .forEach(it -> host.engine().end(it.id(), 1)));
        }
        fleet.runFor(Duration.ofMinutes(12));
        assertThat(fleet.deployment("web").instances().get(0).restarts()).isEqualTo(5);
        Foretold foretold = foretold(new Unhealthy("web"));
        List<Moment> failed = foretold.timeline().stream()
                .filter(moment -> moment.type().equals("instance.failed"))
                .limit(4)
                .toList();
        assertThat(failed.get(0).at()).as("the fourth end").isBetween(Duration.ofSeconds(90), Duration.ofMinutes(3));

        long since = lastEvent();
        fleet.hosts().forEach(host -> host.engine().script().checks(labels -> FakeCheck.FAILS));
        fleet.runFor(Duration.ofMinutes(10));
        assertThat(fleet.orchestrator().eventsAfter(since).stream()
                        .filter(event -> event.type().equals("instance.failed"))
                        .limit(4)
                        .map(KnitEvent::node))
                .isEqualTo(failed.stream().map(Moment::node).toList());
    }

    @Test
    @DisplayName("attempts that can't be used up within their window are not, and that ends the scenario")
    void attemptsWithoutEnd() {
        HealthSpec health = HealthSpec.of(new TcpCheck(80));
        fleet.deploy(web("web:1").health(health).restart(attempts(20)).build());
        fleet.runFor(Duration.ofMinutes(1));
        Foretold foretold = fleet.await(fleet.orchestrator()
                .simulate(new Scenario(List.of(new Unhealthy("web")), Scenario.LONGEST, Scenario.Pace.USUAL), READER));
        assertThat(foretold.settled()).isTrue();
        assertThat(foretold.took()).isLessThan(Duration.ofHours(1));
        assertThat(foretold.timeline()).extracting(Moment::type).doesNotContain("instance.failed");
        assertThat(foretold.deployment("web").orElseThrow().problems()).hasSize(3);
    }

    @Test
    @DisplayName("a deployment comes, and then its update, one slot after the other")
    void deployed() {
        Command<?> first = new Command.Deploy(web("web:1").build());
        Foretold anew = foretold(new Run(first));
        long since = lastEvent();
        fleet.await(fleet.orchestrator().run(first, Caller.PROGRAM));
        fleet.runFor(Duration.ofMinutes(1));
        // all three start at once
        assertThat(happened(since)).containsExactlyInAnyOrderElementsOf(told(anew));
        assertThat(places()).isEqualTo(after(Map.of(), anew));

        Map<String, String> before = places();
        Command<?> update = new Command.Deploy(web("web:2").build());
        Foretold foretold = foretold(new Run(update));
        assertThat(foretold.moves()).extracting(Move::slot).containsExactly("0", "1", "2");
        assertThat(foretold.moves()).extracting(Move::reason).containsOnly("revision 2 takes the place of revision 1");
        since = lastEvent();
        fleet.await(fleet.orchestrator().run(update, Caller.PROGRAM));
        fleet.runFor(Duration.ofMinutes(2));
        // whether the old one is gone a second before or after the next one runs is the engine's
        assertThat(happened(since)).containsExactlyInAnyOrderElementsOf(told(foretold));
        assertThat(places()).isEqualTo(after(before, foretold));
    }

    @Test
    @DisplayName("a step about what is not there is refused with the nearest word")
    void strict() {
        fleet.deploy(web("web:1").build());
        assertThatThrownBy(() -> foretold(new Advance(Duration.ofSeconds(1)), new Kill("nod-1")))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.pointer()).isEqualTo("/steps/1/kill"))
                .hasMessage("there is no node named \"nod-1\"; did you mean \"node-1\"?");
        assertThatThrownBy(() -> foretold(new Unhealthy("web:11"))).hasMessageContaining("did you mean \"web:1\"?");
        assertThatThrownBy(() -> foretold(new Run(new Command.Undeploy("wbe"))))
                .hasMessageContaining("did you mean \"web\"?");
        assertThatThrownBy(() -> foretold(new Run(new Command.Deploy(web("").build()))))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.pointer()).isEqualTo("/steps/0/deploy/image"));
    }

    @Test
    @DisplayName("what is waited for is waited for since it began, and not since the server wrote something last")
    void waitsGoOn() {
        Update slow = Update.DEFAULT.withMinHealthy(Duration.ofSeconds(14));
        fleet.deploy(web("web:1").update(slow).build());
        fleet.runFor(Duration.ofMinutes(1));
        fleet.await(fleet.orchestrator().deploy(web("web:2").update(slow).build()));
        fleet.runUntil(() ->
                fleet.deployment("web").instances().stream().anyMatch(it -> it.revision() == 2 && it.isHealthy()));
        fleet.runFor(Duration.ofSeconds(10));
        assertThat(foretold().moves().get(0).at()).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    @DisplayName("it ends: of a thousand updates one after the other as much is told as anybody reads")
    void bounded() {
        fleet.deploy(web("web:1").replicas(200).build());
        Foretold foretold = fleet.await(fleet.orchestrator()
                .simulate(
                        new Scenario(
                                List.of(new Run(new Command.Deploy(
                                        web("web:2").replicas(200).build()))),
                                Scenario.LONGEST,
                                Scenario.Pace.USUAL),
                        READER));
        assertThat(foretold.settled()).isTrue();
        assertThat(foretold.deployment("web").orElseThrow().fewest()).isEqualTo(200);
        assertThat(foretold.took()).isGreaterThan(Duration.ofMinutes(20));
    }

    private Foretold failingAtOnce(int deployments) {
        List<Step> steps = new ArrayList<>(List.of(new Unhealthy("x:1")));
        HealthSpec hasty =
                HealthSpec.of(new TcpCheck(80)).timed(Duration.ofMillis(100), Duration.ofMillis(100), 1, Duration.ZERO);
        RestartSpec often =
                new RestartSpec(RestartSpec.Condition.ALWAYS, Duration.ofMillis(100), 1_000, Duration.ofHours(1));
        for (int i = 0; i < deployments; i++) {
            steps.add(new Run(new Command.Deploy(DeploymentSpec.builder("d-" + i, "x:1")
                    .replicas(1_000)
                    .restart(often)
                    .health(hasty)
                    .build())));
        }
        Foretold foretold = fleet.await(
                fleet.orchestrator().simulate(new Scenario(steps, Scenario.LONGEST, Scenario.Pace.USUAL), READER));
        assertThat(foretold.whole()).isFalse();
        assertThat(foretold.timeline()).hasSizeLessThanOrEqualTo(10_000);
        assertThat(foretold.moves()).hasSizeLessThanOrEqualTo(10_000);
        return foretold;
    }

    @Test
    @DisplayName("it ends: what is made is held in memory to the end, and of a hundred thousand instances not all are")
    void boundedInWhatIsMade() {
        Foretold foretold = failingAtOnce(Scenario.MOST_STEPS - 1);
        assertThat(foretold.deployments().stream().mapToInt(Fate::wanted).sum()).isBetween(10_000, 50_000);
    }

    @Test
    @DisplayName("it ends: what fails again and again counts, though nothing is to be decided about it")
    void boundedInWhatFails() {
        assertThat(failingAtOnce(20).took()).isPositive().isLessThan(Duration.ofMinutes(2));
    }

    @Test
    @DisplayName(
            "it ends: what is never healthy fails ever later, also where its check takes longer to fail than health has to last")
    void slowToFail() {
        HealthSpec slow = HealthSpec.of(new TcpCheck(80))
                .timed(Duration.ofMinutes(6), Duration.ofSeconds(2), 2, Duration.ofSeconds(10));
        RestartSpec rules =
                new RestartSpec(RestartSpec.Condition.ALWAYS, Duration.ofSeconds(1), 3, Duration.ofMinutes(5));
        Step deploy = new Run(new Command.Deploy(DeploymentSpec.builder("slow", "x:1")
                .restart(rules)
                .health(slow)
                .build()));
        Foretold foretold = fleet.await(fleet.orchestrator()
                .simulate(
                        new Scenario(List.of(new Unhealthy("x:1"), deploy), Scenario.LONGEST, Scenario.Pace.USUAL),
                        READER));
        assertThat(foretold.settled()).isTrue();
    }
}
