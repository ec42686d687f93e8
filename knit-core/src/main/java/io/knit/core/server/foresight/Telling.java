package io.knit.core.server.foresight;

import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Foretold.Fate;
import io.knit.api.foresight.Foretold.Moment;
import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Mode;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotKey;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Step;
import io.knit.core.server.state.WaitWords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Writes down what happens: in the words of the events, who goes where, and how many were well at the worst moment. */
final class Telling {
    /** What is told beyond that nobody reads. */
    private static final int MOST_MOMENTS = 10_000;

    private static final int MOST_PROBLEMS = 5;

    private final Instant start;
    private final Predicate<Instance> works;
    private final EventLog words = new EventLog(List.of(), 0);
    /** How many were well before anything happened. */
    private final Map<String, Integer> beginning = new HashMap<>();

    private final Map<String, Count> counts = new TreeMap<>();
    private final Moves moves = new Moves(MOST_MOMENTS);
    private final List<Moment> timeline = new ArrayList<>();
    private boolean whole = true;
    private Duration last = Duration.ZERO;

    /** How many of a deployment were well. */
    private static final class Count {
        private final int before;
        private int fewest;
        private Duration at = Duration.ZERO;

        Count(int before) {
            this.before = before;
            this.fewest = before;
        }
    }

    /** @param works whether an instance does its work, in truth */
    Telling(ClusterState begun, Instant start, Predicate<Instance> works) {
        this.start = start;
        this.works = works;
        begun.deployments().keySet().forEach(name -> beginning.put(name, healthy(begun, name)));
    }

    boolean isWhole() {
        return whole;
    }

    /** @return how many instances were looked at for it */
    long note(List<Step> steps, Instant now) {
        Duration at = Duration.between(start, now);
        last = at;
        ClusterState before = steps.get(0).before();
        ClusterState after = steps.get(steps.size() - 1).after();
        if (whole) {
            for (KnitEvent event : words.derive(before, steps, now, at)) {
                if (timeline.size() == MOST_MOMENTS) {
                    whole = false;
                    break;
                }
                timeline.add(new Moment(
                        at, event.type(), event.deployment(), event.instance(), event.node(), event.message()));
            }
            moves.note(steps, at);
            whole &= moves.isWhole();
        }
        long looked = 0;
        for (String name : touched(steps)) {
            count(after, name, at);
            looked += after.instancesIn(name).size();
        }
        return looked;
    }

    /** A host died, which nobody was told. */
    void died(ClusterState state, String node, Instant now) {
        Duration at = Duration.between(start, now);
        last = at;
        Set<String> names = new TreeSet<>();
        state.instancesOn(node).values().forEach(instance -> names.add(instance.deployment()));
        names.forEach(name -> count(state, name, at));
    }

    private static Set<String> touched(List<Step> steps) {
        Set<String> names = new TreeSet<>();
        for (Step step : steps) {
            Change change = step.change();
            Instance put = change.instanceIn(step.after());
            if (put != null) {
                names.add(put.deployment());
            } else if (change instanceof Change.RemoveInstance remove) {
                Instance known = step.before().instance(remove.id());
                if (known != null) {
                    names.add(known.deployment());
                }
            } else if (change instanceof Change.PutDeployment made) {
                names.add(made.deployment().name());
            } else if (change instanceof Change.RemoveDeployment remove) {
                names.add(remove.name());
            }
        }
        return names;
    }

    private int healthy(ClusterState state, String name) {
        return (int) state.instancesIn(name).values().stream().filter(works).count();
    }

    private void count(ClusterState state, String name, Duration at) {
        Count count = counts.computeIfAbsent(name, first -> new Count(beginning.getOrDefault(first, 0)));
        int now = healthy(state, name);
        if (now < count.fewest) {
            count.fewest = now;
            count.at = at;
        }
    }

    Foretold told(ClusterState first, ClusterState end, boolean settled, boolean whole) {
        return told(first, end, settled, whole, counts.keySet());
    }

    /** Also of those to which nothing happened. */
    Foretold toldOfAll(ClusterState first, ClusterState end, boolean settled, boolean whole) {
        Set<String> all = new TreeSet<>(counts.keySet());
        all.addAll(end.deployments().keySet());
        return told(first, end, settled, whole, all);
    }

    private Foretold told(ClusterState first, ClusterState end, boolean settled, boolean whole, Set<String> names) {
        List<Fate> fates = new ArrayList<>();
        for (String name : names) {
            Count count = counts.get(name);
            fates.add(fate(end, name, count == null ? new Count(beginning.getOrDefault(name, 0)) : count));
        }
        return new Foretold(first.revision(), settled, whole, last, fates, moves.all(), timeline);
    }

    private Fate fate(ClusterState end, String name, Count count) {
        Deployment deployment = end.deployment(name);
        return new Fate(
                name,
                deployment == null || deployment.deleting() ? 0 : wanted(end, deployment),
                count.before,
                count.fewest,
                count.at,
                healthy(end, name),
                deployment == null ? 0 : deployment.revision(),
                deployment == null ? "" : deployment.rollout().phase().wireName(),
                deployment == null ? List.of() : problems(end, deployment));
    }

    /** Of what is on each node, and of a job, there are as many slots as live instances have. */
    private static int wanted(ClusterState end, Deployment deployment) {
        return deployment.spec().mode() == Mode.REPLICATED
                ? deployment.spec().replicas()
                : (int) end.instancesIn(deployment.name()).values().stream()
                        .filter(Instance::isLive)
                        .map(Instance::slotKey)
                        .distinct()
                        .count();
    }

    /**
     * Whether what is lost leaves nothing to be wished for: another has its slot, or the slot went with it. One that is waited for, since its volumes are where it was, does.
     *
     * @param filled the slots that others have; all are looked through once, as a whole fleet may be lost
     */
    private static boolean isGone(Deployment deployment, Instance instance, Set<SlotKey> filled) {
        return instance.state() == InstanceState.LOST
                && (deployment.spec().mode() != Mode.REPLICATED || filled.contains(instance.slotKey()));
    }

    private List<String> problems(ClusterState end, Deployment deployment) {
        List<String> problems = new ArrayList<>();
        String quarantine = end.quarantined().get(deployment.name());
        if (quarantine != null) {
            problems.add(quarantine);
        }
        if (deployment.rollout().phase() == Rollout.Phase.PAUSED) {
            problems.add(deployment.rollout().reason());
        }
        Collection<Instance> all = end.instancesIn(deployment.name()).values();
        Set<SlotKey> filled =
                all.stream().filter(Instance::isLive).map(Instance::slotKey).collect(Collectors.toSet());
        for (Instance instance : all) {
            boolean wanted = instance.order() == Order.RUN && !isGone(deployment, instance, filled);
            if (wanted && !works.test(instance) && problems.size() < MOST_PROBLEMS) {
                Instance whole = WaitWords.whole(instance, end.waitsOf(deployment.name()));
                String where = instance.node() == null ? "" : " on " + instance.node();
                String why = whole.reason().isEmpty() ? "" : ": " + whole.reason();
                problems.add(instance.id() + " is " + whole.shown().wireName() + where + why);
            }
        }
        return problems;
    }
}
