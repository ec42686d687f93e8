package io.knit.core.server.dispatch;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Observed;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A remembered digest is that of the set, whatever happened to the node's instances. */
class AssignmentBookTest {
    private static final Instance WEB = on("n1", pending("web-0-a", "web", 1, 0), InstanceState.ASSIGNED);
    private static final ClusterState STATE = state(
            List.of(node("n1", Map.of())), List.of(deployment(1, spec("web").build())), List.of(WEB));

    private final AssignmentBook book = new AssignmentBook(new SetNumbers(NOW));

    @Test
    void whatAnAgentSaysDoesNotChangeIt() {
        String before = book.digest(STATE, "n1");
        Observed running = new Observed(InstanceState.RUNNING, "", 0, false, 7, NOW);
        assertThat(digestAfter(new Change.PutObserved(WEB.id(), running))).isEqualTo(before);
    }

    @Test
    void anOrderDoes() {
        String before = book.digest(STATE, "n1");
        PortBinding port = new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP);
        assertThat(digestAfter(new Change.PutInstance(WEB.stopping("undeployed", NOW))))
                .isNotEqualTo(before);
        assertThat(digestAfter(new Change.PutInstance(
                        on("n1", pending("web-0-a", "web", 1, 0), InstanceState.ASSIGNED, port))))
                .isNotEqualTo(before);
        assertThat(digestAfter(
                        new Change.PutInstance(on("n1", pending("web-1-b", "web", 1, 1), InstanceState.ASSIGNED))))
                .isNotEqualTo(before);
        assertThat(digestAfter(new Change.RemoveInstance(WEB.id()))).isNotEqualTo(before);
        assertThat(book.digest(STATE, "n1")).isEqualTo(before);
    }

    /** Of the book that knows the one before, and the same as of one that knows nothing. */
    private String digestAfter(Change change) {
        ClusterState after = change.applyTo(STATE);
        String digest = book.digest(after, "n1");
        assertThat(digest).isEqualTo(new AssignmentBook(new SetNumbers(NOW)).digest(after, "n1"));
        assertThat(book.of(after, "n1").digest()).isEqualTo(digest);
        book.digest(STATE, "n1");
        return digest;
    }
}
