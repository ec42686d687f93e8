package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ContainerNetwork;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.Work;
import io.knit.plugin.docker.network.NodeNetwork;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Starts a container, and makes the networks that it is on where they are not there: it is the first on them, or somebody removed them while nothing
 * ran. Throws {@link NotModifiedException} if it runs.
 */
public final class ContainerStart implements Work<Boolean> {
    private final String containerId;

    public ContainerStart(String containerId) {
        this.containerId = containerId;
    }

    @Override
    public Boolean run(DockerClient client) {
        try {
            start(client);
        } catch (NotModifiedException e) {
            throw e;
        } catch (DockerException e) {
            throw StartErrors.of(e, holder(client, e));
        }
        return true;
    }

    /** The name of the container, whosever, that has the port for which one did not start; empty: it is not known. */
    private static String holder(DockerClient client, DockerException refusal) {
        OptionalInt port = StartErrors.allocated(refusal);
        if (port.isEmpty()) {
            return "";
        }
        try {
            return client.listContainersCmd().exec().stream()
                    .filter(it -> it.getPorts() != null)
                    .filter(it -> Stream.of(it.getPorts())
                            .anyMatch(at -> at.getPublicPort() != null && at.getPublicPort() == port.getAsInt()))
                    .findFirst()
                    .map(ContainerList::name)
                    .orElse("");
        } catch (DockerException e) {
            // the refusal is what matters
            return "";
        }
    }

    private void start(DockerClient client) {
        try {
            client.startContainerCmd(containerId).exec();
        } catch (DockerException e) {
            if (!NodeNetwork.isMissing(e)) {
                throw e;
            }
            makeNetworks(client);
            client.startContainerCmd(containerId).exec();
        }
    }

    /** An engine knows the networks of what ran before by their ids, which those that are made again have not. */
    private void makeNetworks(DockerClient client) {
        InspectContainerResponse found = client.inspectContainerCmd(containerId).exec();
        ContainerConfig config = found.getConfig();
        Map<String, String> labels = config == null || config.getLabels() == null ? Map.of() : config.getLabels();
        String cluster = labels.getOrDefault(KnitLabels.CLUSTER, "");
        Map<String, ContainerNetwork> all = found.getNetworkSettings() == null
                ? Map.of()
                : found.getNetworkSettings().getNetworks();
        all.forEach((name, on) -> NodeNetwork.of(cluster, name).ifPresent(own -> {
            own.make(client);
            if (on.getNetworkID() != null && !on.getNetworkID().isEmpty()) {
                client.disconnectFromNetworkCmd()
                        .withContainerId(containerId)
                        .withNetworkId(name)
                        .withForce(true)
                        .exec();
                client.connectToNetworkCmd()
                        .withContainerId(containerId)
                        .withNetworkId(name)
                        .withContainerNetwork(new ContainerNetwork().withAliases(aliases(on)))
                        .exec();
            }
        }));
    }

    private static List<String> aliases(ContainerNetwork on) {
        return on.getAliases() == null ? List.of() : on.getAliases();
    }
}
