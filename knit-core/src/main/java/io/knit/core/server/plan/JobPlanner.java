package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Order;
import io.knit.api.model.SlotKey;
import io.knit.api.model.StartTimes;
import io.knit.api.spi.Durations;
import io.knit.api.spi.loop.IdSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans a job: each slot is filled until an attempt of it ended with 0. How an attempt ended is counted in the plan that has it stopped, so in one
 * commit with that, and once. What was lost may still end well, and is given up only when another attempt runs or its slot is done.
 */
final class JobPlanner {
    /** What ended well counts before what failed. */
    private static final Comparator<Instance> ORDER = Comparator.comparing(Instance::failing)
            .thenComparing(Instance::createdAt)
            .thenComparing(Instance::id);

    /** What an agent says it does next, and is told to leave. */
    private static final Pattern AGAIN = Pattern.compile("; tries again in [^;]*$");

    /** What an agent says of what it could not make or start, whatever follows; of a sidecar it says the same, after what it says of the instance. */
    private static final Pattern REFUSED =
            Pattern.compile("^(?:(?!(?:^|; )sidecar \\S+ can't be started).)*; tries again in ", Pattern.DOTALL);

    private final Deployment deployment;
    private final JobSpec job;
    private final Instant now;
    private final Instant served;
    private final Roster roster;
    private final Whereabouts whereabouts;
    private final Draft draft;
    private final Successors successors;
    /** By slot; attempts of the present run that may still end well. */
    private final Map<Integer, List<Instance>> live = new TreeMap<>();

    private final Map<Integer, List<Instance>> lost = new TreeMap<>();
    /** Slots of which something is still there, or may be. */
    private final Set<Integer> busy = new HashSet<>();
    /** By slot; the newest attempt that a node could not take, or that was pushed out of it. */
    private final Map<Integer, Instance> rejected = new HashMap<>();

    private JobRun run;
    private @Nullable Instant again;
    private int most;
    private boolean cutShort;

    private JobPlanner(Deployment deployment, @Nullable Instant due, Facts facts, Instant now, IdSource ids, int most) {
        this.deployment = deployment;
        this.job = Objects.requireNonNullElse(deployment.spec().job(), JobSpec.DEFAULT);
        this.now = now;
        this.served = facts.served();
        this.most = most;
        this.whereabouts = new Whereabouts(deployment, facts, now);
        this.roster = due == null ? new Numbered(job.completions()) : new AtTime(due, job.completions());
        this.draft = new Draft(deployment, whereabouts, roster);
        this.successors = new Successors(deployment, roster, now, served, ids);
        JobRun before = deployment.run();
        this.run = before != null && before.revision() == deployment.revision()
                ? before
                : JobRun.begin(deployment.revision(), now, served);
    }

    static DeploymentPlan plan(
            Deployment deployment, Collection<Instance> instances, Facts facts, Instant now, IdSource ids, int most) {
        return plan(deployment, null, instances, facts, now, ids, most);
    }

    /**
     * @param deployment as it is for this run
     * @param due the time of the schedule that it is run for; null: it has none
     * @param instances those of this run
     */
    static DeploymentPlan plan(
            Deployment deployment,
            @Nullable Instant due,
            Collection<Instance> instances,
            Facts facts,
            Instant now,
            IdSource ids,
            int most) {
        return new JobPlanner(deployment, due, facts, now, ids, most).plan(instances);
    }

    private DeploymentPlan plan(Collection<Instance> instances) {
        instances.stream().sorted(ORDER).forEach(this::sort);
        if (run.isUnderWay() && run.completed().size() >= job.completions()) {
            run = run.in(JobRun.Phase.COMPLETED, "", now);
        }
        if (run.isUnderWay()) {
            for (int slot = 0; slot < job.completions(); slot++) {
                go(slot);
            }
            fill();
        } else {
            live.values().forEach(all -> all.forEach(it -> draft.stop(it, over())));
            lost.values().forEach(all -> all.forEach(it -> draft.stop(it, over())));
        }
        return new DeploymentPlan(
                draft.create(),
                draft.update(),
                draft.forget(),
                draft.keep(),
                deployment.rollout(),
                null,
                run,
                List.of(),
                Stream.of(Optional.ofNullable(again), whereabouts.again())
                        .flatMap(Optional::stream)
                        .min(Comparator.naturalOrder()),
                false,
                cutShort,
                Set.of());
    }

    private String over() {
        return switch (run.phase()) {
            case RUNNING, COMPLETED -> "the job has completed";
            case FAILED -> "the job has failed";
            case REPLACED -> run.reason();
        };
    }

    private void sort(Instance instance) {
        if (whereabouts.isForgotten(instance)) {
            draft.forget().add(instance);
        } else if (instance.order() == Order.STOP) {
            keepUntilGone(instance);
        } else if (instance.revision() != deployment.revision()) {
            stop(instance, "revision " + deployment.revision() + " is run instead");
        } else if (whereabouts.isLost(instance)) {
            lost.computeIfAbsent(instance.slot(), slot -> new ArrayList<>()).add(instance);
        } else if (instance.state().isEnd()) {
            ended(instance);
        } else {
            live(instance);
        }
    }

    private void keepUntilGone(Instance instance) {
        if (instance.pushedOutBy() != null) {
            rejected.put(instance.slot(), instance);
        }
        if (instance.node() == null || instance.state() == InstanceState.STOPPED) {
            draft.forget().add(instance);
            return;
        }
        Instance judged = whereabouts.stopping(instance, instance.reason());
        // of one that was pushed out the next attempt says so from the first moment on
        if (!judged.state().isEnd() && instance.pushedOutBy() == null) {
            busy.add(instance.slot());
        }
        (judged.state() == instance.state() ? draft.keep() : draft.update()).add(judged);
    }

    private void stop(Instance instance, String reason) {
        if (instance.node() != null && !instance.state().isEnd() && !whereabouts.isOnDownNode(instance)) {
            busy.add(instance.slot());
        }
        draft.stop(instance, reason);
    }

    private void ended(Instance instance) {
        if (instance.state() == InstanceState.STOPPED) {
            draft.forget().add(instance);
        } else if (instance.state() == InstanceState.REJECTED) {
            rejected.put(instance.slot(), instance);
            draft.stop(instance, instance.reason());
        } else if (!instance.failing()) {
            JobRun.Attempt by = new JobRun.Attempt(instance.id(), Objects.requireNonNullElse(instance.node(), ""));
            run = run.isUnderWay() ? run.completing(instance.slot(), by) : run;
            draft.stop(instance, instance.reason());
        } else if (run.isUnderWay()) {
            failed(instance, instance.reason());
            // the last one stays for whoever wants to read its log
            if (run.isUnderWay()) {
                draft.stop(instance, instance.reason());
            } else {
                draft.keep().add(instance);
            }
        } else if (run.phase() == JobRun.Phase.FAILED && !whereabouts.isLeaving(instance)) {
            draft.keep().add(instance);
        } else {
            draft.stop(instance, instance.reason());
        }
    }

    private void live(Instance instance) {
        Optional<String> moved = whereabouts.moved(instance);
        if (moved.isPresent()) {
            stop(instance, moved.get());
            return;
        }
        if (run.isUnderWay() && couldNotBegin(instance)) {
            String why = AGAIN.matcher(instance.reason()).replaceFirst("");
            failed(instance, why);
            stop(instance, why);
            return;
        }
        if (job.timeout() != null && instance.state() == InstanceState.RUNNING && run.isUnderWay()) {
            Instant due = runsSince(instance).plus(job.timeout());
            if (!served.isBefore(due)) {
                String why = "it did not end within " + Durations.text(job.timeout());
                failed(instance, why);
                stop(instance, why);
                return;
            }
            lookAgain(due);
        }
        live.computeIfAbsent(instance.slot(), slot -> new ArrayList<>()).add(instance);
    }

    /**
     * Agents, who know nothing of jobs, would try it again where it is, for ever. One that its agent had stopped while it was being made ready, as no
     * server was heard, may be told as failing, too, by an agent that was started anew since: nothing is known against that.
     */
    private static boolean couldNotBegin(Instance attempt) {
        return attempt.state() == InstanceState.STARTING
                && attempt.failing()
                && REFUSED.matcher(attempt.reason()).find();
    }

    /**
     * From when an attempt's time counts, by served time. Of one with a check, which is well only later or never, its agent tells how long it took until it
     * ran, and is believed up to now.
     */
    private Instant runsSince(Instance attempt) {
        Instant begun = attempt.decided().begun();
        StartTimes took = attempt.observed().start();
        if (took.started() == null || attempt.observed().health() == Health.NONE) {
            return attempt.healthySince().equals(Instant.EPOCH) ? begun : attempt.healthySince();
        }
        Instant since = begun;
        for (Duration phase : Stream.of(took.waited(), took.pulled(), took.created(), took.started())
                .filter(Objects::nonNull)
                .toList()) {
            if (phase.compareTo(Duration.between(since, served)) >= 0) {
                return served;
            }
            since = since.plus(phase);
        }
        return since;
    }

    /** Of a slot that is done nobody counts what else became of it. */
    private void failed(Instance instance, String why) {
        if (run.completed().contains(instance.slot())) {
            return;
        }
        String words = instance.id() + " on " + instance.node() + ": " + why;
        run = run.failing(words, served.plus(Retries.after(run.failures() + 1)));
        if (run.failures() > job.retries()) {
            run = run.in(JobRun.Phase.FAILED, words + "; job.retries, " + job.retries() + ", are used up", now);
        }
    }

    /** What is to become of the attempts of a slot. */
    private void go(int slot) {
        List<Instance> attempts = live.getOrDefault(slot, List.of());
        List<Instance> away = lost.getOrDefault(slot, List.of());
        if (run.completed().contains(slot)) {
            Stream.concat(attempts.stream(), away.stream())
                    .forEach(it -> stop(it, "another attempt of its slot has completed"));
            return;
        }
        // two only if the node of one was thought to be down: the first to run stays
        Instance kept = attempts.stream()
                .filter(Instance::isHealthy)
                .findFirst()
                .orElse(attempts.isEmpty() ? null : attempts.get(0));
        for (Instance attempt : attempts) {
            if (attempt == kept) {
                draft.keep().add(attempt);
            } else {
                draft.stop(attempt, "another attempt of its slot runs");
            }
        }
        boolean awaited = false;
        for (Instance attempt : away) {
            awaited |= !whereabouts.isOnDownNode(attempt);
            if (kept != null && kept.isHealthy()) {
                draft.stop(attempt, kept.id() + " runs in its place");
            } else if (attempt.state() != InstanceState.LOST) {
                draft.update().add(whereabouts.lost(attempt));
            } else {
                draft.keep().add(attempt);
            }
        }
        if (kept != null || awaited) {
            busy.add(slot);
        }
    }

    private void fill() {
        int room = job.parallelism() - busy.size();
        List<SlotKey> keys = roster.wanted();
        for (int slot = 0; slot < job.completions() && room > 0; slot++) {
            boolean free = !run.completed().contains(slot) && !busy.contains(slot);
            if (!free || deployment.paused()) {
                continue;
            }
            boolean waits = run.failures() > 0 && served.isBefore(run.notBefore());
            if (waits) {
                lookAgain(run.notBefore());
                return;
            }
            if (most-- <= 0) {
                cutShort = true;
                return;
            }
            draft.create().add(successors.of(keys.get(slot), rejected.get(slot)));
            room--;
        }
    }

    private void lookAgain(Instant moment) {
        again = again == null || moment.isBefore(again) ? moment : again;
    }
}
