package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.remote.screen.Terminal;
import java.util.ArrayList;
import java.util.List;

/** How something came to be as it is, and what would happen. */
public final class WhyLines {
    private WhyLines() {}

    /** Of a deployment, or of an instance. */
    public static List<String> lines(JsonNode explained) {
        List<String> lines = new ArrayList<>();
        if (explained.has("instances")) {
            lines.add(TextTable.shown(Listings.text(explained, "deployment") + " revision "
                    + Listings.text(explained, "revision") + ": " + Listings.text(explained, "status")));
            add(lines, "problem: ", Listings.text(explained, "problem"));
            explained.path("words").forEach(word -> add(lines, "", word.asText()));
            explained.path("instances").forEach(instance -> instance(instance, lines));
        } else {
            instance(explained, lines);
        }
        waits(explained.path("waits"), lines);
        kept(explained.path("kept_failed"), lines);
        decisions(explained.path("decisions"), lines);
        return lines;
    }

    private static void instance(JsonNode instance, List<String> lines) {
        lines.add("");
        String node = Listings.text(instance, "node");
        lines.add(TextTable.shown(Listings.text(instance, "id") + ": " + Listings.text(instance, "state")
                + (node.isEmpty() ? "" : " on " + node)));
        add(lines, "  ", Listings.text(instance, "reason"));
        instance.path("words").forEach(word -> add(lines, "  ", word.asText()));
        String chosen = Listings.text(instance, "chosen");
        add(lines, "  ", chosen.isEmpty() ? "" : "when its node was chosen: " + chosen);
        add(lines, "  ", Listings.text(instance, "where"));
        Listings.lastOutput(instance, "  ", lines);
        for (JsonNode phase : instance.path("phases")) {
            lines.add(TextTable.shown("  " + Listings.text(phase, "at") + "  " + Listings.text(phase, "phase")));
        }
        List<String> times = new ArrayList<>();
        instance.path("start")
                .fields()
                .forEachRemaining(phase -> times.add(
                        phase.getKey() + " " + Listings.number(phase.getValue().asDouble()) + "s"));
        add(lines, "  newest start: ", String.join(", ", times));
    }

    private static void waits(JsonNode waits, List<String> lines) {
        for (JsonNode wait : waits) {
            lines.add("");
            lines.add(TextTable.shown(
                    "revision " + Listings.text(wait, "revision") + " waits: " + Listings.text(wait, "reason")));
            for (JsonNode node : wait.path("nodes")) {
                String reason = Listings.text(node, "reason");
                lines.add(TextTable.shown(
                        "  " + Listings.text(node, "node") + " " + (reason.isEmpty() ? "fits now" : reason)));
            }
            if (wait.path("more").asLong() > 0) {
                lines.add("  and " + Listings.text(wait, "more") + " more nodes");
            }
        }
    }

    private static void kept(JsonNode kept, List<String> lines) {
        if (!kept.isEmpty()) {
            lines.add("");
        }
        kept.forEach(one -> add(lines, "", Listings.text(one, "words")));
    }

    private static void decisions(JsonNode decisions, List<String> lines) {
        if (!decisions.isEmpty()) {
            lines.add("");
            lines.add("Decided, newest first:");
        }
        for (JsonNode decision : decisions) {
            String command = Listings.text(decision, "command");
            String who = Listings.text(decision.path("caller"), "name");
            lines.add(TextTable.shown("  " + Listings.text(decision, "at")
                    + (command.isEmpty() ? "" : "  " + command + (who.isEmpty() ? "" : " (" + who + ")"))));
            decision.path("remarks").forEach(remark -> lines.add(TextTable.shown("    " + remark.asText())));
        }
    }

    /** What a simulation tells. */
    public static List<String> foretold(JsonNode told, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        lines.add(TextTable.shown((told.path("settled").asBoolean() ? "settled after " : "not settled after ")
                + Listings.text(told, "took")
                + (told.path("whole").asBoolean() ? "" : ", not worked out to the end")));
        if (!told.path("deployments").isEmpty()) {
            TextTable table =
                    new TextTable("DEPLOYMENT", "REVISION", "WANTED", "HEALTHY BEFORE", "AT WORST", "AFTER", "");
            for (JsonNode one : told.path("deployments")) {
                List<String> problems = new ArrayList<>();
                one.path("problems").forEach(problem -> problems.add(problem.asText()));
                table.row(
                        Listings.text(one, "name"),
                        Listings.text(one, "revision"),
                        Listings.text(one, "wanted"),
                        Listings.text(one, "healthy_before"),
                        Listings.text(one, "healthy_fewest") + " at " + Listings.text(one, "fewest_at"),
                        Listings.text(one, "healthy_after"),
                        String.join("; ", problems));
            }
            lines.addAll(table.lines(terminal));
        }
        if (!told.path("timeline").isEmpty()) {
            lines.add("");
            TextTable table = new TextTable("AT", "");
            for (JsonNode event : told.path("timeline")) {
                table.row(Listings.text(event, "at"), Listings.text(event, "message"));
            }
            lines.addAll(table.lines(terminal));
        }
        return lines;
    }

    private static void add(List<String> lines, String before, String text) {
        if (!text.isEmpty()) {
            lines.add(TextTable.shown(before + text));
        }
    }
}
