package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.history.Explanation;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import java.util.List;

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
        ArrayNode instances = json.putArray("instances");
        List<Instance> all = view.instances();
        for (int i = 0; i < all.size(); i++) {
            ObjectNode one = DeploymentJson.instance(all.get(i));
            one.set("phases", phases(explanation.courses().get(i)));
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
