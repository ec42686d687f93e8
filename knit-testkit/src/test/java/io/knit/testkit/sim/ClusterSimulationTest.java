package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.AgentTiming;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Seeds that change daily, so that every day looks elsewhere, and those of {@code failed-seeds.txt}, which failed once. {@code
 * -Dknit.sim.seed=N} runs one seed, {@code -Dknit.sim.seeds=N} so many, {@code -Dknit.sim.first=N} from that one on, {@code -Dknit.sim.operations=true} with what
 * users do beside deploying and undeploying, {@code -Dknit.sim.witnesses=false} without a mesh that the server asks of its nodes, too, and {@code
 * -Dknit.sim.neighbours=false} without deployments that have to do with others.
 */
@Execution(ExecutionMode.CONCURRENT)
class ClusterSimulationTest {
    private static final int SEEDS = 60;
    /** So far apart are the first seeds of two days; more than one night's seeds. */
    private static final long A_DAY = 100_000;
    /** Of seeds in which users do more than deploy and undeploy. */
    private static final String WITH_OPERATIONS = "operations";
    /** Of seeds in which the server's host may be on the mesh; those that failed before there was that are played as they were. */
    private static final String WITH_WITNESSES = "witnesses";
    /** Of seeds in which deployments may be near others, share volumes, and leave nodes in an order; likewise. */
    private static final String WITH_NEIGHBOURS = "neighbours";

    /**
     * What is played.
     *
     * @param operations whether users do more than deploy and undeploy
     * @param witnesses whether the server may have a second witness of its nodes
     * @param neighbours whether deployments may have to do with others
     */
    private record Played(long seed, boolean operations, boolean witnesses, boolean neighbours) {
        static Played of(String line) {
            List<String> words = List.of(line.split(" +"));
            return new Played(
                    Long.parseLong(words.get(0)),
                    words.contains(WITH_OPERATIONS),
                    words.contains(WITH_WITNESSES),
                    words.contains(WITH_NEIGHBOURS));
        }

        @Override
        public String toString() {
            return seed
                    + (operations ? " " + WITH_OPERATIONS : "")
                    + (witnesses ? " " + WITH_WITNESSES : "")
                    + (neighbours ? " " + WITH_NEIGHBOURS : "");
        }
    }

    static Stream<Played> seeds() throws IOException {
        boolean operations = Boolean.getBoolean("knit.sim.operations");
        boolean witnesses = Boolean.parseBoolean(System.getProperty("knit.sim.witnesses", "true"));
        boolean neighbours = Boolean.parseBoolean(System.getProperty("knit.sim.neighbours", "true"));
        Long only = Long.getLong("knit.sim.seed");
        if (only != null) {
            return Stream.of(new Played(only, operations, witnesses, neighbours));
        }
        long first =
                Long.getLong("knit.sim.first", LocalDate.now(ZoneOffset.UTC).toEpochDay() * A_DAY);
        long count = Long.getLong("knit.sim.seeds", SEEDS);
        LoggerFactory.getLogger("simulation")
                .warn(
                        "Simulating seeds {} to {}; again with: -Dknit.sim.first={} -Dknit.sim.seeds={}",
                        first,
                        first + count - 1,
                        first,
                        count);
        Stream<Played> fresh = LongStream.range(first, first + count)
                .mapToObj(seed -> new Played(seed, operations, witnesses, neighbours));
        return Stream.concat(failedOnce(), fresh).distinct();
    }

    private static Stream<Played> failedOnce() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ClusterSimulationTest.class.getResourceAsStream("failed-seeds.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceAll("#.*", "").trim())
                    .filter(line -> !line.isEmpty())
                    .map(Played::of);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("a fleet keeps its promises whatever happens")
    void keepsItsPromises(Played played) {
        ClusterSimulation.Outcome outcome = ClusterSimulation.withSeed(played.seed())
                .operations(played.operations())
                .witnesses(played.witnesses())
                .neighbours(played.neighbours())
                .run();
        assertThat(outcome.events()).isPositive();
    }

    @Test
    @DisplayName("one seed gives one history, another seed another")
    void isRepeatable() {
        long seed = 4711;
        ClusterSimulation.Outcome outcome = ClusterSimulation.withSeed(seed).run();
        assertThat(ClusterSimulation.withSeed(seed).run()).isEqualTo(outcome);
        assertThat(ClusterSimulation.withSeed(seed + 1).run()).isNotEqualTo(outcome);
    }

    @Test
    @DisplayName("without law 1 it fails: agents that do not send a lost status again")
    void needsResends() {
        AgentTiming mutant = AgentTiming.DEFAULT.withStatusResend(Duration.ofDays(1000));
        Optional<AssertionError> failure = LongStream.rangeClosed(1, 240)
                .mapToObj(seed -> failure(ClusterSimulation.withSeed(seed).agentTiming(mutant)))
                .flatMap(Optional::stream)
                .findFirst();
        assertThat(failure).as("a seed that fails without resends").isPresent();
    }

    private static Optional<AssertionError> failure(ClusterSimulation simulation) {
        try {
            simulation.run();
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(e);
        }
    }
}
