package io.knit.core.agent.engine;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells this node's containers from those that another agent of the cluster made on the same engine: two agents that share one
 * would else remove each other's. Only on the loop.
 */
public final class OwnContainers {
    private static final Logger LOG = LoggerFactory.getLogger(OwnContainers.class);

    private Set<String> told = Set.of();

    /** All but those that say that they are another node's; those that name no node were made before the label was there. */
    public List<ContainerSnapshot> among(String cluster, String node, Collection<ContainerSnapshot> observed) {
        Set<String> others = new TreeSet<>();
        List<ContainerSnapshot> own = observed.stream()
                .filter(container -> {
                    boolean another = isAnothers(cluster, node, container);
                    if (another) {
                        others.add(container.name() + " (of node "
                                + container.labels().get(KnitLabels.NODE) + ")");
                    }
                    return !another;
                })
                .toList();
        if (!others.isEmpty() && !told.containsAll(others)) {
            LOG.warn(
                    "this engine has containers that another node of this cluster made, and node {} leaves them alone: {}. If that node's"
                            + " agent runs here too, give each host one agent; if the node is gone, remove them by hand",
                    node,
                    others);
        }
        told = others;
        return own;
    }

    private static boolean isAnothers(String cluster, String node, ContainerSnapshot container) {
        String maker = container.labels().get(KnitLabels.NODE);
        return maker != null
                && !maker.equals(node)
                && cluster.equals(container.labels().get(KnitLabels.CLUSTER));
    }
}
