package io.knit.testkit.sim.check;

import io.knit.api.model.CronRuns;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Order;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.sim.host.InvariantViolation;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold of jobs: what ended well is counted, once, and is never run again. */
final class Jobs {
    private static final String CLEAN = "exit code 0";

    /** Deployment, revision and slot of which an attempt ended well; of what runs by the clock, the instance. */
    private final Set<String> ended = new HashSet<>();

    private final Crons crons = new Crons();
    private final Map<String, Instant> made = new HashMap<>();
    private final Map<String, JobRun> before = new HashMap<>();

    void ended(EngineEvent event) {
        if (event.detail().startsWith(CLEAN)) {
            ended.add(place(
                    String.valueOf(event.labels().get(KnitLabels.DEPLOYMENT)),
                    Integer.parseInt(String.valueOf(event.labels().get(KnitLabels.REVISION))),
                    Integer.parseInt(String.valueOf(event.labels().get(KnitLabels.SLOT)))));
            ended.add(String.valueOf(event.labels().get(KnitLabels.INSTANCE)));
        }
    }

    private static String place(String deployment, int revision, int slot) {
        return deployment + " " + revision + " " + slot;
    }

    void check(DeploymentView view) {
        CronRuns runs = view.deployment().cron();
        if (runs != null) {
            crons.check(view, runs, ended);
            return;
        }
        JobSpec job = view.deployment().spec().job();
        JobRun run = view.deployment().run();
        if (job == null || run == null) {
            return;
        }
        String name = view.name();
        for (int slot : run.completed()) {
            if (!ended.contains(place(name, run.revision(), slot))) {
                throw new InvariantViolation(
                        "slot " + slot + " of " + name + " counts as done, and never ended so: " + run);
            }
        }
        Instant created = view.deployment().createdAt();
        if (!created.equals(made.put(name, created))) {
            // another of the same name begins anew
            before.remove(name);
        }
        JobRun was = before.put(name, run);
        boolean same = was != null && was.revision() == run.revision();
        if (same && (!run.completed().containsAll(was.completed()) || run.failures() < was.failures())) {
            throw new InvariantViolation(name + " went back from " + was + " to " + run);
        }
        if (was != null && was.revision() == run.revision() && !was.isUnderWay() && !was.equals(run)) {
            throw new InvariantViolation(name + " was over with " + was + " and is " + run);
        }
        if (run.failures() > job.retries() + job.parallelism()
                || run.completed().size() > job.completions()) {
            throw new InvariantViolation(name + " counts more than there can be: " + run);
        }
        List<Instance> active = view.instances().stream()
                .filter(it -> it.order() == Order.RUN && it.isLive() && it.revision() == run.revision())
                .toList();
        if (view.deployment().deleting()) {
            return;
        }
        Set<Integer> slots = new HashSet<>();
        for (Instance attempt : active) {
            slots.add(attempt.slot());
            if (run.completed().contains(attempt.slot())) {
                throw new InvariantViolation(attempt.id() + " is an attempt of a slot that is done: " + run);
            }
        }
        if (slots.size() > job.parallelism() || !run.isUnderWay() && !active.isEmpty()) {
            throw new InvariantViolation(name + " has " + active + " with " + run + " of " + job);
        }
    }
}
