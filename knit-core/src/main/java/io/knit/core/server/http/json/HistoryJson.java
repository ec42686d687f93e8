package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Caller;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The history as the API shows it, a page at a time. */
public final class HistoryJson {
    public static final Set<String> PARAMETERS = Set.of("deployment", "after", "limit");

    private HistoryJson() {}

    public static ObjectNode page(HistoryQuery query, List<HistoryEntry> entries) {
        ObjectNode json = Json.object();
        ArrayNode history = json.putArray("history");
        entries.forEach(entry -> history.add(of(entry)));
        if (entries.size() < query.limit()) {
            json.putNull("next");
        } else {
            json.put("next", entries.get(entries.size() - 1).number());
        }
        return json;
    }

    static ObjectNode of(HistoryEntry entry) {
        ObjectNode json = Json.object();
        json.put("number", entry.number());
        json.put("commit", entry.commit());
        json.put("at", entry.at().toString());
        Caller caller = entry.caller();
        if (caller == null) {
            json.putNull("caller");
        } else {
            json.putObject("caller")
                    .put("name", caller.name())
                    .put("role", caller.role().name().toLowerCase(Locale.ROOT))
                    .put("from", caller.from());
        }
        json.put("command", entry.command());
        json.set("details", Json.object(entry.details()));
        json.put("deployment", entry.deployment());
        entry.remarks().forEach(json.putArray("remarks")::add);
        return json;
    }
}
