package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import java.util.List;
import java.util.Map;
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

    @Test
    @DisplayName("and deploy by Knit: its containers have nothing of the labels of Knit that the image has")
    void deployed() {
        await(agent.start());
        String original = engine.client
                .createContainerCmd(engine.image)
                .withCmd("sleep", "1000")
                .withLabels(Map.of(
                        KnitLabels.PART, "proxy", KnitLabels.MAIN, "m", KnitLabels.WORK, "a/0/b", "knit.of-later", "x"))
                .exec()
                .getId();
        String image = name + ":committed";
        String id = engine.client
                .commitCmd(original)
                .withRepository(name)
                .withTag("committed")
                .exec();
        try {
            await(server.deploy(DeploymentSpec.builder(name, image)
                    .pull(PullPolicy.NEVER)
                    .command(List.of("sleep", "1000"))
                    .build()));
            until(() -> running() == 1);
            assertThat(containers().get(0).labels())
                    .containsKey(KnitLabels.SPEC_HASH)
                    .doesNotContainKeys(KnitLabels.PART, KnitLabels.MAIN, KnitLabels.WORK, "knit.of-later");
            String first = containers().get(0).id();
            await(agent.close());
            agent = another();
            await(agent.start());
            until(() -> running() == 1);
            assertThat(containers()).extracting(ContainerSnapshot::id).containsExactly(first);
            deploy("2");
            // the image goes only when nothing is made of it any more
            until(() -> containers().size() == 1 && !containers().get(0).id().equals(first));
        } finally {
            engine.client.removeContainerCmd(original).withForce(true).exec();
            engine.client.removeImageCmd(id).withForce(true).exec();
        }
    }
}
