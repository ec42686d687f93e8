package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.history.Explanation;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.StartTimes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An explanation as JSON. */
public final class ExplanationJson {
    private ExplanationJson() {}

    public static ObjectNode of(Explanation explanation) {
        DeploymentView view = explanation.deployment();
        ObjectNode json = Json.object();
        json.put("deployment", view.name());
        json.put("revision", view.deployment().revision());
        json.put("status", view.status().wireName());
        json.put("paused", view.deployment().paused());
        json.put("problem", view.problem());
        explanation.words().forEach(json.putArray("words")::add);
        ArrayNode instances = json.putArray("instances");
        List<Instance> all = view.instances();
        for (int i = 0; i < all.size(); i++) {
            ObjectNode one = DeploymentJson.instance(all.get(i));
            Explanation.Course course = explanation.courses().get(i);
            course.words().forEach(one.putArray("words")::add);
            one.put("chosen", all.get(i).chosen());
            one.put("where", course.where());
            one.set("phases", phases(course));
            one.set("start", start(all.get(i).observed().start()));
            instances.add(one);
        }
        ArrayNode waits = json.putArray("waits");
        explanation.waits().forEach(wait -> waits.add(wait(wait)));
        ArrayNode decisions = json.putArray("decisions");
        explanation.decisions().forEach(entry -> decisions.add(HistoryJson.of(entry)));
        return json;
    }

    private static ArrayNode phases(Explanation.Course course) {
        ArrayNode json = Json.object().arrayNode();
        course.phases()
                .forEach(phase -> json.addObject()
                        .put("phase", phase.name())
                        .put("at", phase.at().toString())
                        .put("words", phase.words()));
        return json;
    }

    /** In seconds; what is not known is left out. */
    private static ObjectNode start(StartTimes times) {
        ObjectNode json = Json.object();
        seconds(json, "waited", times.waited());
        seconds(json, "pulled", times.pulled());
        seconds(json, "created", times.created());
        seconds(json, "started", times.started());
        seconds(json, "healthy", times.healthy());
        return json;
    }

    private static void seconds(ObjectNode json, String phase, @Nullable Duration time) {
        if (time != null) {
            json.put(phase, time.toMillis() / 1000.0);
        }
    }

    private static ObjectNode wait(Explanation.Wait wait) {
        ObjectNode json = Json.object();
        json.put("revision", wait.revision());
        wait.instances().forEach(json.putArray("instances")::add);
        json.put("reason", wait.reason());
        ArrayNode nodes = json.putArray("nodes");
        wait.nodes().forEach(each -> nodes.addObject().put("node", each.node()).put("reason", each.reason()));
        json.put("more", wait.more());
        return json;
    }
}
