package io.knit.core.agent.engine;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.InstanceIds;
import io.knit.core.wire.PlainText;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells this node's containers from those that another agent of the cluster made on the same engine: two agents that share one
 * would else remove each other's; and from those that people made of an image of one ({@code docker commit}), which has all its labels. Only on the loop.
 */
public final class OwnContainers {
    private static final Logger LOG = LoggerFactory.getLogger(OwnContainers.class);

    /** The other nodes that were told of; containers come and go. */
    private final Set<String> told = new HashSet<>();
    /** Ids of containers that are none of Knit's, whatever became of what they are copies of. */
    private final Set<String> copies = new HashSet<>();

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

    /**
     * All but those that have the labels of another one, which is called as their container is. Where none is called so, somebody gave it another name,
     * and it is the instance's.
     */
    public List<ContainerSnapshot> originals(Collection<ContainerSnapshot> observed) {
        copies.retainAll(observed.stream().map(ContainerSnapshot::id).toList());
        Set<List<Optional<String>>> originals = new HashSet<>();
        observed.stream().filter(OwnContainers::isCalledSo).forEach(it -> originals.add(claim(it)));
        return observed.stream()
                .filter(it -> !copies.contains(it.id()))
                .filter(it -> {
                    boolean copy = isInstances(it) && !isCalledSo(it) && originals.contains(claim(it));
                    if (copy) {
                        copies.add(it.id());
                        LOG.warn(
                                "container {} has the labels of {} and is another, as one that was run from an image that docker commit made of it: it is"
                                        + " left alone, and is yours to remove",
                                PlainText.of(it.name()),
                                called(it));
                    }
                    return !copy;
                })
                .toList();
    }

    private static boolean isInstances(ContainerSnapshot container) {
        return InstanceIds.isId(container.labels().getOrDefault(KnitLabels.INSTANCE, ""));
    }

    private static boolean isCalledSo(ContainerSnapshot container) {
        return isInstances(container) && container.name().equals(called(container));
    }

    private static String called(ContainerSnapshot container) {
        Map<String, String> labels = container.labels();
        return InstanceIds.container(labels.getOrDefault(KnitLabels.INSTANCE, ""), labels.get(KnitLabels.PART));
    }

    /** Whose container it says that it is. */
    private static List<Optional<String>> claim(ContainerSnapshot container) {
        return Stream.of(KnitLabels.CLUSTER, KnitLabels.NODE, KnitLabels.INSTANCE, KnitLabels.PART)
                .map(label -> Optional.ofNullable(container.labels().get(label)))
                .toList();
    }

    private static boolean isAnothers(String cluster, String node, ContainerSnapshot container) {
        String maker = container.labels().get(KnitLabels.NODE);
        return maker != null
                && !maker.equals(node)
                && cluster.equals(container.labels().get(KnitLabels.CLUSTER));
    }
}
