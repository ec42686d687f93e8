package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario.Pace;
import io.knit.api.spi.Durations;

/** What is foretold as JSON. */
public final class ForetoldJson {
    private ForetoldJson() {}

    public static ObjectNode of(Foretold foretold, Pace pace) {
        ObjectNode json = Json.object();
        json.put("state", foretold.state());
        json.put("settled", foretold.settled());
        json.put("whole", foretold.whole());
        json.put("took", Durations.text(foretold.took()));
        json.putObject("pace")
                .put("fetch", Durations.text(pace.fetch()))
                .put("start", Durations.text(pace.start()))
                .put("stop", Durations.text(pace.stop()))
                .put("run", Durations.text(pace.run()));
        fates(foretold, json.putArray("deployments"));
        moves(foretold, json.putArray("moves"));
        timeline(foretold, json.putArray("timeline"));
        return json;
    }

    private static void fates(Foretold foretold, ArrayNode json) {
        for (Foretold.Fate fate : foretold.deployments()) {
            ObjectNode each = json.addObject()
                    .put("name", fate.name())
                    .put("wanted", fate.wanted())
                    .put("healthy_before", fate.before())
                    .put("healthy_fewest", fate.fewest())
                    .put("fewest_at", Durations.text(fate.fewestAt()))
                    .put("healthy_after", fate.after())
                    .put("revision", fate.revision())
                    .put("rollout", fate.rollout());
            fate.problems().forEach(each.putArray("problems")::add);
        }
    }

    private static void moves(Foretold foretold, ArrayNode json) {
        for (Foretold.Move move : foretold.moves()) {
            json.addObject()
                    .put("at", Durations.text(move.at()))
                    .put("deployment", move.deployment())
                    .put("slot", move.slot())
                    .put("instance", move.instance())
                    .put("from", move.from())
                    .put("to", move.to())
                    .put("reason", move.reason());
        }
    }

    private static void timeline(Foretold foretold, ArrayNode json) {
        for (Foretold.Moment moment : foretold.timeline()) {
            json.addObject()
                    .put("at", Durations.text(moment.at()))
                    .put("type", moment.type())
                    .put("deployment", moment.deployment())
                    .put("instance", moment.instance())
                    .put("node", moment.node())
                    .put("message", moment.message());
        }
    }
}
