package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Rendering;
import java.util.Set;

/** What templates would become, as JSON. */
public final class RenderingJson {
    /** The query's parameters. */
    public static final Set<String> PARAMETERS = Set.of("node");

    private RenderingJson() {}

    public static ObjectNode of(Rendering rendering) {
        ObjectNode json = Json.object();
        json.put("deployment", rendering.deployment());
        json.put("revision", rendering.revision());
        if (rendering.current() != null) {
            json.put("current", rendering.current());
        }
        ArrayNode reads = json.putArray("reads");
        for (Rendering.Read read : rendering.reads()) {
            ObjectNode one =
                    reads.addObject().put("kind", read.kind().wireName()).put("name", read.name());
            if (read.version() != null) {
                one.put("version", read.version());
            }
            if (read.current() != null) {
                one.put("current", read.current());
            }
        }
        ArrayNode nodes = json.putArray("nodes");
        for (Rendering.OnNode each : rendering.nodes()) {
            ObjectNode node = nodes.addObject().put("node", each.node());
            ArrayNode slots = node.putArray("slots");
            each.slots().forEach(slots::add);
            ArrayNode files = node.putArray("files");
            each.files().forEach(file -> files.add(of(file)));
        }
        return json.put("left_off", rendering.leftOff()).put("words", rendering.words());
    }

    private static ObjectNode of(Rendering.File file) {
        ObjectNode json = Json.object().put("destination", file.destination());
        if (file.text() != null) {
            json.put("content", file.text());
        }
        if (file.base64() != null) {
            json.put("base64", file.base64());
        }
        ArrayNode unknown = json.putArray("unknown");
        file.unknown().forEach(unknown::add);
        ArrayNode workedOut = json.putArray("worked_out");
        file.workedOut().forEach(workedOut::add);
        if (!file.problem().isEmpty()) {
            json.put("problem", file.problem());
        }
        json.put("removed", file.removed());
        if (file.diff() != null) {
            json.put("diff", file.diff());
        }
        return json;
    }
}
