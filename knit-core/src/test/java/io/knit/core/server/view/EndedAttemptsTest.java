package io.knit.core.server.view;

import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobRun.Attempt;
import io.knit.api.model.JobRun.Phase;
import io.knit.api.model.JobSpec;
import io.knit.core.server.Fixtures;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whose output is read of a job of two, of which the first ended well. */
class EndedAttemptsTest {
    private static final Attempt FIRST = new Attempt("sum-0-a", "n1");
    private static final Instance WAITS = pending("sum-1-b", "sum", 1, 1);

    private static DeploymentView sum(Phase phase, List<Attempt> noted, Instance... instances) {
        Deployment sum = Fixtures.deployment(
                1, Fixtures.spec("sum").job(new JobSpec(2, 1, 3, null)).build());
        JobRun run = new JobRun(1, phase, Instant.EPOCH, List.of(0), 1, Instant.EPOCH, "", noted);
        return Views.deployment(sum.with(run), List.of(instances));
    }

    @Test
    @DisplayName(
            "what ended well is read while the next attempt waits for its time or for room, and no more once that has a node")
    void whileTheNextWaits() {
        assertThat(EndedAttempts.of(sum(Phase.RUNNING, List.of(FIRST), WAITS))).containsExactly(FIRST);
        assertThat(EndedAttempts.of(sum(Phase.COMPLETED, List.of(FIRST)))).containsExactly(FIRST);
        assertThat(EndedAttempts.of(sum(Phase.RUNNING, List.of(FIRST), on("n2", WAITS, InstanceState.RUNNING))))
                .isEmpty();
    }

    @Test
    @DisplayName("that it ran to its end is said of what did")
    void whyNothing() {
        assertThat(EndedAttempts.nothing(sum(Phase.COMPLETED, List.of())))
                .hasMessageStartingWith("sum ran to its end, and which instances did was not noted");
        assertThat(EndedAttempts.nothing(sum(Phase.RUNNING, List.of(), WAITS)))
                .hasMessageStartingWith("no instance of sum has a node yet");
        assertThat(EndedAttempts.nothing(sum(Phase.COMPLETED, List.of(), WAITS)))
                .as("the last run of one that goes by the clock")
                .hasMessageStartingWith("no instance of sum has a node yet");
    }
}
