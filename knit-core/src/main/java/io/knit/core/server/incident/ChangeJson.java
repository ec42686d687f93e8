package io.knit.core.server.incident;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.Observed;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.WireCodec;
import java.util.function.UnaryOperator;

/** A change as a file has it, without secrets. */
final class ChangeJson {
    private static final String KIND = "change";

    private final UnaryOperator<String> mask;
    private final UnaryOperator<DeploymentSpec> maskedSpec;

    ChangeJson(Masks masks) {
        this(masks::of, masks::of);
    }

    private ChangeJson(UnaryOperator<String> mask, UnaryOperator<DeploymentSpec> maskedSpec) {
        this.mask = mask;
        this.maskedSpec = maskedSpec;
    }

    /** Of what has no secrets, since it was read from a file. */
    static ChangeJson unmasked() {
        return new ChangeJson(UnaryOperator.identity(), UnaryOperator.identity());
    }

    ObjectNode of(Change change) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (change instanceof Change.PutDeployment put) {
            json.put(KIND, "deployment")
                    .set("value", masked(put.deployment(), put.deployment().spec()));
        } else if (change instanceof Change.RemoveDeployment remove) {
            json.put(KIND, "no_deployment").put("id", remove.name());
        } else if (change instanceof Change.PutRevision put) {
            ObjectNode value = masked(put.revision(), put.revision().spec());
            // names the spec that nodes have, which is another one without its secrets
            json.put(KIND, "revision").set("value", value.put("blob", ""));
        } else if (change instanceof Change.RemoveRevision remove) {
            json.put(KIND, "no_revision").put("id", remove.deployment()).put("number", remove.number());
        } else if (change instanceof Change.PutInstance put) {
            json.put(KIND, "instance").set("value", tree(put.instance()));
            json.set("observed", masked(put.instance().observed()));
        } else if (change instanceof Change.PutObserved put) {
            json.put(KIND, "observed").put("id", put.instance()).set("value", masked(put.observed()));
        } else if (change instanceof Change.RemoveInstance remove) {
            json.put(KIND, "no_instance").put("id", remove.id());
        } else if (change instanceof Change.PutNode put) {
            ObjectNode value = tree(put.node());
            // lets in who knows it
            json.put(KIND, "node")
                    .set("value", value.put("identity", mask.apply(put.node().identity())));
            json.set("facts", tree(put.node().facts()));
            json.set("judgement", tree(put.node().judgement()));
        } else if (change instanceof Change.PutFacts put) {
            json.put(KIND, "facts").put("id", put.node()).set("value", tree(put.facts()));
        } else if (change instanceof Change.PutJudgement put) {
            json.put(KIND, "judgement").put("id", put.node()).set("value", tree(put.judgement()));
        } else if (change instanceof Change.RemoveNode remove) {
            json.put(KIND, "no_node").put("id", remove.id());
        } else if (change instanceof Change.PutVolume put) {
            json.put(KIND, "volume").set("value", tree(put.volume()));
        } else if (change instanceof Change.RemoveVolume remove) {
            json.put(KIND, "no_volume").put("id", remove.key());
        } else if (change instanceof Change.PutMove put) {
            json.put(KIND, "move").set("value", tree(put.move()));
        } else if (change instanceof Change.RemoveMove remove) {
            json.put(KIND, "no_move").put("id", remove.key()).put("failure", remove.failure());
        } else if (change instanceof Change.RefuseAgent refuse) {
            json.put(KIND, "refused_agent").put("id", refuse.node()).put("message", refuse.message());
        } else if (change instanceof Change.Quarantine put) {
            json.put(KIND, "quarantine").put("id", put.deployment()).put("reason", put.reason());
        } else if (change instanceof Change.PutWaits put) {
            json.put(KIND, "waits").put("id", put.deployment());
            put.waits()
                    .forEach(waiting ->
                            json.withArray("refusals").add(waiting.refusal().sentence()));
        }
        return json;
    }

    /** What an input may be. What the controller alone decides – that something waits – is decided anew. */
    static Change read(JsonNode json) {
        String id = json.path("id").asText();
        return switch (json.path(KIND).asText()) {
            case "deployment" -> new Change.PutDeployment(value(json, "value", Deployment.class));
            case "no_deployment" -> new Change.RemoveDeployment(id);
            case "revision" -> new Change.PutRevision(value(json, "value", Revision.class));
            case "no_revision" ->
                new Change.RemoveRevision(id, json.path("number").asInt());
            case "instance" ->
                new Change.PutInstance(
                        value(json, "value", Instance.class).with(value(json, "observed", Observed.class)));
            case "observed" -> new Change.PutObserved(id, value(json, "value", Observed.class));
            case "no_instance" -> new Change.RemoveInstance(id);
            case "node" ->
                new Change.PutNode(value(json, "value", Node.class)
                        .with(value(json, "facts", NodeFacts.class))
                        .with(value(json, "judgement", NodeJudgement.class)));
            case "facts" -> new Change.PutFacts(id, value(json, "value", NodeFacts.class));
            case "judgement" -> new Change.PutJudgement(id, value(json, "value", NodeJudgement.class));
            case "volume" -> new Change.PutVolume(value(json, "value", SlotVolume.class));
            case "no_volume" -> new Change.RemoveVolume(id);
            case "move" -> new Change.PutMove(value(json, "value", SlotMove.class));
            case "no_move" -> new Change.RemoveMove(id, json.path("failure").asText());
            case "no_node" -> new Change.RemoveNode(id);
            case "refused_agent" ->
                new Change.RefuseAgent(id, json.path("message").asText());
            case "quarantine" -> new Change.Quarantine(id, json.path("reason").asText());
            default ->
                throw new KnitException(
                        ErrorCode.INVALID_VALUE,
                        "the file has a change that this version does not know (" + json.path(KIND)
                                + "); replay it with the" + " version that wrote it");
        };
    }

    private ObjectNode masked(Object value, DeploymentSpec spec) {
        ObjectNode json = tree(value);
        json.set("spec", tree(maskedSpec.apply(spec)));
        return json;
    }

    /** Without what the program said at its end, which may be anything. */
    private ObjectNode masked(Observed observed) {
        ObjectNode json = tree(observed);
        String said = observed.lastOutput();
        return said == null ? json : json.put("last_output", mask.apply(said));
    }

    private static ObjectNode tree(Object value) {
        return WireCodec.parse(WireCodec.encodeText(value));
    }

    private static <T> T value(JsonNode json, String field, Class<T> type) {
        return WireCodec.decodeText(json.path(field).toString(), type);
    }

    /** What a change is about, for people. */
    static String words(JsonNode json) {
        JsonNode value = json.path("value");
        String id = json.hasNonNull("id")
                ? json.get("id").asText()
                : value.path(value.has("id") ? "id" : value.has("name") ? "name" : "deployment")
                        .asText();
        String kind = json.path(KIND).asText();
        return kind + " " + id + (kind.equals("waits") ? ": " + json.path("refusals") : "");
    }
}
