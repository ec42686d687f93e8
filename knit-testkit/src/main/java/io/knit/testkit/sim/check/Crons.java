package io.knit.testkit.sim.check;

import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.Order;
import io.knit.testkit.sim.host.InvariantViolation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What must hold of what runs by the clock: each time is decided once, and what a run counted stays counted. */
final class Crons {
    private final Map<String, CronRuns> before = new HashMap<>();
    /** By deployment; when it was made, for another of the same name begins anew. */
    private final Map<String, Instant> made = new HashMap<>();
    /** By instance; the place it is an attempt of. */
    private final Map<String, String> places = new HashMap<>();

    /** @param ended ids of instances that ended well */
    void check(DeploymentView view, CronRuns runs, Set<String> ended) {
        String name = view.name();
        Instant created = view.deployment().createdAt();
        Instant known = made.put(name, created);
        CronRuns was = before.put(name, runs);
        for (Instance instance : view.instances()) {
            places.put(instance.id(), name + " " + created + " " + instance.key());
        }
        if (was != null && created.equals(known)) {
            compare(name, was, runs);
        }
        if (view.deployment().deleting()) {
            // deployed again before it is gone it begins anew as well
            before.remove(name);
        }
        Set<Instant> times = new HashSet<>();
        for (CronRun run : runs.runs()) {
            if (!times.add(run.due()) || run.due().isAfter(runs.after())) {
                throw new InvariantViolation(name + " has a time twice, or one that is not decided: " + runs);
            }
            checkCompleted(view, run, ended);
        }
        if (!view.deployment().deleting()) {
            checkLive(view, runs);
        }
    }

    private static void compare(String name, CronRuns was, CronRuns now) {
        if (now.after().isBefore(was.after())) {
            throw new InvariantViolation(name + " went back from " + was.after() + " to " + now.after());
        }
        for (CronRun run : now.runs()) {
            CronRun old = was.of(run.due());
            if (old == null && !run.due().isAfter(was.after())) {
                throw new InvariantViolation(name + " runs a time that was decided already: " + run.due());
            }
            if (old != null && !old.run().isUnderWay() && !old.equals(run)) {
                throw new InvariantViolation(name + " was over with " + old + " and is " + run);
            }
            if (old != null
                    && (!run.run().completed().containsAll(old.run().completed())
                            || run.run().failures() < old.run().failures())) {
                throw new InvariantViolation(name + " went back from " + old + " to " + run);
            }
        }
    }

    private void checkCompleted(DeploymentView view, CronRun run, Set<String> ended) {
        String begin = view.name() + " " + view.deployment().createdAt() + " " + run.due();
        for (int slot : run.run().completed()) {
            boolean found = ended.stream()
                    .map(places::get)
                    .filter(Objects::nonNull)
                    .anyMatch(place -> place.equals(begin) || place.equals(begin + "/" + slot));
            if (!found) {
                throw new InvariantViolation(
                        "slot " + slot + " of " + begin + " counts as done, and never ended so: " + run);
            }
        }
    }

    private static void checkLive(DeploymentView view, CronRuns runs) {
        Map<Instant, Set<Integer>> slots = new HashMap<>();
        for (Instance instance : view.instances()) {
            if (instance.order() != Order.RUN || !instance.isLive()) {
                continue;
            }
            Instant due = due(instance);
            CronRun run = runs.of(due);
            if (run == null
                    || !run.run().isUnderWay()
                    || run.run().completed().contains(instance.slot())
                    || run.run().revision() != instance.revision()) {
                throw new InvariantViolation(instance.id() + " is an attempt of " + run);
            }
            slots.computeIfAbsent(due, first -> new HashSet<>()).add(instance.slot());
        }
        CronSpec cron = view.deployment().spec().cron();
        // what was begun under other rules goes on
        boolean one = cron != null && cron.overlap() != CronSpec.Overlap.ALLOW;
        List<CronRun> newest = runs.underWay().stream()
                .filter(it -> it.run().revision() == view.deployment().revision())
                .toList();
        if (one && newest.size() > 1) {
            throw new InvariantViolation(view.name() + " has two runs under way: " + newest);
        }
    }

    /**
     * What is wrong though nothing happens any more but by the clock; empty: nothing.
     *
     * @param expected ids of instances of which something may be there; added to
     * @param fits whether a node would take an instance
     */
    static List<String> faults(DeploymentView view, Set<String> expected, Predicate<Instance> fits) {
        CronRuns runs = view.deployment().cron();
        if (runs == null) {
            return List.of(view.name() + " has no times");
        }
        List<String> faults = new ArrayList<>();
        for (Instance instance : view.instances()) {
            CronRun run = instance.key() == null ? null : runs.of(due(instance));
            boolean kept =
                    run != null && run.run().phase() == JobRun.Phase.FAILED && instance.state() == InstanceState.FAILED;
            boolean goesOn =
                    run != null && run.run().isUnderWay() && !view.deployment().paused();
            if (kept || goesOn) {
                expected.add(instance.id());
            } else if (run == null || !waits(view, instance, run, fits)) {
                faults.add(instance + " is left of " + run);
            }
        }
        Set<Instant> there = view.instances().stream()
                .filter(it -> it.key() != null)
                .map(Crons::due)
                .collect(Collectors.toSet());
        // or its next attempt is to begin
        runs.underWay().stream()
                .filter(run -> view.deployment().paused() && !there.contains(run.due()))
                .forEach(run -> faults.add(view.name() + " has nothing left to run of " + run));
        return faults;
    }

    /** Of an older spec it is not known what would fit it. */
    private static boolean waits(DeploymentView view, Instance instance, CronRun run, Predicate<Instance> fits) {
        return run.run().isUnderWay()
                && instance.state() == InstanceState.PENDING
                && (instance.revision() != view.deployment().revision() || !fits.test(instance));
    }

    private static Instant due(Instance instance) {
        return Instant.parse(Objects.requireNonNull(instance.key()).split("/")[0]);
    }
}
