package io.knit.plugin.docker.network;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Network;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.EngineErrors;
import java.util.Map;
import java.util.Optional;

/**
 * A named network of a cluster on this engine: a bridge of its own, on which the engine answers for the containers' names.
 *
 * @param name among those of the cluster
 */
public record NodeNetwork(String cluster, String name) {
    private static final String PREFIX = "knit.";

    /** What the engine calls it. */
    public String onEngine() {
        return PREFIX + cluster + "." + name;
    }

    /** Which one the engine calls so, or empty: none of the cluster's. */
    public static Optional<NodeNetwork> of(String cluster, String onEngine) {
        String start = PREFIX + cluster + ".";
        return onEngine.startsWith(start)
                ? Optional.of(new NodeNetwork(cluster, onEngine.substring(start.length())))
                : Optional.empty();
    }

    /** Whether an engine refused something because a network is not there. */
    public static boolean isMissing(DockerException refusal) {
        return refusal instanceof NotFoundException
                && EngineErrors.whole(refusal).contains("network ");
    }

    /**
     * Makes it, unless it is there. An engine takes a name twice, so that one is asked for at a time on an engine.
     *
     * @throws KnitException in words, if the engine has no addresses left for another
     */
    public void make(DockerClient client) {
        synchronized (NodeNetwork.class) {
            boolean there = client.listNetworksCmd().withNameFilter(onEngine()).exec().stream()
                    .map(Network::getName)
                    .anyMatch(onEngine()::equals);
            if (there) {
                return;
            }
            try {
                client.createNetworkCmd()
                        .withName(onEngine())
                        .withDriver("bridge")
                        .withCheckDuplicate(true)
                        .withLabels(Map.of(KnitLabels.CLUSTER, cluster, KnitLabels.NETWORK, name))
                        .exec();
            } catch (ConflictException e) {
                // somebody else was faster
            } catch (DockerException e) {
                throw refused(e);
            }
        }
    }

    private KnitException refused(DockerException refusal) {
        String said = EngineErrors.whole(refusal);
        String what = "The Docker Engine could not make the network " + name + ": ";
        return new KnitException(
                ErrorCode.RUNTIME_REFUSED,
                what
                        + (said.contains("address pool")
                                ? "it has no addresses left for another; remove networks that nobody uses, or give it more default-address-pools"
                                : EngineErrors.cut(said)),
                refusal);
    }
}
