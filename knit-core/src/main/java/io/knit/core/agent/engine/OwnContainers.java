package io.knit.core.agent.engine;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import java.util.Collection;
import java.util.HashSet;
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

    /** The other nodes that were told of; containers come and go. */
    private final Set<String> told = new HashSet<>();

    /** All but those that say that they are another node's; those that name no node were made before the label was there. */
    public List<ContainerSnapshot> among(String cluster, String node, Collection<ContainerSnapshot> observed) {
        Set<String> others = new TreeSet<>();
        Set<String> makers = new HashSet<>();
        List<ContainerSnapshot> own = observed.stream()
                .filter(container -> {
                    boolean another = isAnothers(cluster, node, container);
                    if (another) {
                        String maker = container.labels().get(KnitLabels.NODE);
                        makers.add(maker);
                        others.add(container.name() + " (of node " + maker + ")");
                    }
                    return !another;
                })
                .toList();
        if (told.addAll(makers)) {
            LOG.warn(
                    "this engine has containers that another node of this cluster made, and node {} leaves them alone: {}. If that node's"
                            + " agent runs here too, give each host one agent; if the node is gone, remove them by hand",
                    node,
                    others);
        }
        return own;
    }

    private static boolean isAnothers(String cluster, String node, ContainerSnapshot container) {
        String maker = container.labels().get(KnitLabels.NODE);
        return maker != null
                && !maker.equals(node)
                && cluster.equals(container.labels().get(KnitLabels.CLUSTER));
    }
}
