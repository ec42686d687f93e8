package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.AgentTiming;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Seeds that change daily, so that every day looks elsewhere, and those of {@code failed-seeds.txt}, which failed once. {@code
 * -Dknit.sim.seed=N} runs one seed, {@code -Dknit.sim.seeds=N} so many, {@code -Dknit.sim.first=N} from that one on.
 */
@Execution(ExecutionMode.CONCURRENT)
class ClusterSimulationTest {
    private static final int SEEDS = 60;
    /** So far apart are the first seeds of two days; more than one night's seeds. */
    private static final long A_DAY = 100_000;

    static LongStream seeds() throws IOException {
        Long only = Long.getLong("knit.sim.seed");
        if (only != null) {
            return LongStream.of(only);
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
        return LongStream.concat(failedOnce(), LongStream.range(first, first + count))
                .distinct();
    }

    private static LongStream failedOnce() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ClusterSimulationTest.class.getResourceAsStream("failed-seeds.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceAll("#.*", "").trim())
                    .filter(line -> !line.isEmpty())
                    .mapToLong(Long::parseLong);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("a fleet keeps its promises whatever happens")
    void keepsItsPromises(long seed) {
        ClusterSimulation.Outcome outcome = ClusterSimulation.withSeed(seed).run();
        assertThat(outcome.events()).isPositive();
    }

    @Test
    @DisplayName("one seed gives one history, another seed another")
    void isRepeatable() {
        ClusterSimulation.Outcome first = ClusterSimulation.withSeed(4711).run();
        assertThat(ClusterSimulation.withSeed(4711).run()).isEqualTo(first);
        assertThat(ClusterSimulation.withSeed(4712).run()).isNotEqualTo(first);
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
