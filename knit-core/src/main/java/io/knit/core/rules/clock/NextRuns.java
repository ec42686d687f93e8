package io.knit.core.rules.clock;

import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Deployment;
import java.time.Instant;
import java.util.List;

/** When a deployment is run next, as people are told. */
public final class NextRuns {
    private NextRuns() {}

    /** The first so many; empty: it does not run by the clock, is paused, or ends. */
    public static List<Instant> of(Deployment deployment, int most) {
        CronSpec cron = deployment.spec().cron();
        CronRuns runs = deployment.cron();
        return cron == null || runs == null || deployment.paused() || deployment.deleting()
                ? List.of()
                : Schedule.of(cron).next(runs.after(), most);
    }
}
