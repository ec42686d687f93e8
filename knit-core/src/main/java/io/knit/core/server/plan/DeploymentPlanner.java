package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Order;
import io.knit.api.spi.IdSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plans one deployment. A slot whose instance ended gets another at once; an update replaces one running slot after the
 * other, each when all slots of the new revision run, so that a revision that does not come up leaves the rest as it was.
 */
public final class DeploymentPlanner {
    private static final int ID_END = 6;
    /** A DNS label has 63 characters at most; the rest of an instance's id takes up to 12. */
    private static final int NAME_PART = 50;

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final Deployment deployment;
    private final Function<String, @Nullable Node> nodes;
    private final Instant now;
    private final IdSource ids;
    private final List<Instance> create = new ArrayList<>();
    private final List<Instance> update = new ArrayList<>();
    private final List<Instance> forget = new ArrayList<>();
    private final List<Instance> keep = new ArrayList<>();

    private DeploymentPlanner(
            Deployment deployment, Function<String, @Nullable Node> nodes, Instant now, IdSource ids) {
        this.deployment = deployment;
        this.nodes = nodes;
        this.now = now;
        this.ids = ids;
    }

    /**
     * @param instances all of the deployment's
     * @param nodes node by id, null if there is none
     */
    public static DeploymentPlan plan(
            Deployment deployment,
            Collection<Instance> instances,
            Function<String, @Nullable Node> nodes,
            Instant now,
            IdSource ids) {
        return new DeploymentPlanner(deployment, nodes, now, ids).plan(instances);
    }

    private DeploymentPlan plan(Collection<Instance> instances) {
        Map<Integer, List<Instance>> live = new HashMap<>();
        Map<Integer, Instance> ended = new HashMap<>();
        for (Instance instance : instances) {
            if (deployment.deleting() && isOnDownNode(instance)) {
                // nobody waits for it: its agent removes what is not in its set when it comes back
                forget.add(instance);
            } else if (instance.order() == Order.STOP) {
                keepUntilGone(instance);
            } else if (instance.isLive() && !isLost(instance)) {
                live.computeIfAbsent(instance.slot(), slot -> new ArrayList<>()).add(instance);
            } else {
                ended.merge(instance.slot(), instance, DeploymentPlanner::later);
                end(instance);
            }
        }
        int slots = deployment.deleting() ? 0 : deployment.spec().replicas();
        planSlots(slots, live, ended);
        boolean done = deployment.deleting() && update.isEmpty() && keep.isEmpty();
        return new DeploymentPlan(create, update, forget, keep, done);
    }

    private void end(Instance instance) {
        if (instance.state() == InstanceState.STOPPED) {
            forget.add(instance);
        } else {
            Instance judged = isLost(instance) ? lost(instance) : instance;
            stop(judged, judged.reason());
        }
    }

    private static Instance later(Instance a, Instance b) {
        return a.createdAt().isAfter(b.createdAt()) ? a : b;
    }

    private void keepUntilGone(Instance instance) {
        boolean gone = instance.node() == null || instance.state() == InstanceState.STOPPED;
        if (gone) {
            forget.add(instance);
        } else if (isOnDownNode(instance) && !instance.state().isEnd()) {
            update.add(lost(instance));
        } else {
            keep.add(instance);
        }
    }

    private boolean isOnDownNode(Instance instance) {
        Node node = instance.node() == null ? null : nodes.apply(instance.node());
        return instance.node() != null && (node == null || node.state() == NodeState.DOWN);
    }

    private boolean isLost(Instance instance) {
        return !instance.state().isEnd() && isOnDownNode(instance);
    }

    private Instance lost(Instance instance) {
        return instance.in(InstanceState.LOST, "its node " + instance.node() + " is down", now);
    }

    private void planSlots(int slots, Map<Integer, List<Instance>> live, Map<Integer, Instance> ended) {
        SortedSet<Integer> updatable = new TreeSet<>();
        List<Integer> neverPlaced = new ArrayList<>();
        boolean busy = false;
        for (int slot = 0; slot < slots; slot++) {
            List<Instance> fillings = live.getOrDefault(slot, List.of());
            Instance present = newestOf(fillings, true);
            Instance old = newestOf(fillings, false);
            if (present != null) {
                stopAllBut(present, fillings);
                keep.add(present);
                busy |= present.state() != InstanceState.RUNNING;
            } else if (old == null ? ended.get(slot) == null : old.state() == InstanceState.PENDING) {
                neverPlaced.add(slot);
            } else if (old != null && old.state() == InstanceState.RUNNING) {
                updatable.add(slot);
            } else {
                replace(fillings, fill(slot, old == null ? ended.get(slot) : null));
                busy = true;
            }
        }
        boolean rolledLast = roll(updatable, live, busy);
        fillUp(neverPlaced, live, rolledLast);
        live.forEach((slot, fillings) -> {
            if (slot >= slots) {
                stopAllBut(null, fillings);
            }
        });
    }

    /**
     * Replaces the lowest slot that still runs an older revision, if no other is on its way.
     *
     * @return whether no slot is left to be replaced
     */
    private boolean roll(SortedSet<Integer> updatable, Map<Integer, List<Instance>> live, boolean busy) {
        for (int slot : updatable) {
            List<Instance> fillings = live.getOrDefault(slot, List.of());
            if (!busy && slot == updatable.first()) {
                replace(fillings, fill(slot, null));
            } else {
                keepNewestOld(fillings);
            }
        }
        return updatable.isEmpty() || !busy && updatable.size() == 1;
    }

    /** Slots that nothing ever ran in come after those that run: one that fits nowhere must not hold up the others' update. */
    private void fillUp(List<Integer> neverPlaced, Map<Integer, List<Instance>> live, boolean now) {
        for (int slot : neverPlaced) {
            List<Instance> fillings = live.getOrDefault(slot, List.of());
            if (now) {
                replace(fillings, fill(slot, null));
            } else {
                keepNewestOld(fillings);
            }
        }
    }

    private void replace(List<Instance> fillings, Instance by) {
        stopAllBut(null, fillings);
        create.add(by);
    }

    private void keepNewestOld(List<Instance> fillings) {
        Instance old = newestOf(fillings, false);
        stopAllBut(old, fillings);
        if (old != null) {
            keep.add(old);
        }
    }

    private @Nullable Instance newestOf(List<Instance> fillings, boolean ofPresentRevision) {
        return fillings.stream()
                .filter(i -> (i.revision() == deployment.revision()) == ofPresentRevision)
                .max(Comparator.comparing(Instance::createdAt).thenComparing(Instance::id))
                .orElse(null);
    }

    private void stopAllBut(@Nullable Instance kept, List<Instance> fillings) {
        for (Instance instance : fillings) {
            if (instance != kept) {
                stop(instance, whyStopped(instance));
            }
        }
    }

    private String whyStopped(Instance instance) {
        if (deployment.deleting()) {
            return "undeployed";
        }
        if (instance.slot() >= deployment.spec().replicas()) {
            return "scaled down to " + deployment.spec().replicas();
        }
        return "replaced by revision " + deployment.revision();
    }

    private void stop(Instance instance, String reason) {
        if (instance.node() == null) {
            forget.add(instance);
        } else {
            update.add(instance.stopping(reason, now));
        }
    }

    /** A new instance for a slot; one that was rejected or lost before it is remembered. */
    private Instance fill(int slot, @Nullable Instance before) {
        String id = idOf(slot);
        boolean rejected = before != null
                && before.state() == InstanceState.REJECTED
                && before.revision() == deployment.revision();
        if (before == null || !rejected) {
            String reason = before == null
                    ? ""
                    : "takes the place of " + before.id() + " ("
                            + before.state().wireName() + ")";
            return Instance.pending(id, deployment.name(), deployment.revision(), slot, 0, List.of(), now, reason, now);
        }
        int attempt = before.attempt() + 1;
        List<String> avoid = new ArrayList<>(before.avoid());
        if (before.node() != null) {
            avoid.remove(before.node());
            avoid.add(before.node());
        }
        return Instance.pending(
                id,
                deployment.name(),
                deployment.revision(),
                slot,
                attempt,
                avoid,
                now.plus(retryAfter(attempt)),
                before.node() + " could not take it: " + before.reason(),
                now);
    }

    private String idOf(int slot) {
        String name = deployment.name();
        String part =
                name.length() <= NAME_PART ? name : name.substring(0, NAME_PART).replaceAll("-+$", "");
        return part + "-" + slot + "-" + ids.next(ID_END);
    }

    /** 1 s, doubling to 1 min. */
    static Duration retryAfter(int attempt) {
        int doublings = Math.min(attempt - 1, 6);
        Duration wait = FIRST_RETRY.multipliedBy(1L << doublings);
        return wait.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : wait;
    }
}
