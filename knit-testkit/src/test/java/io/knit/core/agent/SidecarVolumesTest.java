package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a container beside a main one mounts of its own. */
class SidecarVolumesTest {
    private static final SidecarSpec LOG = SidecarSpec.of("log", "ship:1", "sleep");

    private final AgentRig rig = new AgentRig(1);

    @TempDir
    private Path host;

    @BeforeEach
    void findHost() throws IOException {
        host = host.toRealPath();
    }

    private void order(DeploymentSpec spec) {
        rig.server.run("a", spec);
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private InstanceStatus newest() {
        return Objects.requireNonNull(rig.server.newest("a"));
    }

    private static boolean isMain(ContainerSnapshot container) {
        return !container.labels().containsKey(KnitLabels.PART);
    }

    private ContainerSnapshot container(boolean main) {
        return rig.engine.containers().stream()
                .filter(it -> isMain(it) == main)
                .findFirst()
                .orElseThrow();
    }

    private boolean areBoth() {
        return rig.engine.containers().stream()
                        .filter(it -> it.state() == ContainerState.RUNNING)
                        .count()
                == 2;
    }

    private String id() {
        return container(false).id();
    }

    private static DeploymentSpec own() {
        return spec(it -> it.volume(VolumeSpec.named("conf", "/config"))
                .volume(VolumeSpec.named("data", "/data"))
                .sidecar(LOG.with(VolumeSpec.named("log", "/config"), VolumeSpec.named("data", "/also"))));
    }

    private List<String> volumes() {
        return rig.engine.volumes().stream()
                .map(VolumeSnapshot::labels)
                .map(labels -> labels.get(KnitLabels.DEPLOYMENT) + "/" + labels.get(KnitLabels.SLOT) + "/"
                        + labels.get(KnitLabels.VOLUME))
                .sorted()
                .toList();
    }

    private void assertOwn() {
        ContainerSpec main = rig.engine.spec(container(true).id());
        ContainerSpec log = rig.engine.spec(id());
        assertThat(main.volumes()).extracting(VolumeSpec::name).containsExactly("conf", "data");
        assertThat(log.volumes()).extracting(VolumeSpec::name).containsExactly("log", "data");
        assertThat(log.slot()).isNotNull().isEqualTo(main.slot());
        assertThat(log.joins()).isEqualTo(container(true).id());
        assertThat(volumes()).containsExactly("web/0/conf", "web/0/data", "web/0/log");
    }

    @Test
    @DisplayName("they are the slot's, by the slot's names, also of one that is made anew and by the next agent")
    void areTheSlots() {
        rig.joinedAgent();
        order(own());
        rig.untilState("a", InstanceState.RUNNING);
        assertOwn();

        String before = id();
        rig.engine.end(before, 3);
        rig.until(() -> areBoth() && !id().equals(before));
        assertOwn();

        rig.killAgent();
        String kept = id();
        rig.joinedAgent();
        rig.settle();
        assertThat(id()).as("there is nothing to do").isEqualTo(kept);
        rig.engine.end(kept, 3);
        rig.until(() -> areBoth() && !id().equals(kept));
        assertOwn();
    }

    @Test
    @DisplayName("what its image wants is its own and not the slot's, with volumes of its own and without")
    void images() {
        rig.engine.withVolumes("ship:1", "/var/lib/ship");
        rig.joinedAgent();
        order(own());
        rig.untilState("a", InstanceState.RUNNING);
        assertOwn();
    }

    private DeploymentSpec bound(Path folder) {
        return spec(it -> it.sidecar(LOG.with(VolumeSpec.bound(folder.toString(), "/srv"))));
    }

    @Test
    @DisplayName(
            "a folder of the host that the agent does not allow, or that is not there, is no sidecar's: nothing is made")
    void refused() {
        rig.allow = List.of("bind:" + host.resolve("there"));
        rig.joinedAgent();
        order(bound(host));
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(newest().reason())
                .contains("the agent of n1 doesn't allow bind:" + host + ": start it with --allow bind:" + host);

        rig.server.run("b", bound(host.resolve("there")));
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("b", InstanceState.REJECTED);
        assertThat(Objects.requireNonNull(rig.server.newest("b")).reason())
                .contains("there is no " + host.resolve("there") + " on n1: make it there");
        rig.settle();
        assertThat(rig.engine.history().events()).isEmpty();
    }

    @Test
    @DisplayName(
            "a folder is where its links lead, which must be allowed, too, by the agent that makes the sidecar anew as well")
    void links() throws IOException {
        Path real = Files.createDirectory(host.resolve("real"));
        Path link = Files.createSymbolicLink(host.resolve("link"), real);
        rig.engine.withFolder(real.toString());
        rig.allow = List.of("bind:" + host);
        rig.joinedAgent();
        order(bound(link));
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(rig.engine.spec(id()).volumes()).containsExactly(VolumeSpec.bound(real.toString(), "/srv"));

        rig.killAgent();
        rig.allow = List.of();
        rig.joinedAgent();
        String main = container(true).id();
        rig.engine.end(id(), 3);
        rig.untilReason("a", "the agent of n1 doesn't allow bind:" + link);
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(rig.engine.containers()).singleElement().satisfies(it -> {
            assertThat(it.id()).isEqualTo(main);
            assertThat(it.state()).isEqualTo(ContainerState.RUNNING);
        });

        rig.killAgent();
        rig.allow = List.of("bind:" + link);
        rig.joinedAgent();
        rig.untilReason("a", link + " of n1 leads to " + real + ", and its agent doesn't allow bind:" + real);
        rig.settle();
        assertThat(rig.engine.containers()).hasSize(1);
    }
}
