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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A named network of a cluster on this engine: a bridge of its own, on which the engine answers for the containers' names.
 *
 * @param name among those of the cluster
 * @param internal whether it leads nowhere else. One of the same name that does is another to the engine: nobody is ever put on that by mistake
 */
public record NodeNetwork(String cluster, String name, boolean internal) {
    private static final String PREFIX = "knit.";
    /** No name has capitals. */
    private static final String INTERNAL = ".INTERNAL";

    /** What the engine calls it. */
    public String onEngine() {
        return PREFIX + cluster + "." + name + (internal ? INTERNAL : "");
    }

    /** Which one the engine calls so, or empty: none of the cluster's. */
    public static Optional<NodeNetwork> of(String cluster, String onEngine) {
        String start = PREFIX + cluster + ".";
        if (!onEngine.startsWith(start)) {
            return Optional.empty();
        }
        String name = onEngine.substring(start.length());
        boolean internal = name.endsWith(INTERNAL);
        return Optional.of(new NodeNetwork(
                cluster, internal ? name.substring(0, name.length() - INTERNAL.length()) : name, internal));
    }

    /** Whether an engine refused something because a network is not there. */
    public static boolean isMissing(DockerException refusal) {
        return refusal instanceof NotFoundException
                && EngineErrors.whole(refusal).contains("network ");
    }

    /**
     * Makes it, unless it is there. An engine takes a name twice, so that one is asked for at a time on an engine.
     *
     * @throws KnitException in words, if the engine has no addresses left for another, or has containers on one of the same name that is internal where this is not, or the other way round
     */
    public void make(DockerClient client) {
        synchronized (NodeNetwork.class) {
            // a name is found in longer ones, too
            List<Network> all = client.listNetworksCmd()
                    .withNameFilter(PREFIX + cluster + "." + name)
                    .exec();
            if (all.stream().anyMatch(it -> onEngine().equals(it.getName()))) {
                return;
            }
            NodeNetwork other = new NodeNetwork(cluster, name, !internal);
            all.stream().filter(it -> other.onEngine().equals(it.getName())).forEach(it -> other.makeRoom(client, it));
            try {
                client.createNetworkCmd()
                        .withName(onEngine())
                        .withDriver("bridge")
                        .withCheckDuplicate(true)
                        .withInternal(internal)
                        .withLabels(Map.of(KnitLabels.CLUSTER, cluster, KnitLabels.NETWORK, name))
                        .exec();
            } catch (ConflictException e) {
                // somebody else was faster
            } catch (DockerException e) {
                throw refused(e);
            }
        }
    }

    /** Who thinks that he is on a network with these, and is on another, finds nobody and is not told why. */
    private void makeRoom(DockerClient client, Network there) {
        if (UnusedNetworks.isUnused(client, there) && UnusedNetworks.remove(client, there)) {
            return;
        }
        throw new KnitException(
                ErrorCode.RUNTIME_REFUSED,
                "the network " + name + " is there as one that is " + (internal ? "" : "not ")
                        + "internal, with containers on it; say the same of it in all deployments, and take away first what is on it, or give it another name");
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
