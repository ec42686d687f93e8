package io.knit.core.server.dashboard.overview;

import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronRuns.Skipped;
import io.knit.api.model.Deployment;
import io.knit.core.rules.clock.NextRuns;
import io.knit.core.server.dashboard.show.Tones;
import java.util.ArrayList;
import java.util.List;

/** The runs of what runs by the clock, as the page shows them. */
final class RunRows {
    private static final int SHOWN = 5;

    private RunRows() {}

    /** A run of what runs by the clock. */
    record Row(String due, String phase, String tone, String reason) {}

    /** When it is run next. */
    static String next(Deployment deployment) {
        return NextRuns.of(deployment, 1).stream()
                .map(due -> "next run " + due)
                .findFirst()
                .orElse("no run begins");
    }

    /** The newest first; what was left out last stands where its time is. */
    static List<Row> of(Deployment deployment) {
        CronRuns runs = deployment.cron();
        List<Row> rows = new ArrayList<>();
        if (runs == null) {
            return rows;
        }
        Skipped skipped = runs.skipped();
        for (int i = runs.runs().size() - 1; i >= 0 && rows.size() < SHOWN; i--) {
            CronRun run = runs.runs().get(i);
            if (skipped != null && skipped.due().isAfter(run.due())) {
                rows.add(row(skipped));
                skipped = null;
            }
            rows.add(new Row(
                    run.due().toString(),
                    run.run().phase().wireName(),
                    Tones.of(run.run().phase()),
                    run.run().reason()));
        }
        if (skipped != null && rows.isEmpty()) {
            rows.add(row(skipped));
        }
        return rows;
    }

    private static Row row(Skipped skipped) {
        return new Row(skipped.due().toString(), "skipped", "warn", skipped.reason());
    }
}
