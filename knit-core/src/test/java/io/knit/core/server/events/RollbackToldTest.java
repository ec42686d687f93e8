package io.knit.core.server.events;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.command.Commands;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.state.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is called a rollback is one. */
class RollbackToldTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");

    private final EventLog log = new EventLog(List.of(), 0);
    private ClusterState state = state(List.of(node("n1", Map.of())), List.of(), List.of());

    private KnitEvent told(Command<?> command) {
        List<Change> changes = Commands.decide(command, ANN, state, NOW).changes();
        List<KnitEvent> told = log.derive(state, Step.of(state, changes), NOW, Duration.ZERO);
        for (Change change : changes) {
            state = change.applyTo(state);
        }
        assertThat(told).hasSize(1);
        return told.get(0);
    }

    private KnitEvent deploy(String image) {
        return told(new Command.Deploy(DeploymentSpec.builder("web", image).build()));
    }

    @Test
    @DisplayName("more of the same while a rollback is under way is no rollback")
    void scaled() {
        deploy("web:1");
        Revision first = Objects.requireNonNull(state.revision("web", 1));
        state = new Change.PutRevision(first.healthy()).applyTo(state);
        deploy("web:2");
        KnitEvent back = told(new Command.Rollback("web", 1, null));
        assertThat(back.type()).isEqualTo("deployment.rolled_back");
        assertThat(back.message()).startsWith("web has revision 3: ann went back to revision 1");

        KnitEvent scaled = told(new Command.Scale("web", 4, null));
        assertThat(scaled.type()).isEqualTo("deployment.updated");
        assertThat(scaled.message()).isEqualTo("web has revision 4: web:1");
        assertThat(deploy("web:3").type()).isEqualTo("deployment.updated");
    }
}
