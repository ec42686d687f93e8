package io.knit.plugin.docker.network;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.Work;
import java.util.List;

/** Removes the cluster's networks that no container is on, whosever it is and whether it runs or not. Gives how many went. */
public final class UnusedNetworks implements Work<Integer> {
    private final String cluster;

    public UnusedNetworks(String cluster) {
        this.cluster = cluster;
    }

    @Override
    public Integer run(DockerClient client) {
        int gone = 0;
        List<Network> all = client.listNetworksCmd()
                .withFilter("label", List.of(KnitLabels.CLUSTER + "=" + cluster, KnitLabels.NETWORK))
                .exec();
        for (Network network : all) {
            gone += isUnused(client, network) && remove(client, network) ? 1 : 0;
        }
        return gone;
    }

    static boolean isUnused(DockerClient client, Network network) {
        return client.listContainersCmd()
                .withShowAll(true)
                .withNetworkFilter(List.of(network.getId()))
                .exec()
                .isEmpty();
    }

    /** One that a container has come to meanwhile stays, and one that is started on what has just gone makes it again. */
    static boolean remove(DockerClient client, Network network) {
        try {
            client.removeNetworkCmd(network.getId()).exec();
            return true;
        } catch (DockerException e) {
            return false;
        }
    }
}
