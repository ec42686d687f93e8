package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An image's own volume goes with its deployment, a named one stays. */
@RequiresDocker
class DockerLeftVolumesTest extends EngineServerTest {
    private static final String IMAGE =
            "knit-left-" + UUID.randomUUID().toString().substring(0, 8) + ":1";
    private static DockerClient client;

    DockerLeftVolumesTest() {
        super("left");
    }

    @BeforeAll
    static void makeImage() throws IOException {
        client = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT)).open();
        client.loadImageCmd(new ByteArrayInputStream(
                        TestImage.busybox().withVolume("/var/lib/app").archive(IMAGE)))
                .exec();
    }

    @AfterAll
    static void removeImage() {
        client.removeImageCmd(IMAGE).withForce(true).exec();
        EngineClients.close(client);
    }

    private List<String> volumes() {
        return await(runtime.volumes(server.snapshot().cluster())).stream()
                .map(it -> String.valueOf(it.labels().get(KnitLabels.VOLUME)))
                .sorted()
                .toList();
    }

    @Test
    @DisplayName("after a delete there is the volume that the spec names, and not that of the image")
    void goes() {
        await(agent.start());
        await(server.deploy(DeploymentSpec.builder(name, IMAGE)
                .pull(PullPolicy.NEVER)
                .command(List.of("sleep", "1000"))
                .volume(VolumeSpec.named("data", "/data"))
                .build()));
        until(() -> running() == 1);
        assertThat(volumes()).containsExactly("/var/lib/app", "data");
        await(server.undeploy(name));
        until(() -> volumes().equals(List.of("data")));
    }

    @Test
    @DisplayName(
            "a delete with volumes leaves none of Knit's, one without leaves what is named, and another's of a like name stays with both")
    void allGo() {
        await(agent.start());
        String cluster = server.snapshot().cluster();
        String foreign = new SlotVolumes(cluster, "n1", name, "0").named("data") + "2";
        client.createVolumeCmd()
                .withName(foreign)
                .withLabels(Map.of("team", "x"))
                .exec();
        try {
            DeploymentSpec spec = DeploymentSpec.builder(name, IMAGE)
                    .pull(PullPolicy.NEVER)
                    .command(List.of("sleep", "1000"))
                    .volume(VolumeSpec.named("data", "/data"))
                    .build();
            await(server.deploy(spec));
            until(() -> running() == 1);
            await(server.undeploy(name));
            until(() -> server.snapshot().deployments().isEmpty() && volumes().equals(List.of("data")));
            await(server.deploy(spec));
            until(() -> running() == 1);
            await(server.undeploy(name, true));
            until(() -> volumes().isEmpty());
            until(() -> server.snapshot().volumes().isEmpty());
            assertThat(client.inspectVolumeCmd(foreign).exec().getName()).isEqualTo(foreign);
        } finally {
            client.removeVolumeCmd(foreign).exec();
        }
    }

    @Test
    @DisplayName(
            "a volume that is removed just before its container is made is the slot's, too, when the engine makes it itself")
    void madeByTheEngine() {
        await(agent.start());
        await(server.deploy(DeploymentSpec.builder(name, IMAGE)
                .pull(PullPolicy.NEVER)
                .command(List.of("sleep", "1000"))
                .volume(VolumeSpec.named("data", "/data"))
                .build()));
        until(() -> running() == 1);
        String id = client.listContainersCmd().withLabelFilter(Map.of(KnitLabels.DEPLOYMENT, name)).exec().stream()
                .findFirst()
                .orElseThrow()
                .getId();
        List<Mount> mounts = Objects.requireNonNull(
                client.inspectContainerCmd(id).exec().getHostConfig().getMounts());
        assertThat(mounts).hasSize(2);
        for (Mount mount : mounts) {
            Map<String, String> labels = client.inspectVolumeCmd(Objects.requireNonNull(mount.getSource()))
                    .exec()
                    .getLabels();
            String anew = mount.getSource() + "-anew";
            String made = client.createContainerCmd(IMAGE)
                    .withCmd("never-started")
                    .withHostConfig(HostConfig.newHostConfig().withMounts(List.of(mount.withSource(anew))))
                    .exec()
                    .getId();
            try {
                assertThat(client.inspectVolumeCmd(anew).exec().getLabels())
                        .containsAllEntriesOf(labels)
                        .containsKey(KnitLabels.VOLUME);
            } finally {
                client.removeContainerCmd(made).withRemoveVolumes(true).exec();
                client.removeVolumeCmd(anew).exec();
            }
        }
    }

    @Test
    @DisplayName("what a sidecar's image wants is its container's alone, and no volume of the slot")
    void ofASidecar() {
        await(agent.start());
        await(server.deploy(DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("sleep", "1000"))
                .sidecar(new SidecarSpec("log", IMAGE, List.of(), List.of("sleep", "1000"), List.of(), Map.of(), "", "")
                        .with(VolumeSpec.named("data", "/data")))
                .build()));
        until(() -> running() == 2);
        assertThat(volumes()).containsExactly("data");
    }
}
