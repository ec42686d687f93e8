package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What people see of webhooks. */
public final class HookLines {
    private HookLines() {}

    public static List<String> of(JsonNode list) {
        if (list.isEmpty()) {
            return List.of("no webhooks; knit webhook create NAME URL makes one");
        }
        TextTable table = new TextTable("NAME", "URL", "EVENTS", "DEPLOYMENTS", "STATE", "REASON");
        for (JsonNode one : list) {
            table.row(
                    Listings.text(one, "name"),
                    Listings.text(one, "url"),
                    joined(one.path("events")),
                    joined(one.path("deployments")),
                    Listings.text(one, "phase"),
                    Listings.text(one, "reason"));
        }
        return table.lines();
    }

    private static String joined(JsonNode texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(text -> all.add(text.asText()));
        return String.join(",", all);
    }

    /** What became of a message that was sent to see whether it arrives. */
    public static String tried(String name, JsonNode tried) {
        String words = tried.path("delivered").asBoolean() ? " got it: it " : " did not get it: it ";
        return TextTable.shown(name + words + tried.path("message").asText() + " ("
                + tried.path("took_ms").asLong() + " ms)");
    }
}
