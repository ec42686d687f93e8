package io.knit.core.server.rehearsal;

import io.knit.api.command.Plan.Action;
import io.knit.api.command.Plan.Downtime;
import io.knit.api.command.Plan.Step;
import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Preparation;
import io.knit.api.model.SlotKey;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.WaitWords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What differs between two states, slot by slot. */
final class Steps {
    private static final String IN_TURN = "it is replaced in its turn";

    private final ClusterState before;
    private final ClusterState after;
    private final Map<String, Dips.Course> courses;
    private final Estimates estimates;
    private final List<Step> steps = new ArrayList<>();

    private Steps(ClusterState before, ClusterState after, Map<String, Dips.Course> courses) {
        this.before = before;
        this.after = after;
        this.courses = courses;
        this.estimates = new Estimates(before);
    }

    /**
     * @param subject what the command is about: of that deployment what stays is told too
     * @param courses how it came to the state after
     */
    static List<Step> between(
            ClusterState before, ClusterState after, String subject, Map<String, Dips.Course> courses) {
        Steps steps = new Steps(before, after, courses);
        TreeSet<String> names = new TreeSet<>(before.deployments().keySet());
        names.addAll(after.deployments().keySet());
        for (String name : names) {
            boolean isSubject = subject.equals("deployment/" + name);
            if (isSubject || before.instancesIn(name) != after.instancesIn(name)) {
                steps.compare(name, isSubject);
            }
        }
        return steps.steps;
    }

    private void compare(String name, boolean all) {
        Map<SlotKey, Slot> slots = new TreeMap<>();
        before.instancesOf(name).stream()
                .filter(it -> it.isLive() && it.node() != null)
                .forEach(it -> slot(slots, it).old.add(it));
        after.instancesOf(name).stream()
                .filter(Instance::isLive)
                .forEach(it -> slot(slots, it).next.add(it));
        for (Slot each : slots.values()) {
            Step step = step(name, each);
            boolean waitsOn = step.action() == Action.CREATE && step.to() == null && each.waited(before);
            if (all || step.action() != Action.KEEP && !waitsOn) {
                steps.add(step);
            }
        }
    }

    private static final class Slot {
        final List<Instance> old = new ArrayList<>();
        final List<Instance> next = new ArrayList<>();

        boolean waited(ClusterState state) {
            return next.stream().anyMatch(it -> state.instance(it.id()) != null);
        }

        /** What fills it: rather one that has a node. */
        static @Nullable Instance filling(List<Instance> instances) {
            return instances.stream()
                    .min(Comparator.comparing((Instance it) -> it.node() == null)
                            .thenComparing(Instance::revision, Comparator.reverseOrder())
                            .thenComparing(Instance::id))
                    .orElse(null);
        }
    }

    private static Slot slot(Map<SlotKey, Slot> slots, Instance instance) {
        return slots.computeIfAbsent(instance.slotKey(), none -> new Slot());
    }

    private Step step(String name, Slot slot) {
        Instance old = Slot.filling(slot.old);
        Instance waiting = slot.next.stream()
                .filter(it -> before.instance(it.id()) == null && it.node() == null)
                .findFirst()
                .orElse(null);
        Instance next = waiting == null ? Slot.filling(slot.next) : waiting;
        if (next == null) {
            return step(name, Objects.requireNonNull(old), Action.STOP, old, null, "");
        }
        if (old == null) {
            return step(name, next, Action.CREATE, null, node(next), why(next));
        }
        if (!next.id().equals(old.id())) {
            return step(name, old, Action.REPLACE, old, node(next), why(next));
        }
        return isOutdated(next)
                ? step(name, old, Action.REPLACE, old, null, IN_TURN)
                : step(name, old, Action.KEEP, old, node(next), why(next));
    }

    /** Whether another container than its own is wanted: the rehearsal ended before its turn. */
    private boolean isOutdated(Instance instance) {
        Deployment wanted = after.deployment(instance.deployment());
        if (wanted == null || wanted.revision() == instance.revision()) {
            return false;
        }
        return !Objects.equals(
                container(instance.deployment(), wanted.revision()),
                container(instance.deployment(), instance.revision()));
    }

    private @Nullable String container(String deployment, int number) {
        var revision = after.revision(deployment, number);
        return revision == null ? null : revision.specHash();
    }

    private static @Nullable String node(Instance instance) {
        Preparation preparation = instance.preparation();
        return instance.node() == null && preparation != null ? preparation.node() : instance.node();
    }

    private String why(Instance instance) {
        return node(instance) != null && instance.node() != null && before.instance(instance.id()) == null
                ? afterTrying(instance, Objects.requireNonNullElse(instance.chosen(), ""))
                : WaitWords.whole(instance, after.waitsOf(instance.deployment()))
                        .reason();
    }

    /** Who pushed out the one before it is told where it goes instead, too. */
    private static String afterTrying(Instance instance, String why) {
        String tried = instance.tried();
        return tried == null || tried.isEmpty() ? why : why.isEmpty() ? tried : tried + "; " + why;
    }

    private Step step(
            String name, Instance of, Action action, @Nullable Instance old, @Nullable String to, String reason) {
        return new Step(
                name,
                of.slot(),
                of.key(),
                action,
                old == null ? null : old.id(),
                old == null ? null : old.node(),
                to,
                reason,
                action == Action.REPLACE && old != null ? downtime(old, to, reason) : Downtime.NONE);
    }

    private Downtime downtime(Instance old, @Nullable String to, String reason) {
        Dips.Course course = courses.get(old.deployment());
        if (course == null) {
            return Downtime.NONE;
        }
        // of one whose turn did not come in the rehearsal what was so of the others is so
        boolean later = to == null && reason.equals(IN_TURN) && course.missedAny();
        if (later) {
            return estimates.between(old, old.node());
        }
        return course.missed(old.slotKey()) ? estimates.between(old, to) : Downtime.NONE;
    }
}
