package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronRuns.Skipped;
import io.knit.api.model.Deployment;
import io.knit.core.rules.clock.NextRuns;
import java.time.Instant;

/** What runs by the clock, as the API shows it: when next, and what became of the last. */
final class CronJson {
    private CronJson() {}

    static ObjectNode of(Deployment deployment, CronRuns runs) {
        ObjectNode json = Json.object();
        json.put(
                "next",
                NextRuns.of(deployment, 1).stream()
                        .map(Instant::toString)
                        .findFirst()
                        .orElse(null));
        Skipped skipped = runs.skipped();
        if (skipped != null) {
            json.putObject("skipped").put("due", skipped.due().toString()).put("reason", skipped.reason());
        }
        ArrayNode shown = json.putArray("runs");
        for (int i = runs.runs().size() - 1; i >= 0; i--) {
            CronRun run = runs.runs().get(i);
            ObjectNode each = shown.addObject()
                    .put("due", run.due().toString())
                    .put("begun", run.begun().toString());
            each.setAll(DeploymentJson.run(run.run()));
        }
        return json;
    }
}
