package io.knit.testkit.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.testkit.sim.host.InvariantViolation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WishesTest {
    private static final Optional<DeploymentSpec> OLD = spec("app:1");
    private static final Optional<DeploymentSpec> NEW = spec("app:2");
    private static final KnitException REFUSAL = new KnitException(ErrorCode.STORE_UNAVAILABLE, "no");
    private static final KnitException DOUBT = new KnitException(ErrorCode.COMMIT_IN_DOUBT, "perhaps");
    private static final KnitException CLOSED = new KnitException(ErrorCode.CLOSED, "the server is closed");

    private final Wishes wishes = new Wishes();

    private static Optional<DeploymentSpec> spec(String image) {
        return Optional.of(DeploymentSpec.builder("web", image).build());
    }

    private static ClusterSnapshot showing(Optional<DeploymentSpec> spec) {
        Stream<DeploymentView> views = spec.stream()
                .map(it -> new Deployment("web", 1, it, false, Instant.EPOCH, Instant.EPOCH))
                .map(it -> new DeploymentView(it, DeploymentStatus.RUNNING, List.of()));
        return new ClusterSnapshot("c", 1, 1, views.toList(), List.of(), List.of());
    }

    private void answered(@Nullable Throwable failure, Optional<DeploymentSpec> shown) {
        wishes.answered("web", failure, Optional.of(showing(shown)));
    }

    private void hasOld() {
        wishes.asked("web", OLD);
        answered(null, OLD);
        wishes.asked("web", NEW);
    }

    @Test
    @DisplayName("what was granted is shown at once, and for ever")
    void granted() {
        hasOld();
        assertThatThrownBy(() -> answered(null, OLD)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> wishes.compare(showing(Optional.empty()))).isInstanceOf(InvariantViolation.class);
        wishes.compare(showing(NEW));
        assertThat(wishes.settled()).containsEntry("web", NEW);
    }

    @Test
    @DisplayName("what was refused is shown neither before nor when nor after that is said")
    void refused() {
        hasOld();
        answered(REFUSAL, OLD);
        wishes.serverDied();
        assertThatThrownBy(() -> wishes.compare(showing(NEW))).isInstanceOf(InvariantViolation.class);
        wishes.compare(showing(OLD));
        wishes.asked("web", NEW);
        assertThatThrownBy(() -> answered(REFUSAL, NEW)).isInstanceOf(InvariantViolation.class);
    }

    @Test
    @DisplayName("what was shown before it is answered may not be refused, nor shown no more")
    void shownEarly() {
        hasOld();
        wishes.compare(showing(NEW));
        assertThatThrownBy(() -> wishes.compare(showing(OLD))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> answered(REFUSAL, NEW)).hasMessageContaining("had been done");
    }

    @Test
    @DisplayName("what was answered with a doubt is one or the other from the next server on")
    void doubted() {
        for (KnitException doubt : List.of(DOUBT, CLOSED)) {
            Wishes own = new Wishes();
            own.asked("web", OLD);
            own.answered("web", null, Optional.of(showing(OLD)));
            own.asked("web", NEW);
            own.answered("web", doubt, Optional.of(showing(OLD)));
            assertThat(own.isOpen("web")).isTrue();
            assertThatThrownBy(() -> own.asked("web", OLD)).isInstanceOf(IllegalStateException.class);
            own.serverDied();
            assertThat(own.allKnown()).isFalse();
            own.compare(showing(OLD));
            assertThat(own.settled()).containsEntry("web", OLD);
            assertThatThrownBy(() -> own.compare(showing(NEW))).isInstanceOf(InvariantViolation.class);
        }
    }

    @Test
    @DisplayName("what was doubted and then shown stays, also under the next server")
    void doubtedAndShown() {
        hasOld();
        answered(DOUBT, OLD);
        wishes.compare(showing(NEW));
        wishes.serverDied();
        assertThatThrownBy(() -> wishes.compare(showing(OLD))).isInstanceOf(InvariantViolation.class);
        wishes.compare(showing(NEW));
        assertThat(wishes.allKnown()).isTrue();
    }

    @Test
    @DisplayName("what was never asked for is not there")
    void neverAsked() {
        assertThatThrownBy(() -> wishes.compare(showing(OLD))).hasMessageContaining("never asked for");
    }
}
