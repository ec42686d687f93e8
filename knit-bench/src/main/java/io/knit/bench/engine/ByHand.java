package io.knit.bench.engine;

import static io.knit.bench.engine.EngineWords.millis;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.model.Resources;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.container.ContainerCreation;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The engine's API alone. The container is asked for as the agent does, but for the label of the cluster, for it is nobody's. */
final class ByHand {
    static final String LABEL = "knit.bench";
    private static final int GRACE_SECONDS = 10;

    private final DockerClient client;
    private final EngineWords words;
    private final String image;
    private final List<String> command;

    ByHand(DockerClient client, EngineWords words, String image, List<String> command) {
        this.client = client;
        this.words = words;
        this.image = image;
        this.command = command;
    }

    Life life(String name) throws InterruptedException {
        Instant wished = Instant.now();
        String id = new ContainerCreation(spec(name), "json-file").run(client);
        try {
            client.startContainerCmd(id).exec();
            Instant known = Instant.now();
            Instant started = words.await("start", LABEL, name).at();
            Instant killed = Instant.now();
            client.killContainerCmd(id).exec();
            words.await("die", LABEL, name);
            client.startContainerCmd(id).exec();
            Instant again = words.await("start", LABEL, name).at();
            Instant unwanted = Instant.now();
            client.stopContainerCmd(id).withTimeout(GRACE_SECONDS).exec();
            client.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
            Instant gone = words.await("destroy", LABEL, name).at();
            return new Life(
                    millis(wished, started), millis(wished, known), millis(killed, again), millis(unwanted, gone));
        } catch (RuntimeException | InterruptedException e) {
            client.removeContainerCmd(id).withForce(true).exec();
            throw e;
        }
    }

    private ContainerSpec spec(String name) {
        return spec(name, image, command);
    }

    static ContainerSpec spec(String name, String image, List<String> command) {
        Map<String, String> labels = new HashMap<>();
        labels.put(LABEL, name);
        labels.put(KnitLabels.NODE, "by-hand");
        labels.put(KnitLabels.DEPLOYMENT, name);
        labels.put(KnitLabels.REVISION, "1");
        labels.put(KnitLabels.INSTANCE, name + "-0");
        labels.put(KnitLabels.SLOT, "0");
        labels.put(KnitLabels.SPEC_HASH, "0123456789abcdef0123456789abcdef");
        return new ContainerSpec(
                "knit-bench-" + name,
                image,
                command,
                List.of(),
                Map.of(),
                labels,
                List.of(),
                List.of(),
                true,
                true,
                Resources.DEFAULT);
    }
}
