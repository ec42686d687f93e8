package io.knit.core.agent.failed;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.SpecHash;
import io.knit.core.wire.VolumeRemoval;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is kept of a slot whose volume is to be put in its place. */
class KeptFailedLetGoTest {
    private static final DeploymentSpec SPEC =
            DeploymentSpec.builder("books", "app:1").keepFailed(3).build();

    private final KeptFailed failed =
            new KeptFailed(new SimulatedLoop(new EventQueue(1)), Duration.ZERO, none -> {}, () -> {});
    private final List<ContainerSnapshot> there = List.of(ended("books-0-a"), ended("books-0-b"), ended("books-0-c"));

    private static ContainerSnapshot ended(String instance) {
        return new ContainerSnapshot(
                "id-" + instance,
                "knit-" + instance,
                ContainerState.EXITED,
                Map.of(KnitLabels.DEPLOYMENT, "books", KnitLabels.SLOT, "0", KnitLabels.INSTANCE, instance),
                "Exited (1)",
                1,
                null,
                null,
                1);
    }

    private List<String> kept(Order newest) {
        Assignment order = new Assignment("books-0-c", "books", 0, 1, newest, SPEC, SpecHash.of(SPEC), List.of());
        AssignmentSet set = AssignmentSet.of(1, List.of(order));
        failed.adopt(set);
        failed.others(there, set);
        return failed.kept().stream().map(ContainerSnapshot::id).toList();
    }

    @Test
    @DisplayName("it stays where something else of the slot is in the way all the same, and goes once all are kept")
    void allOrNone() {
        Set<String> all = Set.of("id-books-0-a", "id-books-0-b", "id-books-0-c");
        assertThat(kept(Order.RUN)).containsExactly("id-books-0-a", "id-books-0-b");
        failed.letGo(all);
        assertThat(kept(Order.RUN)).as("c waits to be started again").containsExactly("id-books-0-a", "id-books-0-b");
        assertThat(kept(Order.STOP)).hasSize(3);
        failed.letGo(all);
        assertThat(kept(Order.STOP)).isEmpty();
    }

    @Test
    @DisplayName("what shares a volume that is to go goes, too, and what shares another stays")
    void shared() {
        for (String of : List.of("app", "db")) {
            ContainerSnapshot sharing = new ContainerSnapshot(
                    "id",
                    "knit-books-0-a",
                    ContainerState.EXITED,
                    Map.of(
                            KnitLabels.DEPLOYMENT, "books",
                            KnitLabels.SLOT, "0",
                            KnitLabels.INSTANCE, "books-0-a",
                            KnitLabels.KEEP_FAILED, "1",
                            KnitLabels.SHARES, "log," + of),
                    "Exited (1)",
                    1,
                    null,
                    null,
                    1);
            AssignmentSet set =
                    AssignmentSet.of(1, List.of()).removing(List.of(new VolumeRemoval("db", "0", "data", 1)));
            failed.others(List.of(sharing), set);
            assertThat(failed.kept()).hasSize(of.equals("db") ? 0 : 1);
        }
    }
}
