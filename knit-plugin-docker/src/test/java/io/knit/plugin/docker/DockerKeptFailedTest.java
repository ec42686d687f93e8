package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.NodeState;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
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

/** A container that failed stays on a real engine when its instance is over, and goes with its deployment. */
@RequiresDocker
class DockerKeptFailedTest extends EngineServerTest {
    private static final String IMAGE =
            "knit-failed-" + UUID.randomUUID().toString().substring(0, 8) + ":1";
    private static DockerClient client;

    DockerKeptFailedTest() {
        super("failed");
    }

    @BeforeAll
    static void makeImage() throws IOException {
        client = new EngineClients(EngineAddress.parse(EngineAddress.DEFAULT)).open();
        client.loadImageCmd(new ByteArrayInputStream(TestImage.busybox().archive(IMAGE)))
                .exec();
    }

    @AfterAll
    static void removeImage() {
        client.removeImageCmd(IMAGE).withForce(true).exec();
        EngineClients.close(client);
    }

    private DeploymentSpec spec(String... command) {
        return DeploymentSpec.builder(name, IMAGE)
                .pull(PullPolicy.NEVER)
                .command(List.of(command))
                .volume(VolumeSpec.named("data", "/data"))
                .keepFailed(1)
                .build();
    }

    private List<String> containers() {
        return await(runtime.snapshot(server.snapshot().cluster())).containers().stream()
                .map(it -> it.state() + " " + it.exitCode())
                .sorted()
                .toList();
    }

    @Test
    @DisplayName("beside the one of the next revision, over a start of the agent, until it is deleted with its volumes")
    void kept() {
        await(agent.start());
        await(server.deploy(spec("sh", "-c", "echo broken; exit 3")));
        until(() -> containers().equals(List.of("EXITED 3")));
        String failed = await(runtime.snapshot(server.snapshot().cluster()))
                .containers()
                .get(0)
                .id();
        await(server.deploy(spec("sleep", "1000")));
        until(() -> server.snapshot().deployment(name).orElseThrow().instances().stream()
                .allMatch(it -> it.revision() == 2 && it.isHealthy()));
        assertThat(containers()).containsExactly("EXITED 3", "RUNNING null");
        assertThat(client.inspectContainerCmd(failed).exec().getState().getExitCodeLong())
                .isEqualTo(3);

        await(agent.close());
        agent = another();
        await(agent.start());
        until(() -> server.snapshot().nodes().get(0).state() == NodeState.READY);
        assertThat(containers()).containsExactly("EXITED 3", "RUNNING null");

        await(server.run(new Command.Undeploy(name, null, true), new Caller("ann", Caller.Role.ADMIN, "test")));
        until(() -> containers().isEmpty());
        until(() -> await(runtime.volumes(server.snapshot().cluster())).isEmpty());
        assertThat(await(runtime.snapshot(server.snapshot().cluster())).containers())
                .extracting(ContainerSnapshot::id)
                .isEmpty();
    }
}
