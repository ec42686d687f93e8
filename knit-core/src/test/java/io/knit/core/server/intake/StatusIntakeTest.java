package io.knit.core.server.intake;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Observed;
import io.knit.api.model.StartTimes;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.StatusAck;
import io.knit.core.wire.StatusReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatusIntakeTest {
    private static final Set<InstanceState> AGENTS = EnumSet.of(
            InstanceState.PREPARING,
            InstanceState.STARTING,
            InstanceState.RUNNING,
            InstanceState.STOPPED,
            InstanceState.FAILED,
            InstanceState.REJECTED);

    private static Decision<List<StatusAck.Acked>> take(Instance known, String node, long seq, InstanceState state) {
        ClusterState cluster = state(
                List.of(node("n1", Map.of())), List.of(deployment(1, spec("web").build())), List.of(known));
        StatusReport report = new StatusReport(
                1,
                "testcluster",
                node,
                "identity-of-n1",
                List.of(new InstanceStatus("a", seq, state, "why", 3, false)));
        return StatusIntake.decide(cluster, report, NOW.plusSeconds(1));
    }

    private static Instance in(InstanceState state) {
        InstanceState said =
                AGENTS.contains(state) ? state : state == InstanceState.ASSIGNED ? null : InstanceState.RUNNING;
        return on("n1", pending("a", "web", 1, 0), state).with(new Observed(said, "before", 0, false, 10, NOW));
    }

    private static Instance after(Instance before, Decision<?> decision) {
        ClusterState state = state(List.of(node("n1", Map.of())), List.of(), List.of(before));
        for (Change change : decision.changes()) {
            state = change.applyTo(state);
        }
        return Objects.requireNonNull(state.instance("a"));
    }

    @Test
    void aStatusTouchesNothingThatIsWanted() {
        for (InstanceState known : AGENTS) {
            assertThat(take(in(known), "n1", 11, InstanceState.REJECTED).changes())
                    .hasOnlyElementsOfType(Change.PutObserved.class);
        }
    }

    static List<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        // one that waits has no agent, and completed is never stored: it is only said to people
        for (InstanceState known : EnumSet.complementOf(EnumSet.of(InstanceState.PENDING, InstanceState.COMPLETED))) {
            for (InstanceState said : InstanceState.values()) {
                pairs.add(Arguments.of(known, said));
            }
        }
        return pairs;
    }

    @ParameterizedTest(name = "{0}, then {1}")
    @MethodSource("pairs")
    void anInstanceOnlyMovesForwardAndOnlyAsAgentsMaySay(InstanceState known, InstanceState said) {
        Decision<List<StatusAck.Acked>> decision = take(in(known), "n1", 11, said);

        if (known == InstanceState.STOPPING && said == InstanceState.STOPPED) {
            assertThat(decision.changes()).containsExactly(new Change.RemoveInstance("a"));
            return;
        }
        Instance after = after(in(known), decision);
        // lost is not what the instance came to, but what was thought of its node
        boolean judgement = known == InstanceState.LOST;
        boolean forward = AGENTS.contains(said) && (judgement || said.ordinal() > known.ordinal());
        assertThat(after.state()).isEqualTo(forward ? said : known);
        assertThat(after.statusSeq()).isEqualTo(11);
    }

    @Test
    void aStaleStatusIsAcknowledgedWithTheNewestNumberAndDropped() {
        Decision<List<StatusAck.Acked>> decision = take(in(InstanceState.STARTING), "n1", 10, InstanceState.RUNNING);

        assertThat(decision.changes()).isEmpty();
        assertThat(decision.answer()).containsExactly(new StatusAck.Acked("a", 10));
    }

    @Test
    void whatWasLostIsTakenBackByTheSameWordsAsBeforeAndNotIfItShallStop() {
        Instance lost = in(InstanceState.LOST);

        Instance back = after(lost, take(lost, "n1", 10, InstanceState.RUNNING));
        assertThat(back.state()).isEqualTo(InstanceState.RUNNING);
        assertThat(take(lost, "n1", 9, InstanceState.RUNNING).changes()).isEmpty();
        assertThat(take(lost.stopping("its successor runs", NOW), "n1", 10, InstanceState.RUNNING)
                        .changes())
                .isEmpty();
    }

    private static Instance told(Instance known, long seq, Health health) {
        return told(known, seq, health, StartTimes.UNKNOWN);
    }

    private static Instance told(Instance known, long seq, Health health, StartTimes start) {
        return told(
                known,
                new InstanceStatus(
                        "a", seq, InstanceState.RUNNING, "", 0, false, health, start, null, null, null, null));
    }

    private static Instance told(Instance known, InstanceStatus status) {
        long seq = status.seq();
        ClusterState cluster = state(
                        List.of(node("n1", Map.of())),
                        List.of(deployment(1, spec("web").build())),
                        List.of(known))
                .servedAt(NOW.plusSeconds(seq));
        return after(
                known,
                StatusIntake.decide(
                        cluster,
                        new StatusReport(1, "testcluster", "n1", "identity-of-n1", List.of(status)),
                        NOW.plusSeconds(seq)));
    }

    /** From them a job's time counts. */
    @Test
    void howItWasStartedIsKnownAlsoOnceItsAgentWasStartedAnew() {
        StartTimes times = new StartTimes(null, Duration.ofMinutes(3), null, Duration.ofSeconds(1), null);
        Instance started = told(in(InstanceState.STARTING), 11, Health.HEALTHY, times);
        assertThat(started.observed().start()).isEqualTo(times);
        Instance found = told(started, 12, Health.HEALTHY, StartTimes.UNKNOWN);
        assertThat(found.observed().start()).isEqualTo(times);
        StartTimes again = new StartTimes(null, null, null, Duration.ofSeconds(2), null);
        assertThat(told(found, 13, Health.HEALTHY, again).observed().start()).isEqualTo(again);
    }

    @Test
    void whenItCeasedToBeWellIsKnownUntilItDoesAgain() {
        Instance well = told(in(InstanceState.STARTING), 11, Health.HEALTHY);
        assertThat(well.observed().wellUntil()).isEqualTo(Instant.EPOCH);
        Instance anew = told(well, 12, Health.STARTING);
        assertThat(anew.observed().wellUntil()).isEqualTo(NOW.plusSeconds(12));
        Instance still = told(told(anew, 13, Health.STARTING), 14, Health.HEALTHY);
        assertThat(still.observed().wellUntil()).isEqualTo(NOW.plusSeconds(12));
        assertThat(told(still, 15, Health.STARTING).observed().wellUntil()).isEqualTo(NOW.plusSeconds(15));
        assertThat(told(in(InstanceState.STARTING), 11, Health.STARTING)
                        .observed()
                        .wellUntil())
                .isEqualTo(Instant.EPOCH);
    }

    @Test
    void howLongItWasWellAtMostIsKnownWhateverComesAfter() {
        Instance well = told(in(InstanceState.STARTING), 11, Health.HEALTHY);
        assertThat(well.observed().wellFor()).isEqualTo(Duration.ZERO);
        Instance longest = told(well, 700, Health.UNHEALTHY);
        assertThat(longest.observed().wellFor()).isEqualTo(Duration.ofSeconds(689));
        assertThat(longest.healthySince()).isEqualTo(Instant.EPOCH);
        Instance shorter = told(told(longest, 710, Health.HEALTHY), 720, Health.UNHEALTHY);
        assertThat(shorter.observed().wellFor()).isEqualTo(Duration.ofSeconds(689));
        Instance longer = told(told(longest, 710, Health.HEALTHY), 1_500, Health.UNHEALTHY);
        assertThat(longer.observed().wellFor()).isEqualTo(Duration.ofSeconds(790));
    }

    @Test
    void whatWasWellBeforeAndAfterItsNodeWasAwayWasWellMeanwhile() {
        Instance lost = told(in(InstanceState.STARTING), 11, Health.HEALTHY).lost("its node n1 is down", NOW);
        Instance back = told(lost, 900, Health.HEALTHY);
        assertThat(back.observed().wellFor()).isEqualTo(Duration.ofSeconds(889));
        assertThat(back.healthySince()).isEqualTo(NOW.plusSeconds(900));
        // nobody knows for how long
        assertThat(told(lost, 900, Health.STARTING).observed().wellFor()).isEqualTo(Duration.ZERO);
        assertThat(told(lost, 900, Health.STARTING).healthySince()).isEqualTo(Instant.EPOCH);
        InstanceStatus again = new InstanceStatus("a", 900, InstanceState.RUNNING, "", 1, false);
        assertThat(told(lost, again).observed().wellFor()).isEqualTo(Duration.ZERO);
    }

    @Test
    void whatAnotherNodeSaysOfItIsAcknowledgedAndDropped() {
        Decision<List<StatusAck.Acked>> decision = take(in(InstanceState.STARTING), "n2", 11, InstanceState.RUNNING);

        assertThat(decision.changes()).isEmpty();
        assertThat(decision.answer()).containsExactly(new StatusAck.Acked("a", 11));
    }

    @Test
    void anInstanceThatWasToStopIsForgottenWhenNothingIsLeft() {
        Instance stopping = in(InstanceState.RUNNING).stopping("undeployed", NOW);

        assertThat(take(stopping, "n1", 11, InstanceState.STOPPED).changes())
                .containsExactly(new Change.RemoveInstance("a"));
        Instance still = after(stopping, take(stopping, "n1", 11, InstanceState.RUNNING));
        assertThat(still.state()).isEqualTo(InstanceState.STOPPING);
        assertThat(still.reason()).isEqualTo("undeployed");
    }
}
