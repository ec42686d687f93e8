package io.knit.core.agent.failed;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.InstanceIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which containers of instances that are over stay for a while, for people to look at what failed: the newest of each slot. All
 * that it goes by is what the engine shows and the newest specs say, so that an agent which was started anew finds them again; to
 * everybody else it is as if they were not there. Only on the loop.
 */
public final class KeptFailed {
    private static final Logger LOG = LoggerFactory.getLogger(KeptFailed.class);

    private final Loop loop;
    private final Duration longest;
    private final Consumer<Set<String>> listener;
    private final Runnable look;
    /** What the newest spec of a deployment said here. */
    private final Map<String, Integer> wishes = new HashMap<>();
    /** When a container was first seen ended with its instance over. */
    private final Map<String, Duration> since = new HashMap<>();
    /** Instances whose container was ended by its agent, though nothing was wrong with it. */
    private final Set<String> ended = new HashSet<>();
    /** Containers that stay no longer, whatever else is said. */
    private final Set<String> dropped = new HashSet<>();

    private List<ContainerSnapshot> kept = List.of();
    private Set<String> told = Set.of();

    /**
     * @param longest how long one stays; zero: as long as nothing else speaks against it
     * @param listener takes the deployments that have nothing else here than what is kept, when that changes
     * @param look called when some of them are to stay no longer
     */
    public KeptFailed(Loop loop, Duration longest, Consumer<Set<String>> listener, Runnable look) {
        this.loop = loop;
        this.longest = longest;
        this.listener = listener;
        this.look = look;
    }

    /** Another set is in force. */
    public void adopt(AssignmentSet set) {
        Map<String, Integer> revisions = new HashMap<>();
        for (Assignment order : set.assignments().values()) {
            DeploymentSpec spec = order.spec();
            if (spec != null && revisions.getOrDefault(order.deployment(), -1) <= order.revision()) {
                revisions.put(order.deployment(), order.revision());
                wishes.put(order.deployment(), spec.keepFailed());
            }
        }
    }

    /** The instance's container runs, and is to end though nothing is wrong with it: with whatever code it ends, it has not failed. */
    public void ends(String instance) {
        ended.add(instance);
    }

    /** The instance's container is started. */
    public void starts(String instance) {
        ended.remove(instance);
    }

    /** These are deployed no more. */
    public void gone(Collection<String> deployments) {
        drop(kept.stream().filter(it -> deployments.contains(deployment(it))).toList());
    }

    /** The disk is full: none of those that are there stays. */
    public void letGo() {
        drop(kept);
    }

    /** These have volumes that are to be moved, or put in their place. If there are others among them they are in the way whatever goes, and all stay. */
    public void letGo(Set<String> containers) {
        List<ContainerSnapshot> all =
                kept.stream().filter(it -> containers.contains(it.id())).toList();
        if (all.size() == containers.size()) {
            drop(all);
        }
    }

    private void drop(List<ContainerSnapshot> all) {
        if (dropped.addAll(all.stream().map(ContainerSnapshot::id).toList())) {
            look.run();
        }
    }

    /** Those that are kept, by their names. */
    public List<ContainerSnapshot> kept() {
        return kept;
    }

    /** Of this node's containers those that are not kept: whoever looks after instances sees no others. */
    public List<ContainerSnapshot> others(List<ContainerSnapshot> own, AssignmentSet set) {
        if (!set.known()) {
            return own;
        }
        Set<String> there = own.stream().map(ContainerSnapshot::id).collect(Collectors.toSet());
        since.keySet().retainAll(there);
        dropped.retainAll(there);
        Set<String> instances = own.stream().map(KeptFailed::instance).collect(Collectors.toSet());
        Set<String> deployments = own.stream().map(KeptFailed::deployment).collect(Collectors.toSet());
        set.assignments().values().forEach(order -> deployments.add(order.deployment()));
        wishes.keySet().retainAll(deployments);
        ended.removeIf(instance -> !instances.contains(instance) && set.get(instance) == null);
        Set<String> removals =
                set.removals().stream().map(it -> it.deployment()).collect(Collectors.toSet());
        Map<String, List<ContainerSnapshot>> bySlot = new TreeMap<>();
        for (ContainerSnapshot container : own) {
            // a volume that is to go is held by whatever container has it
            if (hasFailed(container, set) && mayStay(container) && !isOf(removals, container)) {
                bySlot.computeIfAbsent(slot(container), key -> new ArrayList<>())
                        .add(container);
            }
        }
        Set<String> stay = new HashSet<>();
        bySlot.values()
                .forEach(each -> each.stream()
                        .sorted(Comparator.comparing(ContainerSnapshot::createdAt)
                                .reversed()
                                .thenComparing(ContainerSnapshot::id))
                        .limit(wish(each.get(0)))
                        .forEach(it -> stay.add(it.id())));
        keep(own.stream().filter(it -> stay.contains(it.id())).toList(), set);
        return own.stream().filter(it -> !stay.contains(it.id())).toList();
    }

    /** Whether it may have a volume of one of these deployments. */
    private static boolean isOf(Set<String> deployments, ContainerSnapshot container) {
        String shared = container.labels().getOrDefault(KnitLabels.SHARES, "");
        return deployments.contains(deployment(container))
                || Stream.of(shared.split(",")).anyMatch(deployments::contains);
    }

    private void keep(List<ContainerSnapshot> next, AssignmentSet set) {
        Set<String> before = kept.stream().map(ContainerSnapshot::id).collect(Collectors.toSet());
        next.stream()
                .filter(it -> !before.contains(it.id()))
                .forEach(it -> LOG.info("keeps container {}, which ended with {}", it.name(), it.exit()));
        kept = next.stream()
                .sorted(Comparator.comparing(ContainerSnapshot::name))
                .toList();
        Set<String> of = kept.stream().map(KeptFailed::deployment).collect(Collectors.toCollection(TreeSet::new));
        set.assignments().values().forEach(order -> of.remove(order.deployment()));
        if (!of.equals(told)) {
            told = of;
            listener.accept(of);
        }
    }

    /** An end with 0, and one that the agent wanted, are no failures; what its check had ended has failed. */
    private boolean hasFailed(ContainerSnapshot container, AssignmentSet set) {
        Integer code = container.exitCode();
        String instance = instance(container);
        Assignment order = set.get(instance);
        return container.state() == ContainerState.EXITED
                && code != null
                && code != 0
                && InstanceIds.isId(instance)
                && !container.labels().containsKey(KnitLabels.PART)
                && !ended.contains(instance)
                && (order == null || order.order() == Order.STOP);
    }

    private boolean mayStay(ContainerSnapshot container) {
        Duration now = loop.elapsed();
        Duration first = since.computeIfAbsent(container.id(), key -> now);
        return !dropped.contains(container.id())
                && (longest.isZero() || now.minus(first).compareTo(longest) < 0);
    }

    /** As the newest spec says, else as the container was made. */
    private int wish(ContainerSnapshot container) {
        Integer known = wishes.get(deployment(container));
        if (known != null) {
            return known;
        }
        String label = container.labels().getOrDefault(KnitLabels.KEEP_FAILED, "");
        // anybody can write a label
        return label.matches("[0-9]") ? Math.min(Integer.parseInt(label), DeploymentSpec.MOST_KEPT_FAILED) : 0;
    }

    private static String instance(ContainerSnapshot container) {
        return container.labels().getOrDefault(KnitLabels.INSTANCE, "");
    }

    private static String deployment(ContainerSnapshot container) {
        return container.labels().getOrDefault(KnitLabels.DEPLOYMENT, "");
    }

    private static String slot(ContainerSnapshot container) {
        return deployment(container) + " " + container.labels().getOrDefault(KnitLabels.SLOT, "");
    }
}
