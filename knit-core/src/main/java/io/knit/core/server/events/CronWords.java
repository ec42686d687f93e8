package io.knit.core.server.events;

import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronRuns.Skipped;
import io.knit.api.model.Deployment;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of a time of a schedule, in words. */
final class CronWords {
    private CronWords() {}

    /** A change tells of one run at most. */
    static Optional<KnitEvent> of(Deployment old, Deployment now, long seq, Instant at) {
        CronRuns before = old.cron() == null ? CronRuns.begin(Instant.EPOCH) : old.cron();
        CronRuns after = now.cron() == null ? before : now.cron();
        for (CronRun run : after.runs()) {
            CronRun was = before.of(run.due());
            if (was == null || was.run().phase() != run.run().phase()) {
                String word = was == null ? "begun" : run.run().phase().wireName();
                return Optional.of(event(now, seq, at, word, "the run of " + run.due() + " " + words(was, run)));
            }
        }
        Skipped skipped = after.skipped();
        return skipped == null || skipped.equals(before.skipped())
                ? Optional.empty()
                : Optional.of(event(now, seq, at, "skipped", skipped.reason()));
    }

    private static String words(@Nullable CronRun was, CronRun run) {
        JobRun now = run.run();
        if (was == null) {
            return "has begun";
        }
        return switch (now.phase()) {
            case RUNNING -> "goes on";
            case COMPLETED -> "has completed: " + now.completed().size() + " ended with exit code 0";
            case FAILED -> "failed: " + now.reason();
            case REPLACED -> "is stopped: " + now.reason();
        };
    }

    private static KnitEvent event(Deployment of, long seq, Instant at, String word, String words) {
        return new KnitEvent(seq, at, "run." + word, of.name(), null, null, of.name() + ": " + words);
    }
}
