package io.knit.core.server.control;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotKey;
import io.knit.api.model.SlotMove;
import io.knit.core.server.schedule.fit.Misfit;
import io.knit.core.server.schedule.fit.Opening;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whom a change concerns (pure). */
final class Concerns {
    private static final Predicate<Waiting> NOBODY = waiting -> false;

    private Concerns() {}

    /** Deployments for which something else may follow now. */
    static Set<String> of(ClusterState before, ClusterState after, List<Change> changes) {
        Set<String> names = new TreeSet<>();
        Set<String> heardOf = new TreeSet<>();
        Map<String, Boolean> whole = new HashMap<>();
        for (Change change : changes) {
            if (change instanceof Change.PutDeployment put) {
                names.add(put.deployment().name());
            } else if (change instanceof Change.PutVolume put && !put.volume().isInForce()) {
                // who waits as no node has all of its volumes may have them on one now
                addWithSharers(after, put.volume().deployment(), names);
            } else if (change instanceof Change.PutMove put) {
                addWithSharers(after, put.move().deployment(), names);
            } else if (change instanceof Change.RemoveMove remove) {
                SlotMove over = before.moves().get(remove.key());
                if (over != null) {
                    addWithSharers(after, over.deployment(), names);
                }
            } else if (change instanceof Change.RemoveInstance remove) {
                Instance gone = before.instance(remove.id());
                if (gone != null) {
                    names.add(gone.deployment());
                }
            }
            Instance put = change.instanceIn(after);
            if (put != null && (change instanceof Change.PutInstance || isNews(before.instance(put.id()), put))) {
                heardOf.add(put.deployment());
                boolean awaited = change instanceof Change.PutInstance
                        || !isStarted(before.instance(put.id()), put)
                        || !whole.computeIfAbsent(put.deployment(), name -> isWhole(after, name));
                if (awaited) {
                    names.add(put.deployment());
                }
            }
            String node = change.nodePut();
            if (node != null) {
                after.instancesOn(node).values().forEach(i -> names.add(i.deployment()));
            }
        }
        heardOf.addAll(names);
        names.addAll(dependents(after, heardOf));
        if (changes.stream().anyMatch(change -> isNewsOfNode(before, after, change))) {
            after.deployments().keySet().stream()
                    .filter(name -> Planning.isGlobal(after, name))
                    .forEach(names::add);
        }
        return names;
    }

    private static void addWithSharers(ClusterState state, String deployment, Set<String> names) {
        names.add(deployment);
        names.addAll(state.sharers(deployment));
    }

    /** Of whose instances, or runs, there is something new in these changes. */
    static Set<String> changed(ClusterState before, ClusterState after, List<Change> changes) {
        Set<String> names = new TreeSet<>();
        for (Change change : changes) {
            Instance instance = change instanceof Change.RemoveInstance remove
                    ? before.instance(remove.id())
                    : change.instanceIn(after);
            if (instance != null) {
                names.add(instance.deployment());
            } else if (change instanceof Change.PutDeployment put) {
                names.add(put.deployment().name());
            }
        }
        return names;
    }

    /** Who waits for one of these to be healthy, or to be there. */
    static List<String> dependents(ClusterState after, Set<String> names) {
        if (names.isEmpty()) {
            // asked by every decision, and thousands may wait
            return List.of();
        }
        return after.waiting().stream()
                .filter(name -> {
                    Deployment waiting = after.deployment(name);
                    return waiting != null
                            && waiting.spec().dependsOn().stream().anyMatch(names::contains);
                })
                .toList();
    }

    /** Whether another deployment may be wanted on a node, or none any more, by what became of the node or is left on it. */
    private static boolean isNewsOfNode(ClusterState before, ClusterState after, Change change) {
        String node = change instanceof Change.RemoveNode remove ? remove.id() : change.nodePut();
        if (node != null) {
            return !Opening.of(before.node(node), after.node(node)).isNone();
        }
        Instance was = change instanceof Change.RemoveInstance remove ? before.instance(remove.id()) : null;
        Instance now = change.instanceIn(after);
        Instance left = was != null ? was : now != null && now.state().isEnd() ? now : null;
        Node home = left == null || left.node() == null ? null : after.node(left.node());
        return home != null && home.wish().availability() == NodeWish.Availability.DRAINED;
    }

    /**
     * Whether a plan may be another one for what an agent said. Most of what it says is how far a start has come, and a plan of all the deployment's
     * instances for each such word would make a rollout cost the square of its size.
     */
    private static boolean isNews(@Nullable Instance before, Instance now) {
        return before == null
                || before.order() != Order.RUN
                || now.order() != Order.RUN
                || before.failing() != now.failing()
                || before.isHealthy() != now.isHealthy()
                || before.state() != now.state() && !(isOnItsWay(before.state()) && isOnItsWay(now.state()))
                || before.state().isEnd();
    }

    /** Whether all that is new of it is that it runs now. */
    private static boolean isStarted(@Nullable Instance before, Instance now) {
        return before != null
                && isOnItsWay(before.state())
                && now.state() == InstanceState.RUNNING
                && before.order() == Order.RUN
                && now.order() == Order.RUN
                && before.failing() == now.failing();
    }

    /**
     * Whether nothing waits for one of it to run: all are to run, of the present revision, each alone in its slot. Of most deployments that is so, and
     * in a rollout each commit tells of some that run. How far that has come is looked at when the last of them runs.
     */
    private static boolean isWhole(ClusterState state, String name) {
        Deployment deployment = state.deployment(name);
        if (deployment == null
                || deployment.deleting()
                || deployment.spec().mode().runsToAnEnd()) {
            return false;
        }
        Rollout rollout = deployment.rollout();
        boolean awaited = rollout.isUnderWay() || rollout.healthy() != deployment.revision();
        boolean numbered = deployment.spec().mode() == Mode.REPLICATED;
        Set<SlotKey> slots = new HashSet<>();
        for (Instance instance : state.instancesIn(name).values()) {
            boolean alone = slots.add(instance.slotKey())
                    && !(numbered && instance.slot() >= deployment.spec().replicas());
            if (!alone
                    || instance.revision() != deployment.revision()
                    || instance.order() != Order.RUN
                    || instance.state().isEnd()
                    || instance.preparation() != null) {
                return false;
            }
            awaited &= !isOnItsWay(instance.state());
        }
        return !awaited;
    }

    private static boolean isOnItsWay(InstanceState state) {
        return switch (state) {
            case ASSIGNED, PREPARING, STARTING -> true;
            case PENDING, RUNNING, STOPPING, STOPPED, COMPLETED, FAILED, REJECTED, LOST -> false;
        };
    }

    /** Deployments of which an instance that fits nowhere may fit somewhere now. */
    static Set<String> woken(ClusterState before, ClusterState after, List<Change> changes) {
        Set<String> woken = new TreeSet<>();
        if (after.waits().isEmpty()) {
            return woken;
        }
        Predicate<Waiting> others = rank(before, after, changes);
        List<Opening> openings = openings(before, after, changes);
        if (!openings.isEmpty() || others != NOBODY) {
            after.waits().forEach((deployment, waits) -> {
                if (waits.stream()
                        .anyMatch(waiting ->
                                others.test(waiting) || openings.stream().anyMatch(waiting::wakes))) {
                    woken.add(deployment);
                }
            });
        }
        return woken;
    }

    /** Who may be placed as others go before him no more, or may be pushed out now. */
    private static Predicate<Waiting> rank(ClusterState before, ClusterState after, List<Change> changes) {
        Predicate<Waiting> found = NOBODY;
        if (before.fleet().clearings() != after.fleet().clearings()) {
            found = waiting -> waiting.refusal().has(Misfit.CLEARED);
        }
        for (Change change : changes) {
            Deployment old = change instanceof Change.PutDeployment put
                    ? before.deployment(put.deployment().name())
                    : null;
            Deployment now = old == null ? null : after.deployment(old.name());
            if (now != null
                    && now.spec().priority()
                            < Objects.requireNonNull(old).spec().priority()) {
                int priority = now.spec().priority();
                found = found.or(
                        waiting -> waiting.wish().preempts() && waiting.wish().priority() > priority);
            }
        }
        return found;
    }

    private static List<Opening> openings(ClusterState before, ClusterState after, List<Change> changes) {
        Set<String> nodes = new TreeSet<>();
        Set<String> instances = new TreeSet<>();
        for (Change change : changes) {
            if (change instanceof Change.PutInstance put) {
                instances.add(put.instance().id());
            } else if (change instanceof Change.PutObserved said) {
                instances.add(said.instance());
            } else if (change instanceof Change.RemoveInstance remove) {
                instances.add(remove.id());
            } else if (change instanceof Change.RemoveNode remove) {
                nodes.add(remove.id());
            } else if (change.nodePut() != null) {
                nodes.add(Objects.requireNonNull(change.nodePut()));
            }
        }
        return Stream.concat(
                        nodes.stream().map(id -> Opening.of(before.node(id), after.node(id))),
                        instances.stream()
                                .map(id -> Opening.of(before.instance(id), after.instance(id), after.fleet())))
                .filter(opening -> !opening.isNone())
                .distinct()
                .toList();
    }
}
