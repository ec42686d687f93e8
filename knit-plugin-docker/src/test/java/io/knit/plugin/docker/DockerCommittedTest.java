package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerSnapshot;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What people run of an image that docker commit made of an instance's container, on a real engine. */
class DockerCommittedTest extends EngineServerTest {
    DockerCommittedTest() {
        super("committed");
    }

    private void deploy(String level) {
        await(server.deploy(DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("sleep", "1000"))
                .env("LEVEL", level)
                .build()));
    }

    private List<ContainerSnapshot> containers() {
        return await(runtime.snapshot(server.snapshot().cluster())).containers();
    }

    @Test
    @DisplayName("is left alone, also when the original is gone and the agent was started anew")
    void leftAlone() {
        await(agent.start());
        deploy("1");
        until(() -> running() == 1);
        String original = containers().get(0).id();
        String image = engine.client.commitCmd(original).exec();
        String copy = null;
        try {
            deploy("2");
            until(() -> running() == 1 && !containers().get(0).id().equals(original));
            await(agent.close());
            copy = engine.client.createContainerCmd(image).exec().getId();
            engine.client.startContainerCmd(copy).exec();
            agent = another();
            await(agent.start());
            deploy("3");
            String second = containers().get(0).id();
            until(() -> running() == 1 && !containers().get(0).id().equals(second));
            assertThat(engine.client.inspectContainerCmd(copy).exec().getState().getRunning())
                    .isTrue();
        } finally {
            if (copy != null) {
                engine.client.removeContainerCmd(copy).withForce(true).exec();
            }
            engine.client.removeImageCmd(image).exec();
        }
    }
}
