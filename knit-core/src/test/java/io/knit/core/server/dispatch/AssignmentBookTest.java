package io.knit.core.server.dispatch;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Observed;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Preparation;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.SidecarSpec;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.AssignmentSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
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

    @Test
    @DisplayName(
            "the images of init containers are fetched ahead, and an agent that knows none of that has the same digest")
    void partsAreMadeReady() {
        Instance next = pending("web-1-b", "web", 1, 1).preparedBy(new Preparation("n1", false), "");
        DeploymentSpec parted = spec("web")
                .initContainer(PartSpec.of("a", "tool:1"))
                .initContainer(PartSpec.of("b", "tool:2"))
                .initContainer(PartSpec.of("c", "tool:1"))
                .sidecar(SidecarSpec.of("d", "ship:1"))
                .build();
        AssignmentSet with = setOf(parted, next);
        AssignmentSet without = setOf(spec("web").build(), next);
        assertThat(with.prepare())
                .singleElement()
                .satisfies(it -> assertThat(it.parts()).containsExactly("tool:1", "tool:2", "ship:1"));
        assertThat(without.prepare())
                .singleElement()
                .satisfies(it -> assertThat(it.parts()).isNull());
        assertThat(with.digest()).isEqualTo(without.digest());
    }

    @Test
    @DisplayName("each image is fetched ahead for its platform, one image for two of them twice")
    void platformsAreMadeReady() {
        Instance next = pending("web-1-b", "web", 1, 1).preparedBy(new Preparation("n1", false), "");
        DeploymentSpec spec = spec("web")
                .initContainer(PartSpec.of("a", "tool:1"))
                .initContainer(PartSpec.of("b", "tool:1").on("linux/arm/v7"))
                .sidecar(SidecarSpec.of("c", "tool:1").on("linux/arm/v7"))
                .build();
        assertThat(setOf(spec, next).prepare()).singleElement().satisfies(it -> {
            assertThat(it.images()).containsExactly("nginx:1.27", "tool:1", "tool:1");
            assertThat(it.platforms()).containsExactly("", "", "linux/arm/v7");
        });
        assertThat(setOf(spec("web").initContainer(PartSpec.of("a", "tool:1")).build(), next)
                        .prepare())
                .singleElement()
                .satisfies(it -> assertThat(it.platforms()).isNull());
        DeploymentSpec main =
                spec("web").process(ProcessSpec.DEFAULT.on("linux/arm64")).build();
        assertThat(setOf(main, next).prepare())
                .singleElement()
                .satisfies(it -> assertThat(it.platforms()).containsExactly("linux/arm64"));
        assertThat(setOf(main, next).digest())
                .isEqualTo(setOf(spec("web").build(), next).digest());
    }

    private static AssignmentSet setOf(DeploymentSpec spec, Instance instance) {
        ClusterState state = state(List.of(node("n1", Map.of())), List.of(deployment(1, spec)), List.of(instance));
        return new AssignmentBook(new SetNumbers(NOW)).of(state, "n1");
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
