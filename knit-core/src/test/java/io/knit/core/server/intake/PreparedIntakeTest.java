package io.knit.core.server.intake;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Instance;
import io.knit.api.model.Preparation;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.Prepared;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node says of what it makes ready: only of what it was asked for, and nothing that steers a terminal. */
class PreparedIntakeTest {
    private static final Instance ASKED =
            pending("a", "web", 2, 0).preparedBy(new Preparation("n1", false), "n1 fetches its image");
    private static final ClusterState STATE = state(
            List.of(node("n1", Map.of()), node("n2", Map.of())),
            List.of(deployment(2, spec("web").build())),
            List.of(ASKED));

    private static List<Change> said(String node, Prepared prepared) {
        return PreparedIntake.decide(STATE, node, List.of(prepared));
    }

    @Test
    void whatIsReadyIsDone() {
        assertThat(said("n1", new Prepared("a", 0, null)))
                .singleElement()
                .isInstanceOfSatisfying(
                        Change.PutInstance.class,
                        put -> assertThat(put.instance().preparation()).isEqualTo(new Preparation("n1", true)));
    }

    @Test
    void aRefusalIsPlainTextOfBoundedLengthAndAnotherAttemptInAWhile() {
        assertThat(said("n1", new Prepared("a", 0, "no\u001b[2J\nERROR forged" + "x".repeat(10_000))))
                .singleElement()
                .isInstanceOfSatisfying(Change.PutInstance.class, put -> {
                    Instance after = put.instance();
                    assertThat(after.reason())
                            .startsWith("n1 could not prepare it: no?[2J ERROR forgedxxx")
                            .hasSizeLessThan(1_100);
                    assertThat(after.preparation()).isNull();
                    assertThat(after.attempt()).isEqualTo(1);
                    assertThat(after.notBefore()).isEqualTo(NOW.plusSeconds(1));
                });
    }

    @ParameterizedTest
    @CsvSource({"n2, a, 0", "n1, b, 0", "n1, a, 1"})
    void whatNobodyAskedForChangesNothing(String node, String instance, int attempt) {
        assertThat(said(node, new Prepared(instance, attempt, null))).isEmpty();
        assertThat(said(node, new Prepared(instance, attempt, "no"))).isEmpty();
    }
}
