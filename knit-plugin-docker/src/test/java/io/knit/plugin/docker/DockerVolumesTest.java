package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.error.ErrorCode;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Resources;
import io.knit.api.model.ScratchSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.testkit.contract.VolumesContract;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@RequiresDocker
class DockerVolumesTest extends VolumesContract {
    private static final String IMAGE =
            "knit-volumes-" + UUID.randomUUID().toString().substring(0, 8) + ":1";
    private static DockerClient client;

    @BeforeAll
    static void makeImage() throws IOException {
        client = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT)).open();
        client.loadImageCmd(new ByteArrayInputStream(
                        TestImage.busybox().withVolume("/var/lib/data_1").archive(IMAGE)))
                .exec();
    }

    @AfterAll
    static void removeImage() {
        client.removeImageCmd(IMAGE).withForce(true).exec();
        EngineClients.close(client);
    }

    @Override
    protected Future<? extends ContainerRuntime> open() {
        return Future.succeededFuture(
                new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults()));
    }

    @Override
    protected String image() {
        return IMAGE;
    }

    private static ContainerSpec spec(SlotVolumes slot, String name, VolumeSpec volume) {
        return new ContainerSpec(
                name,
                IMAGE,
                List.of("/bin/busybox", "sleep"),
                List.of("600"),
                Map.of(),
                Map.of(KnitLabels.CLUSTER, slot.cluster(), KnitLabels.INSTANCE, name),
                List.of(),
                List.of(),
                true,
                true,
                Resources.DEFAULT,
                ProcessSpec.DEFAULT,
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                NetworkSpec.DEFAULT,
                LogSpec.DEFAULT,
                List.of(volume),
                slot);
    }

    /** A share of a file server's is mounted by the same call, and needs that server. */
    @Test
    @DisplayName(
            "a volume is made by its driver and mounted as its options say, and is no other one later: the data of a share never go to the node's own disk in silence")
    void mountsByOptions() {
        String run = "vol-" + UUID.randomUUID().toString().substring(0, 8);
        SlotVolumes slot = new SlotVolumes(run, "n1", run, "0");
        VolumeSpec share = new VolumeSpec(
                "share", "", "/share", false, "local", Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=1m"));
        DockerRuntime runtime = new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults());
        String id = await(runtime.create(spec(slot, run, share)));
        try {
            await(runtime.start(id));
            List<String> mounts = List.of("/bin/busybox", "grep", " /share ", "/proc/mounts");
            assertThat(await(runtime.exec(id, mounts, Duration.ofSeconds(30))).output())
                    .startsWith("tmpfs /share tmpfs ")
                    .contains("size=1024k");

            VolumeSpec other = new VolumeSpec("share", "", "/share", false, "local", Map.of());
            assertThat(failure(runtime.create(spec(slot, run + "-2", other))))
                    .hasMessageContaining("is there with the driver local and the options")
                    .extracting("code")
                    .isEqualTo(ErrorCode.RUNTIME_REFUSED);

            VolumeSpec unknown = new VolumeSpec("shelf", "", "/shelf", false, "of-nobody", Map.of());
            assertThat(failure(runtime.create(spec(slot, run + "-3", unknown))))
                    .hasMessageContaining("of-nobody")
                    .extracting("code")
                    .isEqualTo(ErrorCode.RUNTIME_REFUSED);
        } finally {
            await(runtime.remove(id, Duration.ZERO));
            await(runtime.volumes(run)).forEach(volume -> await(runtime.removeVolume(volume.name())));
            await(runtime.close());
        }
    }
}
