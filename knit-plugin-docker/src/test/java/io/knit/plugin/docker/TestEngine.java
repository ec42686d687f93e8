package io.knit.plugin.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import io.knit.api.model.PortBinding;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.FileMount;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/** An engine for tests: an image made on the spot, a cluster of its own, and all of it removed by {@link #close}. */
final class TestEngine implements AutoCloseable {
    final DockerClient client;
    final String cluster = "test-" + UUID.randomUUID().toString().substring(0, 8);
    final String image = "knit-" + cluster + ":1";

    TestEngine() throws IOException {
        this(EngineAddress.parse(EngineAddress.DEFAULT));
    }

    TestEngine(EngineAddress address) throws IOException {
        client = new EngineClients(address).open();
        client.loadImageCmd(new ByteArrayInputStream(TestImage.busybox().archive(image)))
                .exec();
    }

    Map<String, String> labels(String instance) {
        return Map.of(KnitLabels.CLUSTER, cluster, KnitLabels.INSTANCE, instance);
    }

    String name(String instance) {
        return cluster + "-" + instance;
    }

    /** A container that runs a busybox command. */
    ContainerSpec spec(String instance, String... busybox) {
        return spec(instance, List.of(), List.of(), busybox);
    }

    ContainerSpec spec(String instance, List<PortBinding> ports, List<FileMount> mounts, String... busybox) {
        return new ContainerSpec(
                name(instance),
                image,
                List.of("/bin/busybox"),
                List.of(busybox),
                Map.of("KNIT_TEST", "a=b c"),
                labels(instance),
                ports,
                mounts);
    }

    @Override
    public void close() {
        for (Container container : client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(KnitLabels.CLUSTER + "=" + cluster))
                .exec()) {
            removeQuietly(container.getId());
        }
        client.listNetworksCmd()
                .withFilter("label", List.of(KnitLabels.CLUSTER + "=" + cluster, KnitLabels.NETWORK))
                .exec()
                .forEach(network -> client.removeNetworkCmd(network.getId()).exec());
        client.removeImageCmd(image).withForce(true).exec();
        EngineClients.close(client);
    }

    /** All that the engine has by a name, under whatever tag or digest; what another test has by its own name stays. */
    void removeImagesOf(String image) {
        String repository = image.substring(0, image.lastIndexOf(':'));
        client.listImagesCmd().exec().stream()
                .flatMap(each -> Stream.of(each.getRepoTags(), each.getRepoDigests()))
                .filter(Objects::nonNull)
                .flatMap(Arrays::stream)
                .filter(known -> known.startsWith(repository + ":") || known.startsWith(repository + "@"))
                .forEach(this::removeImageQuietly);
    }

    private void removeImageQuietly(String name) {
        try {
            client.removeImageCmd(name).withForce(true).exec();
        } catch (NotFoundException e) {
            // the digest goes with the last tag
        }
    }

    private void removeQuietly(String id) {
        try {
            client.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException e) {
            // gone meanwhile
        }
    }
}
