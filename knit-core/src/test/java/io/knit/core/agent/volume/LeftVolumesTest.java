package io.knit.core.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Order;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.Heartbeat;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LeftVolumesTest {
    private static final AssignmentSet NOTHING_TO_RUN = AssignmentSet.of(7, List.of());
    private static final VolumeSnapshot ASKED = unnamed("n1", "web");
    private static final VolumeSnapshot NAMED = named("web");

    private static VolumeSnapshot unnamed(String node, String deployment) {
        SlotVolumes slot = new SlotVolumes("c", node, deployment, "0");
        return new VolumeSnapshot(slot.unnamed("/data"), slot.labels("/data"));
    }

    private static VolumeSnapshot named(String deployment) {
        SlotVolumes slot = new SlotVolumes("c", "n1", deployment, "0");
        return new VolumeSnapshot(slot.named("data"), slot.labels("data"));
    }

    private static AssignmentSet running(String deployment) {
        return AssignmentSet.of(
                7, List.of(new Assignment(deployment + "-1", deployment, 1, 0, Order.STOP, null, "", List.of())));
    }

    private static List<VolumeSnapshot> goes(AssignmentSet set, String... gone) {
        List<VolumeSnapshot> there = List.of(ASKED, NAMED, unnamed("n2", "web"), unnamed("n1", "db"));
        return LeftVolumes.goes(there, "n1", set, List.of(gone));
    }

    @Test
    @DisplayName(
            "what only an image asked for goes with its deployment; what a spec names, another's and another node's stay")
    void goesWithItsDeployment() {
        assertThat(goes(NOTHING_TO_RUN, "web")).containsExactly(ASKED);
    }

    @Test
    @DisplayName(
            "nothing goes while the server has not said so, while an order of the deployment is here, or before a set was ever given")
    void stays() {
        assertThat(goes(NOTHING_TO_RUN)).isEmpty();
        assertThat(goes(running("web"), "web")).isEmpty();
        assertThat(goes(AssignmentSet.NONE, "web")).isEmpty();
    }

    @Test
    @DisplayName("told are deployments with something left and nothing to run")
    void told() {
        List<VolumeSnapshot> there = List.of(ASKED, NAMED, named("db"), unnamed("n2", "other"), unnamed("n1", "api"));
        assertThat(LeftVolumes.told(there, "n1", NOTHING_TO_RUN, 0)).containsExactly("api", "web");
        assertThat(LeftVolumes.told(there, "n1", running("web"), 0)).containsExactly("api");
    }

    @Test
    @DisplayName("where there are too many, each has its turn")
    void turns() {
        List<VolumeSnapshot> there = IntStream.range(0, 2 * Heartbeat.MOST_LEFTOVERS + 1)
                .mapToObj(i -> unnamed("n1", "web-" + i))
                .toList();
        Set<String> all = new HashSet<>();
        Stream.of(0, 1, 2).forEach(turn -> {
            List<String> told = LeftVolumes.told(there, "n1", NOTHING_TO_RUN, turn);
            assertThat(told).hasSize(Heartbeat.MOST_LEFTOVERS);
            all.addAll(told);
        });
        assertThat(all).hasSize(there.size());
    }
}
