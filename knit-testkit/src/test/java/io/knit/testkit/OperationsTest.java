package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.command.Plan.Action;
import io.knit.api.command.Plan.FieldChange;
import io.knit.api.command.Plan.Step;
import io.knit.api.command.Rebalancing;
import io.knit.api.history.Explanation;
import io.knit.api.history.Explanation.NodeAnswer;
import io.knit.api.history.Explanation.Phase;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RevisionView;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What people do with what is there, on a fleet. */
class OperationsTest {
    private final SmallFleet fleet = new SmallFleet();

    @BeforeEach
    void twoNodes() {
        fleet.agent("n1", "eu");
        fleet.agent("n2", "us");
    }

    private static DeploymentSpecBuilder web(String image) {
        return DeploymentSpec.builder("web", image).registryAuth("me", "a password");
    }

    private Set<String> ids() {
        return fleet.instances("web").stream().map(Instance::id).collect(Collectors.toSet());
    }

    private <T> T done(Future<T> future) {
        fleet.run(120);
        return Futures.await(future);
    }

    private void runs(int replicas, int revision) {
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(fleet.instances("web"))
                .hasSize(replicas)
                .extracting(Instance::revision)
                .containsOnly(revision);
    }

    @Test
    @DisplayName("from 1 to 12 starts 11, and the one that was there runs on; it is told and kept who did it")
    void scale() {
        fleet.deploy(web("web:1").build());
        fleet.run(20);
        Set<String> one = ids();
        done(fleet.server.run(new Command.Scale("web", 12, 1), new Caller("ann", Caller.Role.ADMIN, "10.0.0.1")));
        runs(12, 2);
        assertThat(ids()).containsAll(one);
        assertThat(fleet.messages("deployment.updated")).hasSize(1);

        fleet.restartServer();
        RevisionView newest = fleet.server.revisions("web").get(0);
        assertThat(newest.by()).isEqualTo("ann");
        assertThat(newest.command()).isEqualTo("scale web to 12");
        assertThat(newest.createdAt()).isNotNull();
        assertThat(newest.instances()).isEqualTo(12);
        assertThat(newest.present()).isTrue();
        assertThat(fleet.server.diff("web", 1, 2)).containsExactly(new FieldChange("/replicas", "1", "12"));
        HistoryEntry entry =
                done(fleet.server.history(HistoryQuery.NEWEST.of("web"))).get(0);
        assertThat(entry.command()).isEqualTo("scale web to 12");
        assertThat(entry.details()).isEqualTo(Map.of("kind", "scale", "deployment", "web", "replicas", "12"));
    }

    @Test
    @DisplayName("a restart makes every instance anew, one after the other, and no more than once")
    void restart() {
        fleet.deploy(web("web:1").replicas(3).build());
        fleet.run(60);
        Set<String> before = ids();
        Plan plan = done(fleet.server.plan(new Command.Restart("web", false, null), Caller.PROGRAM));
        assertThat(plan.steps()).extracting(Step::action).hasSize(3).containsOnly(Action.REPLACE);
        assertThat(plan.diff()).isEmpty();

        done(fleet.server.restart("web", false));
        runs(3, 2);
        assertThat(ids()).doesNotContainAnyElementsOf(before);

        Set<String> anew = ids();
        fleet.restartServer();
        fleet.restartAgent("n1");
        done(fleet.server.scale("web", 4));
        runs(4, 3);
        assertThat(ids()).containsAll(anew);
    }

    @Test
    @DisplayName("a rollback in the middle of an update leaves what still runs by the old revision as it is")
    void rollback() {
        fleet.deploy(web("web:1").replicas(3).build());
        fleet.run(60);
        Set<String> before = ids();
        fleet.server.deploy(web("none:1").replicas(3).pull(PullPolicy.NEVER).build());
        fleet.run(30);
        assertThat(fleet.view("web").status()).isNotEqualTo(DeploymentStatus.RUNNING);

        done(fleet.server.rollback("web"));

        runs(3, 3);
        assertThat(ids()).as("the bad one was never begun").isEqualTo(before);
        assertThat(fleet.view("web").deployment().spec())
                .as("with its password")
                .isEqualTo(web("web:1").replicas(3).build());
        assertThat(fleet.server.revisions("web"))
                .extracting(RevisionView::number)
                .containsExactly(3, 2, 1);
    }

    @Test
    @DisplayName("what is paused is told, outlives the server, and is resumed")
    void pause() {
        fleet.deploy(web("web:1").build());
        done(fleet.server.pause("web"));
        assertThat(fleet.messages("deployment.paused")).hasSize(1);
        fleet.restartServer();
        assertThat(fleet.view("web").deployment().paused()).isTrue();
        done(fleet.server.resume("web"));
        assertThat(fleet.view("web").deployment().paused()).isFalse();
        assertThat(fleet.messages("deployment.resumed")).hasSize(1);
    }

    @Test
    @DisplayName(
            "what a drained node has goes elsewhere, each before the one it replaces is stopped, and a restart of the server is no hindrance")
    void drain() {
        fleet.deploy(web("web:1").replicas(4).build());
        fleet.run(30);
        Set<String> stays = fleet.instances("web").stream()
                .filter(i -> "n2".equals(i.node()))
                .map(Instance::id)
                .collect(Collectors.toSet());
        assertThat(stays).hasSize(2);
        fleet.server.drainNode("n1");
        for (int second = 0; second < 60; second++) {
            fleet.run(1);
            assertThat(fleet.view("web").healthy()).isGreaterThanOrEqualTo(4);
            if (second == 6) {
                fleet.restartServer();
            }
        }

        assertThat(fleet.instances("web")).hasSize(4).allMatch(i -> "n2".equals(i.node()) && i.isHealthy());
        assertThat(ids()).containsAll(stays);
        fleet.server.activateNode("n1");
        fleet.run(30);
        assertThat(fleet.instances("web")).as("nothing moves back by itself").allMatch(i -> "n2".equals(i.node()));
    }

    @Test
    @DisplayName(
            "what fits nowhere else is stopped when the time of a drain is over, though the server was restarted meanwhile")
    void drainDeadline() {
        fleet.deploy(web("web:1").nodeSelector("region", "eu").build());
        fleet.run(30);
        fleet.server.drainNode("n1", Duration.ofMinutes(2));
        fleet.run(60);
        Future<Node> impatient = fleet.server.awaitDrained("n1", Duration.ofMillis(50));
        fleet.run(31);
        assertThat(Futures.failure(impatient)).hasMessageContaining("n1 still has 1 after 50ms: web-0-");
        fleet.restartServer();
        Future<Node> empty = fleet.server.awaitDrained("n1", Duration.ofMinutes(5));
        fleet.run(20);
        assertThat(fleet.view("web").healthy()).isEqualTo(1);
        fleet.run(30);
        assertThat(Futures.await(empty).id()).isEqualTo("n1");
        assertThat(fleet.messages("instance.stopping"))
                .anyMatch(it -> it.contains("n1 is drained, and was to be empty by"));
        assertThat(fleet.instances("web")).singleElement().matches(it -> it.node() == null);

        done(fleet.server.activateNode("n1"));
        runs(1, 1);
        assertThat(Futures.failure(fleet.server.awaitDrained("n1", Duration.ofSeconds(1))))
                .hasMessageContaining("n1 is active");
        assertThat(done(fleet.server.history(HistoryQuery.NEWEST)))
                .anyMatch(it -> it.command().equals("drain node n1 within 2m")
                        && "2m".equals(it.details().get("deadline")));
    }

    @Test
    @DisplayName("a rebalancing brings back what a drain sent away, one after the other, and is foretold and explained")
    void rebalance() {
        done(fleet.server.drainNode("n1"));
        fleet.deploy(web("web:1").replicas(4).build());
        fleet.run(30);
        done(fleet.server.activateNode("n1"));
        assertThat(fleet.instances("web")).allMatch(i -> "n2".equals(i.node()));

        Plan plan = done(fleet.server.plan(new Command.Rebalance(10), Caller.PROGRAM));
        assertThat(plan.steps())
                .hasSize(2)
                .allMatch(step -> step.action() == Action.REPLACE
                        && "n2".equals(step.from())
                        && "n1".equals(step.to())
                        && step.downtime().isNone());
        Future<Rebalancing> begun = fleet.server.rebalance(10);
        for (int second = 0; second < 60; second++) {
            fleet.run(1);
            assertThat(fleet.view("web").healthy()).isGreaterThanOrEqualTo(4);
            if (second == 6) {
                fleet.restartServer();
            }
        }
        assertThat(Futures.await(begun).moves()).hasSize(2);
        assertThat(fleet.instances("web"))
                .hasSize(4)
                .filteredOn(i -> "n1".equals(i.node()))
                .hasSize(2);
        Rebalancing again = done(fleet.server.rebalance(10));
        assertThat(again.words()).startsWith("nothing to move");
        assertThat(done(fleet.server.plan(new Command.Rebalance(10), Caller.PROGRAM))
                        .changes())
                .isFalse();
        assertThat(done(fleet.server.explain("web")).decisions().stream().flatMap(entry -> entry.remarks().stream()))
                .anyMatch(it -> it.contains("is to leave n2: n1 has 0 of web, and n2 3"));
        assertThat(done(fleet.server.history(HistoryQuery.NEWEST)))
                .anyMatch(it -> it.command().equals("rebalance with at most 10 moves"));
    }

    @Test
    @DisplayName("nothing new is placed on a node that is drained or paused, and who waits is told whose wish that is")
    void availability() {
        done(fleet.server.drainNode("n1"));
        done(fleet.server.pauseNode("n2"));
        fleet.deploy(web("web:1").build());
        assertThat(fleet.instances("web").get(0).reason())
                .contains(
                        "n1 takes no work now (ready, drained by program from this process)",
                        "n2 takes no work now (ready, paused by program from this process)");
        assertThat(fleet.messages("node.drained")).singleElement().asString().contains("n1 is drained by program");
        fleet.restartServer();
        fleet.restartAgent("n2");
        fleet.run(60);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.PENDING);

        done(fleet.server.activateNode("n2"));
        runs(1, 1);
        assertThat(fleet.instances("web").get(0).node()).isEqualTo("n2");
        assertThat(fleet.messages("node.active")).hasSize(1);
        List<HistoryEntry> entries = done(fleet.server.history(HistoryQuery.NEWEST));
        assertThat(entries.get(0).remarks()).containsExactly("web runs revision 1 in every slot");
        assertThat(entries.get(1).command()).isEqualTo("activate node n2");
    }

    @Test
    @DisplayName("what people wish is told always, however often they change it")
    void oftenWished() {
        for (int i = 0; i < 100; i++) {
            fleet.server.pauseNode("n1");
            fleet.server.drainNode("n1");
        }
        fleet.run(5);
        assertThat(fleet.messages("node.paused")).hasSize(100);
        assertThat(fleet.messages("node.drained")).hasSize(100);
    }

    @Test
    @DisplayName("a label that is set has who waits for it placed at once; its removal moves nothing")
    void labels() {
        fleet.deploy(web("web:1").nodeSelector("rack", "7").build());
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.PENDING);
        done(fleet.server.labelNode("n2", Map.of("rack", "7")));
        runs(1, 1);
        assertThat(fleet.messages("node.labels")).singleElement().asString().contains("rack=7");
        Set<String> before = ids();
        java.util.HashMap<String, String> gone = new java.util.HashMap<>();
        gone.put("rack", null);
        done(fleet.server.labelNode("n2", gone));
        assertThat(fleet.server.node("n2").orElseThrow().labels()).isEqualTo(Map.of("region", "us"));
        assertThat(ids()).isEqualTo(before);
        assertThat(List.of(fleet.server.revisions("web").get(0).number())).containsExactly(1);
    }

    @Test
    @DisplayName("why one waits and how another came to run is explained, with the decisions that led there")
    void explain() {
        done(fleet.server.drainNode("n2"));
        fleet.deploy(web("web:1").nodeSelector("region", "us").build());
        Explanation waiting = done(fleet.server.explain("web"));
        assertThat(waiting.waits().get(0).nodes())
                .containsExactly(
                        new NodeAnswer("n1", "has region=eu, not region=us"),
                        new NodeAnswer("n2", "takes no work now (ready, drained by program from this process)"));

        done(fleet.server.activateNode("n2"));
        String id = fleet.instances("web").get(0).id();
        Explanation running = done(fleet.server.explainInstance(id));
        assertThat(running.waits()).isEmpty();
        assertThat(running.courses().get(0).phases())
                .extracting(Phase::name)
                .startsWith("made", "pending", "assigned")
                .endsWith("running");
        assertThat(running.courses().get(0).phases()).extracting(Phase::at).isSorted();
        assertThat(running.decisions()).extracting(HistoryEntry::command).containsExactly("deploy web");
        assertThat(Futures.failure(fleet.server.explainInstance("web-9-x"))).hasMessageContaining("web-9-x");
    }
}
