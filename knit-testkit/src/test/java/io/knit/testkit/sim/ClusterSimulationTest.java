package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.AgentTiming;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code -Dknit.sim.seed=N} runs one seed, {@code -Dknit.sim.seeds=N} so many from 1, {@code -Dknit.sim.first=N} from another one.
 */
@Execution(ExecutionMode.CONCURRENT)
class ClusterSimulationTest {
    private static final int SEEDS = 240;

    static LongStream seeds() {
        Long only = Long.getLong("knit.sim.seed");
        if (only != null) {
            return LongStream.of(only);
        }
        long first = Long.getLong("knit.sim.first", 1);
        return LongStream.range(first, first + Long.getLong("knit.sim.seeds", SEEDS));
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
        Optional<AssertionError> failure = LongStream.rangeClosed(1, SEEDS)
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
