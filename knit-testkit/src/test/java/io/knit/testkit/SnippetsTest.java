package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.Orchestrator;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.core.Incident;
import io.knit.testkit.sim.SimulatedFleet;
import io.knit.testkit.sim.Simulation;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each example in the Javadoc of what is public, and each Java of the pages for programmers, stands in a source that compiles: in a test or in an example. Those that are in no
 * other are here. (The JDK's own {@code @snippet} is younger than the oldest Java that builds Knit.)
 */
class SnippetsTest {
    private static final Path HOUSE = Path.of("..");
    private static final Pattern JAVADOC = Pattern.compile("<pre>\\{@code\n(.*?)}</pre>", Pattern.DOTALL);
    private static final Pattern PAGE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    /** Whose Javadoc is the product's; of the core its face alone. */
    private static final List<String> PUBLIC =
            List.of("knit-api/src/main/java", "knit-client/src/main/java", "knit-testkit/src/main/java");

    private static final String FACE = "knit-core/src/main/java/io/knit/core";
    private static final List<String> PAGES = List.of("docs/testing.md", "docs/embedding.md", "README.md");

    @Test
    void everyExampleStandsInASourceThatCompiles() throws IOException {
        String sources = compiled();
        List<String> examples = new ArrayList<>();
        for (String folder : PUBLIC) {
            java(HOUSE.resolve(folder)).forEach(file -> examples.addAll(found(JAVADOC, file)));
        }
        try (Stream<Path> face = Files.list(HOUSE.resolve(FACE))) {
            face.filter(Files::isRegularFile).forEach(file -> examples.addAll(found(JAVADOC, file)));
        }
        PAGES.forEach(page -> examples.addAll(found(PAGE, HOUSE.resolve(page))));

        assertThat(examples).hasSizeGreaterThan(12);
        assertThat(examples.stream()
                        .filter(example -> !sources.contains(bare(example)))
                        .toList())
                .as("examples that stand in no test and no example")
                .isEmpty();
    }

    /** The formatter breaks lines as it likes. */
    private static String bare(String text) {
        return text.replaceAll("(?m)^ *\\* ?", "").replaceAll("\\s", "");
    }

    private static String compiled() throws IOException {
        List<Path> all = new ArrayList<>(java(HOUSE.resolve("examples")));
        try (Stream<Path> modules = Files.list(HOUSE)) {
            for (Path module : modules.toList()) {
                Path tests = module.resolve("src").resolve("test").resolve("java");
                all.addAll(Files.isDirectory(tests) ? java(tests) : List.of());
            }
        }
        return all.stream().map(file -> read(file).replaceAll("\\s", "")).collect(Collectors.joining("\n"));
    }

    private static List<Path> java(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static List<String> found(Pattern pattern, Path file) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(read(file));
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Future<DeploymentView> awaited(Orchestrator server, DeploymentSpec spec) {
        return
        // Orchestrator.awaitSettled
        server.deploy(spec).compose(made -> server.awaitSettled(made, Duration.ofMinutes(5)));
    }

    @Test
    void anIncidentIsReplayed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("incident");
        try (SimulatedFleet fleet = SimulatedFleet.of(1)) {
            fleet.await(awaited(
                    fleet.orchestrator(),
                    DeploymentSpec.builder("web", "nginx:1").build()));
            Files.writeString(file, fleet.await(fleet.orchestrator().incident(io.knit.api.command.Caller.PROGRAM)));
        }

        Incident.Outcome outcome = Incident.replay(Files.readString(file));

        assertThat(outcome.isSame()).isTrue();
    }

    @Test
    void aNodeIsKilledInASimulation() {
        try (SimulatedFleet fleet = SimulatedFleet.of(4)) {
            var server = fleet.orchestrator();
            fleet.deploy(DeploymentSpec.builder("web", "nginx:1").replicas(3).build());

            Simulation simulation = Simulation.of(server).kill("node-2").advance(Duration.ofSeconds(60));
            assertThat(simulation.places("web")).doesNotContainValue("node-2");
            simulation.requireNeverFewer("web", 2);
        }
    }

    @Test
    void aFleetGoesOnWithoutANode() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.deploy(DeploymentSpec.builder("web", "nginx:1").replicas(3).build());
            fleet.killAgent("node-1");
            fleet.runFor(Duration.ofMinutes(5));
            assertThat(fleet.deployment("web").status()).isEqualTo(DeploymentStatus.RUNNING);
        }
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.deploy(DeploymentSpec.builder("web", "nginx:1").replicas(3).build());
            fleet.killAgent("node-1");
            fleet.runFor(Duration.ofMinutes(5));
            assertThat(fleet.containers("node-0")).hasSize(2);
        }
    }
}
