package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.knit.api.command.Plan.FieldChange;
import io.knit.api.model.Mode;
import io.knit.api.model.RevisionView;
import io.knit.core.spec.SpecJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Revisions as the API shows them: everything of the specs but their secrets. */
public final class RevisionJson {
    private RevisionJson() {}

    /** All of a deployment's. */
    public static ObjectNode list(List<RevisionView> revisions) {
        ObjectNode json = Json.object();
        ArrayNode all = json.putArray("revisions");
        revisions.forEach(each -> all.add(head(each)));
        return json;
    }

    /** One, with its spec. */
    public static ObjectNode of(RevisionView revision) {
        ObjectNode json = head(revision);
        json.set("spec", SpecJson.of(revision.spec()));
        return json;
    }

    private static ObjectNode head(RevisionView revision) {
        ObjectNode json = Json.object();
        json.put("number", revision.number());
        json.put(
                "created_at",
                revision.createdAt() == null ? null : revision.createdAt().toString());
        json.put("by", revision.by());
        json.put("command", revision.command());
        json.put("image", revision.spec().image());
        json.put("image_digest", revision.imageDigest());
        if (revision.spec().mode() == Mode.REPLICATED) {
            json.put("replicas", revision.spec().replicas());
        }
        json.put("present", revision.present());
        json.put("instances", revision.instances());
        return json;
    }

    /** What differs between two of them. */
    public static ObjectNode diff(int from, int to, List<FieldChange> changes) {
        ObjectNode json = Json.object();
        json.put("from", from);
        json.put("to", to);
        json.set("diff", diff(changes));
        return json;
    }

    static ArrayNode diff(List<FieldChange> changes) {
        ArrayNode diff = Json.object().arrayNode();
        for (FieldChange change : changes) {
            ObjectNode one = diff.addObject().put("field", change.pointer());
            one.putRawValue("before", raw(change.before()));
            one.putRawValue("after", raw(change.after()));
        }
        return diff;
    }

    private static RawValue raw(@Nullable String json) {
        return new RawValue(json == null ? "null" : json);
    }
}
