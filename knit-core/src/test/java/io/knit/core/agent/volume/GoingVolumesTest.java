package io.knit.core.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.VolumeRemoval;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GoingVolumesTest {
    private static final VolumeRemoval GOES = new VolumeRemoval("db", "0", "data", 1);
    private static final SlotVolumes SLOT = new SlotVolumes("cluster-1", "n1", "db", "0");

    private static Assignment run(int slot, String volume) {
        DeploymentSpec spec = DeploymentSpec.builder("db", "db:1")
                .volume(VolumeSpec.named(volume, "/data"))
                .build();
        return new Assignment("db-" + slot + "-a", "db", 1, slot, Order.RUN, spec, "hash", List.of());
    }

    private static Assignment beside(String volume) {
        DeploymentSpec spec = DeploymentSpec.builder("db", "db:1")
                .sidecar(SidecarSpec.of("log", "ship:1").with(VolumeSpec.named(volume, "/data")))
                .build();
        return new Assignment("db-0-a", "db", 1, 0, Order.RUN, spec, "hash", List.of());
    }

    private static Assignment shares(String of, String volume) {
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .volume(VolumeSpec.shared(of, volume, "/data"))
                .build();
        return new Assignment("web-3-a", "web", 1, 3, Order.RUN, spec, "hash", List.of());
    }

    private static Assignment stop(String deployment, int slot) {
        return new Assignment(deployment + "-a", deployment, 1, slot, Order.STOP, null, "", List.of());
    }

    private static List<VolumeRemoval> due(Assignment... orders) {
        return GoingVolumes.due(AssignmentSet.of(7, List.of(orders)).removing(List.of(GOES)));
    }

    @Test
    @DisplayName("one goes when no order has it; that of another slot, volume or deployment does not hinder it")
    void goes() {
        assertThat(due()).containsExactly(GOES);
        assertThat(due(run(1, "data"), run(0, "more"), stop("web", 0))).containsExactly(GOES);
    }

    @Test
    @DisplayName(
            "one stays while its slot is to run with it, whatever is to go, and while anything of its deployment is to stop")
    void stays() {
        assertThat(due(run(0, "data"))).isEmpty();
        assertThat(due(beside("data"))).isEmpty();
        assertThat(due(beside("more"))).containsExactly(GOES);
        assertThat(due(shares("db", "data"))).isEmpty();
        assertThat(due(shares("db", "more"), shares("app", "data"))).containsExactly(GOES);
        assertThat(due(stop("db", 0))).isEmpty();
        assertThat(due(stop("db", 3))).isEmpty();
    }

    private static VolumeSnapshot volume(String name, Map<String, String> labels, String... changed) {
        Map<String, String> all = new HashMap<>(labels);
        for (int i = 0; i < changed.length; i += 2) {
            all.put(changed[i], changed[i + 1]);
        }
        return new VolumeSnapshot(name, all);
    }

    @Test
    @DisplayName(
            "meant is the volume of this name with all the labels; none of a like name, of other labels, or of another cluster")
    void meant() {
        String name = SLOT.named("data");
        Map<String, String> labels = SLOT.labels("data");
        VolumeSnapshot own = volume(name, labels, "more", "label");
        List<VolumeSnapshot> others = List.of(
                volume(name, Map.of()),
                volume(name + "2", labels),
                volume(name, labels, "knit.cluster", "cluster-2"),
                volume(name, labels, "knit.deployment", "web"),
                volume(name, labels, "knit.slot", "1"),
                volume(name, labels, "knit.volume", "more"));
        assertThat(GoingVolumes.meant(List.of(own), "cluster-1", "n1", GOES)).contains(own);
        for (VolumeSnapshot other : others) {
            assertThat(GoingVolumes.meant(List.of(other), "cluster-1", "n1", GOES))
                    .as(other.toString())
                    .isEmpty();
        }
    }
}
