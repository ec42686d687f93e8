package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Foretold.Move;
import io.knit.api.foresight.Scenario;
import io.knit.api.foresight.Scenario.Pace;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.EnvSource;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import io.knit.core.KnitServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What users write with {@link Simulation}. */
class SimulationTest {
    private static DeploymentSpec web(String image, int replicas) {
        return DeploymentSpec.builder("web", image)
                .replicas(replicas)
                .health(HealthSpec.of(new TcpCheck(80)))
                .build();
    }

    @Test
    @DisplayName("the example of the docs runs, word by word")
    void ofTheDocs() throws Exception {
        Simulation cluster = Simulation.ofNodes(3);
        cluster.deploy(DeploymentSpec.builder("web", "nginx:1").replicas(3).build())
                .settle();
        cluster.kill("node-1").advance(Duration.ofSeconds(60));
        assertThat(cluster.places("web")).hasSize(3).doesNotContainValue("node-1");
        cluster.requireNeverFewer("web", 0).requireWell();

        Simulation again = Simulation.of(cluster.snapshot()).drain("node-0").settle();
        again.requireNeverFewer("web", 3);

        String source = Files.readString(Path.of("src/test/java/io/knit/testkit/sim/SimulationTest.java"));
        String page = Files.readString(Path.of("..", "docs", "testing.md"));
        String example =
                page.substring(page.indexOf("<!-- simulation -->")).replaceFirst("(?s).*?```java\n(.*?)```.*", "$1");
        assertThat(example).contains("Simulation.ofNodes(3)");
        // the formatter breaks lines as it likes
        assertThat(source.replaceAll("\\s", "")).contains(example.replaceAll("\\s", ""));
    }

    @Test
    @DisplayName("a slot with a volume stays where that is, and waits for its node")
    void volumes() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.deploy(DeploymentSpec.builder("db", "db:1")
                    .volume(VolumeSpec.named("data", "/data"))
                    .build());
            ClusterSnapshot before = fleet.orchestrator().snapshot();
            String home = before.volumes().get(0).node();
            Simulation simulation =
                    Simulation.of(fleet.orchestrator()).kill(home).advance(Duration.ofMinutes(5));
            assertThat(simulation.snapshot().volumes()).isEqualTo(before.volumes());
            assertThat(simulation.healthy("db")).isZero();
            assertThat(simulation.told().moves()).isEmpty();
            assertThat(simulation.told().deployment("db").orElseThrow().problems())
                    .singleElement()
                    .asString()
                    .contains("is lost on " + home, "its volumes are there, so that it waits for it");
            simulation.revive(home).settle();
            assertThat(simulation.places("db")).containsExactly(Map.entry("0", home));
            assertThat(simulation.healthy("db")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("from a live server: what is asked there does not happen there")
    void ofAServer() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.deploy(web("web:1", 3));
            fleet.runFor(Duration.ofMinutes(1));
            ClusterSnapshot before = fleet.orchestrator().snapshot();
            Simulation simulation = Simulation.of(fleet.orchestrator()).kill("node-1");
            assertThat(simulation.healthy("web")).isEqualTo(2);
            simulation
                    .advance(Duration.ofSeconds(60))
                    .requireNeverFewer("web", 2)
                    .requireWell();
            assertThat(simulation.told().moves())
                    .singleElement()
                    .extracting(Move::from, Move::at)
                    .containsExactly("node-1", Duration.ofSeconds(12));
            assertThat(fleet.orchestrator().snapshot()).isEqualTo(before);
            assertThatThrownBy(() -> simulation.requireNeverFewer("web", 3))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("web had only 2 healthy after PT0S")
                    .hasMessageContaining("node-1 is down");
        }
    }

    @Test
    @DisplayName("an update that a live server has begun goes back to what ran before, by the revisions that it keeps")
    void ofAServerThatUpdates() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.deploy(web("web:1", 3));
            fleet.runFor(Duration.ofMinutes(1));
            fleet.await(fleet.orchestrator().deploy(web("web:2", 3)));
            Simulation simulation =
                    Simulation.of(fleet.orchestrator()).unhealthy("web:2").settle();
            DeploymentView view = simulation.snapshot().deployment("web").orElseThrow();
            assertThat(view.deployment().spec().image()).isEqualTo("web:1");
            assertThat(view.status()).isEqualTo(DeploymentStatus.RUNNING);
            simulation.requireNeverFewer("web", 3);
        }
    }

    @Test
    @DisplayName(
            "from a snapshot of an update: of the revision before nothing is known, and what runs by it fails as anything does")
    void ofASnapshotThatUpdates() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.deploy(web("web:1", 3));
            fleet.runFor(Duration.ofMinutes(1));
            fleet.await(fleet.orchestrator().deploy(web("web:2", 3)));
            Simulation simulation = Simulation.of(fleet.orchestrator().snapshot())
                    .unhealthy("web")
                    .settle();
            assertThat(simulation.healthy("web")).isZero();
        }
    }

    @Test
    @DisplayName(
            "from a live server: which containers are made is known as it is there, after a restart and of what reads values")
    void ofAServerWhatMakesAContainer() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            KnitServer server = fleet.orchestrator();
            fleet.await(
                    server.run(new Command.SetValue(Value.Kind.VAR, "color", Value.Content.of("red")), Caller.PROGRAM));
            fleet.deploy(reading(2));
            fleet.deploy(DeploymentSpec.builder("web", "web:1")
                    .replicas(3)
                    .update(Update.DEFAULT.withOrder(UpdateOrder.STOP_FIRST))
                    .build());
            fleet.runFor(Duration.ofMinutes(1));
            fleet.await(server.pause("web"));
            fleet.await(server.restart("web", false));

            Command<?> resume = new Command.Resume("web", null);
            Simulation restarted = Simulation.of(server).run(resume).settle();
            assertThat(restarted.told().moves()).hasSize(3);
            assertThatThrownBy(() -> restarted.requireNeverFewer("web", 3)).hasMessageContaining("web had only 2");
            Simulation scaled = Simulation.of(server).deploy(reading(3)).settle();
            assertThat(scaled.told().moves()).extracting(Move::slot, Move::from).containsExactly(tuple("2", null));

            assertThat(restarted.told()).isEqualTo(foretold(fleet, resume));
            assertThat(scaled.told()).isEqualTo(foretold(fleet, new Command.Deploy(reading(3))));
        }
    }

    private static DeploymentSpec reading(int replicas) {
        return DeploymentSpec.builder("reading", "web:1")
                .replicas(replicas)
                .envFrom(EnvSource.ofVar("color"))
                .build();
    }

    private static Foretold foretold(SimulatedFleet fleet, Command<?> command) {
        return fleet.await(fleet.orchestrator()
                .simulate(
                        new Scenario(List.of(new Scenario.Run(command)), Scenario.LONGEST, Pace.USUAL),
                        Caller.PROGRAM));
    }

    @Test
    @DisplayName("what is asked of a deployment that is not there, or that nothing happened to, is no less wrong")
    void ofTheUntouched() {
        Simulation three = Simulation.ofNodes(3).deploy(web("web:1", 3)).settle();
        assertThatThrownBy(() -> three.requireNeverFewer("wbe", 1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("there was no deployment \"wbe\"; there are [web]");

        DeploymentSpec nowhere = DeploymentSpec.builder("db", "db:1")
                .nodeSelector("name", "node-9")
                .build();
        Simulation later =
                Simulation.of(three.deploy(nowhere).snapshot()).kill("node-1").settle();
        later.requireNeverFewer("web", 2).requireNeverFewer("db", 0);
        assertThatThrownBy(() -> later.requireNeverFewer("db", 1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("db had only 0 healthy");
        assertThatThrownBy(later::requireWell)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("db has 0 of 1 healthy");
    }

    @Test
    @DisplayName("what nobody waits for any more ends, says so, and is no proof of anything")
    void isGivenUp() {
        Simulation simulation = Simulation.ofNodes(3).deploy(web("web:1", 3)).settle();
        Thread.currentThread().interrupt();
        try {
            simulation.kill("node-1").settle();
            assertThat(simulation.told().whole()).isFalse();
            assertThat(simulation.healthy("web")).isEqualTo(3);
            assertThatThrownBy(() -> simulation.requireNeverFewer("web", 0))
                    .hasMessageContaining("too much to work out");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    @DisplayName("one snapshot gives one history")
    void isRepeatable() {
        ClusterSnapshot snapshot =
                Simulation.ofNodes(4).deploy(web("web:1", 8)).settle().snapshot();
        assertThat(played(snapshot)).isEqualTo(played(snapshot));
    }

    private static Object played(ClusterSnapshot snapshot) {
        return Simulation.of(snapshot)
                .kill("node-3")
                .run(new Command.Scale("web", 12, null))
                .settle()
                .told();
    }

    @Test
    @DisplayName("a thousand nodes with ten thousand instances lose one: each of its instances goes to another")
    void large() {
        Simulation filling = Simulation.ofNodes(1_000);
        for (int i = 0; i < 10; i++) {
            filling.deploy(
                    DeploymentSpec.builder("web-" + i, "web:1").replicas(1_000).build());
        }
        Simulation simulation = Simulation.of(filling.settle().snapshot());
        long of = simulation.snapshot().deployments().stream()
                .flatMap(view -> view.instances().stream())
                .filter(instance -> "node-7".equals(instance.node()))
                .count();
        assertThat(of).isPositive();
        simulation.kill("node-7").advance(Duration.ofSeconds(60)).requireWell();
        assertThat(simulation.told().moves().stream().filter(move -> "node-7".equals(move.from())))
                .hasSize((int) of);
    }

    @Test
    @DisplayName("what is run to its end comes to it, at the pace that is given, and badly where it is unhealthy")
    void jobsEnd() {
        Pace pace =
                new Pace(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofMinutes(3));
        ClusterSnapshot nodes = Simulation.ofNodes(2).snapshot();
        DeploymentSpec sum = DeploymentSpec.builder("sum", "sum:1")
                .job(new JobSpec(2, 1, 0, null))
                .build();
        Simulation simulation = Simulation.of(nodes, pace).deploy(sum).advance(Duration.ofMinutes(6));
        assertThat(status(simulation, "sum")).isEqualTo(DeploymentStatus.RUNNING);
        simulation.advance(Duration.ofMinutes(1));
        assertThat(status(simulation, "sum")).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(simulation.requireWell().told().settled()).isTrue();

        Simulation ill = Simulation.of(nodes).deploy(sum).unhealthy("sum").advance(Duration.ofMinutes(1));
        assertThat(status(ill, "sum")).isEqualTo(DeploymentStatus.FAILED);
    }

    @Test
    @DisplayName("a job whose attempts may take half a minute takes less, unless it is said that it takes longer")
    void jobsEndInTime() {
        ClusterSnapshot nodes = Simulation.ofNodes(2).snapshot();
        DeploymentSpec hasty = DeploymentSpec.builder("sum", "sum:1")
                .job(new JobSpec(1, 1, 0, Duration.ofSeconds(30)))
                .build();
        Simulation usual = Simulation.of(nodes).deploy(hasty).settle();
        assertThat(status(usual, "sum")).isEqualTo(DeploymentStatus.COMPLETED);

        Pace slow =
                new Pace(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(40));
        Simulation late = Simulation.of(nodes, slow).deploy(hasty).settle();
        assertThat(status(late, "sum")).isEqualTo(DeploymentStatus.FAILED);
    }

    private static DeploymentStatus status(Simulation simulation, String name) {
        return simulation.snapshot().deployment(name).orElseThrow().status();
    }

    @Test
    @DisplayName("what runs by the clock runs at each of its times, and waits for the next when all else is settled")
    void byTheClock() {
        Simulation simulation = Simulation.ofNodes(2)
                .deploy(DeploymentSpec.builder("report", "report:1")
                        .cron(CronSpec.of("*/10 * * * *").withHistory(20))
                        .build())
                .advance(Duration.ofMinutes(45));
        CronRuns runs = Objects.requireNonNull(simulation
                .snapshot()
                .deployment("report")
                .orElseThrow()
                .deployment()
                .cron());
        assertThat(runs.runs()).hasSize(4).allMatch(run -> run.run().phase() == JobRun.Phase.COMPLETED);
        assertThat(simulation.requireWell().told().settled()).isTrue();
        assertThat(simulation.told().timeline())
                .extracting(moment -> moment.type())
                .contains("run.begun", "run.completed");
        simulation.advance(Duration.ofMinutes(5).plusSeconds(10));
        assertThat(simulation.told().settled()).as("a run is under way").isFalse();
        simulation.settle().requireWell();
        assertThat(simulation.told().took())
                .as("the run's end")
                .isBetween(Duration.ofMinutes(50), Duration.ofMinutes(52));
    }

    @Test
    @DisplayName("what runs by the clock keeps nothing from being settled, at whatever time of day that is asked")
    void settledBesideAClock() {
        for (String schedule : List.of("0 * * * *", "* * * * *")) {
            Simulation simulation = Simulation.ofNodes(2)
                    .deploy(DeploymentSpec.builder("report", "report:1")
                            .cron(CronSpec.of(schedule))
                            .build())
                    .deploy(web("web:1", 3))
                    .settle()
                    .requireWell()
                    .unhealthy("report")
                    .kill("node-1")
                    .settle();
            assertThat(simulation.healthy("web")).isEqualTo(3);
            assertThat(simulation.told().took()).isLessThan(Duration.ofMinutes(5));
        }
    }
}
