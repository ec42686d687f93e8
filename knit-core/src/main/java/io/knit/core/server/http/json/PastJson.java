package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.history.PastDeployment;
import io.knit.core.spec.SpecJson;
import java.util.Set;

/** A deployment as it was, as the API shows it: everything of its spec but its secrets. */
public final class PastJson {
    public static final Set<String> PARAMETERS = Set.of("at");

    private PastJson() {}

    public static ObjectNode of(PastDeployment past) {
        ObjectNode json = Json.object();
        json.put("name", past.name());
        json.put("at", past.at().toString());
        json.put("since", past.entry().at().toString());
        json.put("until", past.until() == null ? null : past.until().toString());
        json.put("revision", past.revision());
        json.put("image", past.image());
        json.put("replicas", past.replicas());
        json.put("paused", past.paused());
        json.put("deleting", past.deleting());
        json.put("healthy", past.healthy());
        json.set("rollout", DeploymentJson.rollout(past.rollout()));
        if (past.spec() == null) {
            json.putNull("spec");
        } else {
            json.set("spec", SpecJson.of(past.spec()));
        }
        ArrayNode instances = json.putArray("instances");
        past.instances()
                .forEach(each -> instances
                        .addObject()
                        .put("id", each.id())
                        .put("revision", each.revision())
                        .put("slot", each.slot())
                        .put("node", each.node())
                        .put("state", each.state())
                        .put("healthy", each.healthy()));
        json.put("more", past.more());
        json.set("entry", HistoryJson.of(past.entry()));
        return json;
    }
}
