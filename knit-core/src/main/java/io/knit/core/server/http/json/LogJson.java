package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.server.inside.InstanceLine;
import java.nio.charset.StandardCharsets;

/** Lines of logs as server-sent events. */
public final class LogJson {
    private LogJson() {}

    /** A line, whose id is its time: who gives it back is sent what came after it. Or a note or a gap, which have none. */
    public static String frame(InstanceLine from) {
        ObjectNode data = Json.object().put("instance", from.instance());
        LogLine line = from.line();
        if (line == null) {
            InstanceLine.Gap gap = from.gap();
            if (gap != null) {
                data.put("after", gap.after().toString())
                        .put("before", gap.before().toString())
                        .put("message", from.note());
                return "event: gap\ndata: " + text(data) + "\n\n";
            }
            return "event: note\ndata: " + text(data.put("message", from.note())) + "\n\n";
        }
        data.put("time", line.at().toString()).put("stream", line.error() ? "stderr" : "stdout");
        if (!line.whole()) {
            data.put("partial", true);
        }
        data.put("text", line.text());
        return "id: " + line.at() + "\nevent: line\ndata: " + text(data) + "\n\n";
    }

    public static String failure(KnitException why) {
        ObjectNode data = Json.object().put("code", why.code().wireName()).put("message", why.getMessage());
        return "event: error\ndata: " + text(data) + "\n\n";
    }

    private static String text(ObjectNode json) {
        return new String(Json.bytes(json), StandardCharsets.UTF_8);
    }
}
