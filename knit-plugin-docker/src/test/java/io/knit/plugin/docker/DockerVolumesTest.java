package io.knit.plugin.docker;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.testkit.contract.VolumesContract;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

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
}
