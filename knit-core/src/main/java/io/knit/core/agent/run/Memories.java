package io.knit.core.agent.run;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PullProgress;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.disk.KeptInstance;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.ReadValue;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is remembered of each instance; every change is told. Only on the loop. */
final class Memories {
    private final Map<String, InstanceMemory> byInstance = new TreeMap<>();
    private final RunListener listener;
    /** Of an earlier run of the agent. */
    private final Map<String, KeptInstance> kept = new HashMap<>();
    /** By instance, the containers whose check had succeeded when an earlier run of the agent ended, until it is seen what runs. */
    private final Map<String, String> well = new HashMap<>();
    /** Those that were over before, of whom this run of the agent has told nothing yet. */
    private final Set<String> untold = new HashSet<>();

    Memories(RunListener listener, List<KeptInstance> before) {
        this.listener = listener;
        before.forEach(each -> {
            kept.put(each.instance(), each);
            if (each.wellContainer() != null) {
                well.put(each.instance(), each.wellContainer());
            }
        });
    }

    /** A view. */
    Map<String, InstanceMemory> all() {
        return Collections.unmodifiableMap(byInstance);
    }

    InstanceMemory of(String instance) {
        return byInstance.getOrDefault(instance, InstanceMemory.NEW);
    }

    void remember(String instance, InstanceMemory memory) {
        untold.remove(instance);
        byInstance.put(instance, memory);
        listener.instance(instance, memory);
    }

    /** Whether it failed with this that is to be remembered next: of what failed before, it may be that nobody heard how. */
    boolean hasFailed(String instance, InstanceMemory next) {
        return next.hasFailedSince(untold.contains(instance) ? InstanceMemory.NEW : of(instance));
    }

    void pulling(String instance, PullProgress progress) {
        listener.pulling(instance, progress);
    }

    /** What it wrote last before it failed. */
    void wrote(String instance, String text) {
        listener.lastOutput(instance, text);
    }

    /** Remembers every instance of a set, so that none is dropped later without a word, and drops those that are over. */
    void take(AssignmentSet set, Duration now) {
        set.assignments()
                .forEach((instance, order) -> byInstance.computeIfAbsent(instance, fresh -> begun(order, now)));
        kept.clear();
        dropForgotten(set);
    }

    /** What runs as an earlier run of the agent left it is as well as it was then. Only the first look tells: of what is started later its check does. */
    void seen(List<ContainerSnapshot> containers) {
        running(containers).forEach((instance, container) -> {
            if (container.equals(well.get(instance))) {
                byInstance.computeIfPresent(instance, (same, memory) -> memory.knownWell());
            }
        });
        well.clear();
    }

    /**
     * By instance, the containers whose check succeeded last.
     *
     * @param containers null: it was not seen yet what runs
     */
    Map<String, String> well(@Nullable List<ContainerSnapshot> containers) {
        if (containers == null) {
            return Map.copyOf(well);
        }
        Map<String, String> found = running(containers);
        found.keySet().removeIf(instance -> !of(instance).isWell());
        return found;
    }

    /** The one container of each instance that runs; of one that has several nobody knows which was meant. */
    private static Map<String, String> running(List<ContainerSnapshot> containers) {
        Map<String, String> found = new HashMap<>();
        Set<String> several = new HashSet<>();
        for (ContainerSnapshot container : containers) {
            String instance = container.labels().get(KnitLabels.INSTANCE);
            boolean isMain = instance != null && !container.labels().containsKey(KnitLabels.PART);
            if (isMain && container.state() == ContainerState.RUNNING && found.put(instance, container.id()) != null) {
                several.add(instance);
            }
        }
        found.keySet().removeAll(several);
        return found;
    }

    /** What was counted before counts as if no time had passed since it was kept: no clock tells how much did. */
    private InstanceMemory begun(Assignment order, Duration now) {
        InstanceMemory fresh = InstanceMemory.waitingSince(now);
        KeptInstance before = kept.get(order.instance());
        if (before == null) {
            return fresh;
        }
        InstanceMemory memory =
                fresh.withEnds(before.ends().stream().map(now::minus).toList());
        KeptInstance.Over over = before.over();
        String byAgent = before.endedByAgent();
        if (over != null) {
            untold.add(order.instance());
            return memory.over(over.reason(), over.complete(), over.sick(), over.exitCode());
        }
        if (before.silenced()) {
            DeploymentSpec spec = order.spec();
            return memory.silenced(spec == null ? null : spec.disconnect().stopAfter(), now);
        }
        return byAgent == null ? memory : memory.endedBefore(byAgent, now);
    }

    /**
     * Has what waits to be started again started now, where the newer set looks after its container otherwise, or has it made of something else: that may be the mend.
     *
     * @param hasContainer of whom there is one: its files have to become others first
     */
    void hurry(AssignmentSet before, AssignmentSet after, Duration now, Predicate<String> hasContainer) {
        after.assignments().forEach((instance, wanted) -> {
            Assignment was = before.get(instance);
            if (looksAfterOtherwise(was, wanted) || readsOtherwise(was, wanted) && !hasContainer.test(instance)) {
                hurry(instance, now);
            }
        });
    }

    /** Has it started now, if it waits to be; says whether it did. */
    boolean hurry(String instance, Duration now) {
        InstanceMemory before = of(instance);
        InstanceMemory after = before.hurried(now);
        if (after == before) {
            return false;
        }
        remember(instance, after);
        return true;
    }

    /** Whether a container that the one made would be made of something else by the other. */
    static boolean readsOtherwise(@Nullable Assignment before, Assignment after) {
        return before != null && !given(before).equals(given(after));
    }

    private static Set<String> given(Assignment assignment) {
        return assignment.reads().stream()
                .filter(value -> value.body() != null)
                .map(ReadValue::key)
                .collect(Collectors.toSet());
    }

    static boolean looksAfterOtherwise(@Nullable Assignment before, Assignment after) {
        if (before == null || before.spec() == null || after.spec() == null) {
            return false;
        }
        DeploymentSpec was = before.spec();
        DeploymentSpec is = after.spec();
        return !(was.health().equals(is.health())
                && was.restart().equals(is.restart())
                && was.stop().equals(is.stop()));
    }

    void dropForgotten(AssignmentSet set) {
        byInstance.entrySet().removeIf(each -> {
            boolean over = each.getValue().state() == InstanceState.STOPPED && set.get(each.getKey()) == null;
            if (over) {
                untold.remove(each.getKey());
                listener.forgotten(each.getKey());
            }
            return over;
        });
    }
}
