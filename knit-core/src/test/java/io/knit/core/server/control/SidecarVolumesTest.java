package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.state.WaitWords;
import io.knit.core.server.volume.MoveSteps;
import io.knit.core.server.volume.VolumeViews;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A sidecar's volume is the slot's as the main container's are. */
class SidecarVolumesTest {
    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    private static Node joins(String id) {
        Node plain = node(id, Map.of());
        List<String> features = Stream.concat(
                        SpecTable.features().stream(),
                        Stream.of(Features.VOLUME_REMOVAL, Features.VOLUME_MOVE, Features.ECHO))
                .toList();
        return plain.with(able(plain.facts(), features));
    }

    @BeforeEach
    void join() {
        List.of("n1", "n2", "n3").forEach(id -> cluster.join(joins(id)));
    }

    private static DeploymentSpec vpn(int image, VolumeSpec... own) {
        return DeploymentSpec.builder("vpn", "vpn:" + image)
                .sidecar(SidecarSpec.of("films", "films:1").with(own))
                .build();
    }

    private void deploy(DeploymentSpec spec) {
        cluster.run(new Command.Deploy(spec, null));
        cluster.settle();
    }

    private Instance one() {
        return cluster.instances("vpn").stream()
                .filter(Instance::isLive)
                .findFirst()
                .orElseThrow();
    }

    private String home() {
        return Objects.requireNonNull(one().node());
    }

    private String other() {
        return home().equals("n1") ? "n2" : "n1";
    }

    private SlotVolume volume() {
        return cluster.state().volumes().values().iterator().next();
    }

    @Test
    @DisplayName("where it is is stored with the instance; the slot comes back to it, and waits for its node")
    void pins() {
        VolumeSpec config = VolumeSpec.named("config", "/config");
        deploy(vpn(1, config));
        String home = home();
        assertThat(cluster.state().volumes().values())
                .containsExactly(new SlotVolume(
                        "vpn", "0", "config", home, one().decided().since(), null));
        assertThat(VolumeViews.user(cluster.state(), volume())).contains(one());
        for (int i = 0; i < 4; i++) {
            cluster.run(new Command.Deploy(
                    DeploymentSpec.builder("web-" + i, "web:1")
                            .nodeSelector("node.id", home)
                            .build(),
                    null));
        }
        deploy(vpn(2, config));
        assertThat(one().revision()).isEqualTo(2);
        assertThat(home()).isEqualTo(home);

        cluster.silence(home);
        cluster.settle();
        assertThat(cluster.instances("vpn")).singleElement().satisfies(lost -> {
            assertThat(lost.state()).isEqualTo(InstanceState.LOST);
            assertThat(WaitWords.whole(lost, cluster.state().waitsOf("vpn")).reason())
                    .contains("its volumes are there, so that it waits for it");
        });
    }

    @Test
    @DisplayName("it can't be removed while it is used, and goes with the deployment when that is said")
    void removed() {
        deploy(vpn(1, VolumeSpec.named("config", "/config")));
        assertThatThrownBy(() -> cluster.run(new Command.RemoveVolume("vpn", "0", "config")))
                .hasMessageContaining("config");
        assertThat(volume().removing()).isNull();
        cluster.run(new Command.Undeploy("vpn", null, true));
        assertThat(volume().removing()).isNotNull();
    }

    @Test
    @DisplayName("it moves with the slot")
    void moves() {
        deploy(vpn(1, VolumeSpec.named("config", "/config")));
        String from = home();
        String to = other();
        cluster.run(new Command.MoveSlot("vpn", "0", to));
        cluster.settle();
        assertThat(move().volumes()).containsExactly("config");
        cluster.put(MoveSteps.next(cluster.state(), move(), cluster.now()));
        cluster.settle();
        cluster.put(MoveSteps.copied(cluster.state(), move(), cluster.now()));
        cluster.settle();
        assertThat(home()).isEqualTo(to);
        assertThat(cluster.state().volumes().values())
                .filteredOn(it -> it.node().equals(from))
                .singleElement()
                .matches(it -> to.equals(it.movedTo()));
    }

    private SlotMove move() {
        return Objects.requireNonNull(cluster.state().move("vpn", "0"));
    }

    private static VolumeSpec share(boolean readOnly, String destination) {
        return new VolumeSpec("share", "", destination, readOnly, VolumeSpec.LOCAL, Map.of("type", "nfs"));
    }

    @Test
    @DisplayName(
            "a share that the main container only reads, and a sidecar writes, holds the slot, and no engine moves it")
    void shares() {
        deploy(DeploymentSpec.builder("vpn", "vpn:1")
                .volume(share(true, "/read"))
                .volume(VolumeSpec.named("keys", "/keys"))
                .sidecar(SidecarSpec.of("films", "films:1").with(share(false, "/written")))
                .build());
        assertThat(cluster.state().volumes()).hasSize(2);
        assertThatThrownBy(() -> cluster.run(new Command.MoveSlot("vpn", "0", other())))
                .hasMessageContaining("its volume \"share\" is kept elsewhere than on the engine's disk");
    }

    @Test
    @DisplayName("a share that a sidecar alone has is no engine's to move either")
    void ownShare() {
        deploy(vpn(1, share(false, "/written")));
        assertThatThrownBy(() -> cluster.run(new Command.MoveSlot("vpn", "0", other())))
                .hasMessageContaining("its volume \"share\" is kept elsewhere than on the engine's disk");
    }
}
