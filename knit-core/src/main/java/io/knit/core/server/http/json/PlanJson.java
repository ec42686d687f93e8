package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Plan;
import io.knit.api.command.Rebalancing;
import java.util.Locale;

/** A plan as JSON. */
public final class PlanJson {
    private PlanJson() {}

    public static ObjectNode of(Plan plan) {
        ObjectNode json = Json.object();
        json.put("command", plan.command());
        json.put("state", plan.state());
        json.put("changes", plan.changes());
        json.put("whole", plan.whole());
        json.set("diff", RevisionJson.diff(plan.diff()));
        ArrayNode steps = json.putArray("steps");
        for (Plan.Step step : plan.steps()) {
            ObjectNode object =
                    steps.addObject().put("deployment", step.deployment()).put("slot", step.slot());
            if (step.key() != null) {
                object.put("key", step.key());
            }
            object.put("action", step.action().name().toLowerCase(Locale.ROOT))
                    .put("instance", step.instance())
                    .put("from", step.from())
                    .put("to", step.to())
                    .put("reason", step.reason())
                    .set("downtime", downtime(step.downtime()));
        }
        ArrayNode services = json.putArray("services");
        for (Plan.Service service : plan.services()) {
            services.addObject()
                    .put("deployment", service.deployment())
                    .put("healthy", service.healthy())
                    .put("at_worst", service.worst())
                    .set("downtime", downtime(service.downtime()));
        }
        ArrayNode next = json.putArray("next_runs");
        plan.nextRuns().forEach(time -> next.add(time.toString()));
        return json;
    }

    /** What is moved. */
    public static ObjectNode of(Rebalancing rebalancing) {
        ObjectNode json = Json.object();
        ArrayNode moves = json.putArray("moves");
        for (Rebalancing.Move move : rebalancing.moves()) {
            moves.addObject()
                    .put("deployment", move.deployment())
                    .put("instance", move.instance())
                    .put("from", move.from())
                    .put("to", move.to())
                    .put("reason", move.reason());
        }
        return json.put("whole", rebalancing.whole()).put("words", rebalancing.words());
    }

    private static ObjectNode downtime(Plan.Downtime downtime) {
        ObjectNode json = Json.object();
        if (downtime.time() == null) {
            json.putNull("seconds");
        } else {
            json.put("seconds", downtime.time().toMillis() / 1000.0);
        }
        return json.put("words", downtime.words());
    }
}
