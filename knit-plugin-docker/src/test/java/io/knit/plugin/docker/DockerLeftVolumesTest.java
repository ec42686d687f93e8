package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
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
}
