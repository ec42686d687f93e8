package io.knit.core.server.view;

import io.knit.api.model.Absence;
import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Mode;
import io.knit.core.rules.clock.NextRuns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is waited for now, and for whom something went, in words (pure). */
final class PresentWords {
    /** So many of those that were pushed out are named, the newest. */
    private static final int MOST_PUSHED_OUT = 5;

    private static final String PUSHED_OUT = "instance.pushed_out";

    private final Deployment deployment;
    private final Function<String, Liveness> liveness;

    /** @param liveness by a node's id */
    PresentWords(Deployment deployment, Function<String, Liveness> liveness) {
        this.deployment = deployment;
        this.liveness = liveness;
    }

    /** Of the deployment: when it is run next, what was left out last, and whom of it others pushed out. */
    List<String> of(List<KnitEvent> events) {
        List<String> words = new ArrayList<>();
        CronSpec cron = deployment.spec().cron();
        CronRuns runs = deployment.cron();
        if (cron != null && runs != null) {
            words.add(next(cron));
            for (CronRun run : runs.underWay()) {
                words.add("the run of " + run.due() + " is under way since " + run.begun() + "; " + meanwhile(cron));
            }
            if (runs.skipped() != null) {
                words.add("left out last: " + runs.skipped().reason());
            }
        }
        List<String> gone = events.stream()
                .filter(event ->
                        event.type().equals(PUSHED_OUT) && deployment.name().equals(event.deployment()))
                .map(event -> event.at() + ": " + event.message())
                .toList();
        words.addAll(gone.subList(Math.max(0, gone.size() - MOST_PUSHED_OUT), gone.size()));
        return words;
    }

    private String next(CronSpec cron) {
        String by = " (cron.schedule " + cron.schedule() + ", " + cron.timeZone() + ")";
        if (deployment.paused()) {
            return "it is paused: no run begins until it is resumed" + by;
        }
        return NextRuns.of(deployment, 1).stream()
                .map(due -> "the next run is due at " + due + by)
                .findFirst()
                .orElse("no run is due any more" + by);
    }

    private static String meanwhile(CronSpec cron) {
        return switch (cron.overlap()) {
            case FORBID -> "a time that comes before its end is left out (cron.overlap forbid)";
            case ALLOW -> "others may run beside it (cron.overlap allow)";
            case REPLACE -> "the next one stops it (cron.overlap replace)";
        };
    }

    /** Of one of its instances. */
    List<String> of(Instance instance) {
        List<String> words = new ArrayList<>();
        String node = instance.node();
        if (node != null && instance.isLive()) {
            Absence absence = liveness.apply(node).absence();
            if (absence != null) {
                words.add(absence.words(deployment.spec(), node));
            }
        }
        if (deployment.spec().mode() == Mode.CRON) {
            words.add(run(instance));
        }
        if (instance.pushedOutBy() != null) {
            words.add("it is stopped for " + instance.pushedOutBy() + ": " + instance.reason());
        }
        return words;
    }

    private String run(Instance instance) {
        CronRuns runs = deployment.cron();
        String key = instance.slotKey().toString();
        for (CronRun run : runs == null ? List.<CronRun>of() : runs.runs()) {
            if (isOf(key, run.due())) {
                JobRun job = run.run();
                return "it is of the run of " + run.due() + ", which began at " + run.begun() + " with revision "
                        + job.revision() + " and is " + job.phase().wireName()
                        + (job.reason().isEmpty() ? "" : ": " + job.reason());
            }
        }
        return "the run that it was of is not kept any more";
    }

    private static boolean isOf(String slot, Instant due) {
        return slot.equals(due.toString()) || slot.startsWith(due + "/");
    }
}
