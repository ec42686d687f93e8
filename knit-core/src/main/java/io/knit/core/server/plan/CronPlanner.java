package io.knit.core.server.plan;

import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.CronSpec.Overlap;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.rules.clock.Schedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans a job that runs by the clock: each run is a job of its own ({@link JobPlanner}), by the revision with which it began. Which times are due
 * is {@link DueTimes}'. What ended is counted before that, so that a run does not stand in the way of the next after its end.
 */
final class CronPlanner {
    private final Deployment deployment;
    private final CronSpec cron;
    private final Facts facts;
    private final Instant now;
    private final IdSource ids;
    private final Map<Instant, List<Instance>> instances = new TreeMap<>();
    /** Of no time: nobody knows what they are for. */
    private final List<Instance> strays = new ArrayList<>();
    /** By time; what is planned of a run. */
    private final Map<Instant, DeploymentPlan> parts = new HashMap<>();

    private final List<CronRuns> told = new ArrayList<>();
    private CronRuns runs;
    private int most;

    private CronPlanner(
            Deployment deployment, Collection<Instance> all, Facts facts, Instant now, IdSource ids, int most) {
        this.deployment = deployment;
        this.cron = Objects.requireNonNull(deployment.spec().cron(), "cron");
        this.facts = facts;
        this.now = now;
        this.ids = ids;
        this.most = most;
        this.runs = deployment.cron() == null ? CronRuns.begin(now) : deployment.cron();
        for (Instance instance : all) {
            AtTime.due(instance)
                    .ifPresentOrElse(
                            due -> instances
                                    .computeIfAbsent(due, first -> new ArrayList<>())
                                    .add(instance),
                            () -> strays.add(instance));
        }
        if (deployment.cron() == null) {
            told.add(runs);
        }
    }

    static DeploymentPlan plan(
            Deployment deployment, Collection<Instance> instances, Facts facts, Instant now, IdSource ids, int most) {
        return new CronPlanner(deployment, instances, facts, now, ids, most).plan();
    }

    private DeploymentPlan plan() {
        runs.underWay().forEach(run -> goOn(run, isHeldUp(run)));
        DueTimes times = new DueTimes(Schedule.of(cron), cron, deployment.revision(), now, facts.served());
        if (!deployment.paused()) {
            for (CronRuns next : times.decide(runs)) {
                become(next);
            }
        }
        become(runs.with(kept()));
        // of one that gave way before anything of it was there nothing begins any more
        parts.keySet().removeIf(due -> runs.of(due) == null);
        for (CronRun run : runs.runs()) {
            boolean planned = parts.containsKey(run.due()) && run.run().equals(runOf(run.due()));
            if (!planned) {
                goOn(run, isHeldUp(run));
            }
        }
        instances.forEach((due, left) -> {
            if (runs.of(due) == null) {
                parts.put(due, part(due, forgotten(left.get(0)), left, true));
            }
        });
        if (!strays.isEmpty()) {
            parts.put(Instant.MIN, part(Instant.MIN, forgotten(strays.get(0)), strays, true));
        }
        return whole(deployment.paused() ? Optional.empty() : times.again(runs));
    }

    /** What became of a run as it was planned; null: it was not. */
    private @Nullable JobRun runOf(Instant due) {
        DeploymentPlan part = parts.get(due);
        return part == null ? null : part.run();
    }

    private void become(CronRuns next) {
        if (!next.equals(runs)) {
            runs = next;
            told.add(next);
        }
    }

    private void goOn(CronRun run, boolean held) {
        DeploymentPlan part = part(run.due(), run.run(), instances.getOrDefault(run.due(), List.of()), held);
        parts.put(run.due(), part);
        become(runs.with(run.with(Objects.requireNonNull(part.run()))));
    }

    private DeploymentPlan part(Instant due, JobRun run, List<Instance> own, boolean held) {
        DeploymentSpec known = run.revision() == deployment.revision() ? deployment.spec() : facts.spec(run.revision());
        Deployment then = new Deployment(
                deployment.name(),
                run.revision(),
                known == null ? deployment.spec() : known,
                false,
                deployment.createdAt(),
                deployment.updatedAt(),
                held,
                deployment.rollout(),
                run,
                null);
        DeploymentPlan part = JobPlanner.plan(then, due, own, facts, now, ids, most);
        most = Math.max(0, most - part.create().size());
        return part;
    }

    /** Whether what is replaced is still there: not two of them at once. */
    private boolean isHeldUp(CronRun run) {
        return cron.overlap() == Overlap.REPLACE
                && instances.entrySet().stream()
                        .filter(other -> other.getKey().isBefore(run.due()) && !isUnderWay(other.getKey()))
                        .flatMap(other -> other.getValue().stream())
                        .anyMatch(this::isThere);
    }

    private boolean isUnderWay(Instant due) {
        CronRun run = runs.of(due);
        return run != null && run.run().isUnderWay();
    }

    private boolean isThere(Instance instance) {
        return instance.node() != null
                && instance.mayRun()
                && !new Whereabouts(deployment, facts, now).isOnDownNode(instance);
    }

    private JobRun forgotten(Instance one) {
        return JobRun.begin(one.revision(), now, facts.served())
                .in(JobRun.Phase.REPLACED, "its run is not kept any more", now);
    }

    /** Those under way, and of the others the newest that ended well and the newest that did not. */
    private List<CronRun> kept() {
        List<CronRun> kept = new ArrayList<>();
        int well = cron.history();
        int ill = cron.history();
        for (int i = runs.runs().size() - 1; i >= 0; i--) {
            CronRun run = runs.runs().get(i);
            boolean isKept =
                    run.run().isUnderWay() || (run.run().phase() == JobRun.Phase.COMPLETED ? well-- > 0 : ill-- > 0);
            if (isKept) {
                kept.add(0, run);
            }
        }
        return kept;
    }

    private DeploymentPlan whole(Optional<Instant> again) {
        List<Instance> create = new ArrayList<>();
        List<Instance> update = new ArrayList<>();
        List<Instance> forget = new ArrayList<>();
        List<Instance> keep = new ArrayList<>();
        for (DeploymentPlan part : parts.values()) {
            create.addAll(part.create());
            update.addAll(part.update());
            forget.addAll(part.forget());
            keep.addAll(part.keep());
        }
        return new DeploymentPlan(
                create,
                update,
                forget,
                keep,
                deployment.rollout(),
                null,
                null,
                told,
                Stream.concat(again.stream(), parts.values().stream().flatMap(part -> part.again().stream()))
                        .min(Comparator.naturalOrder()),
                false,
                parts.values().stream().anyMatch(DeploymentPlan::cutShort),
                parts.values().stream().flatMap(part -> part.surplus().stream()).collect(Collectors.toSet()));
    }
}
