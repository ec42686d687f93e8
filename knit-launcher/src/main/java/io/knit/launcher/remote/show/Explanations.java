package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** How something came to be as it is, and what would happen. */
public final class Explanations {
    private Explanations() {}

    /** Of a deployment, or of an instance. */
    public static List<String> lines(JsonNode explained) {
        List<String> lines = new ArrayList<>();
        if (explained.has("instances")) {
            lines.add(Table.shown(Views.text(explained, "deployment") + " revision " + Views.text(explained, "revision")
                    + ": " + Views.text(explained, "status")));
            add(lines, "problem: ", Views.text(explained, "problem"));
            explained.path("instances").forEach(instance -> instance(instance, lines));
        } else {
            instance(explained, lines);
        }
        waits(explained.path("waits"), lines);
        decisions(explained.path("decisions"), lines);
        return lines;
    }

    private static void instance(JsonNode instance, List<String> lines) {
        lines.add("");
        String node = Views.text(instance, "node");
        lines.add(Table.shown(Views.text(instance, "id") + ": " + Views.text(instance, "state")
                + (node.isEmpty() ? "" : " on " + node)));
        add(lines, "  ", Views.text(instance, "reason"));
        for (JsonNode phase : instance.path("phases")) {
            lines.add(Table.shown("  " + Views.text(phase, "at") + "  " + Views.text(phase, "phase")));
        }
        List<String> times = new ArrayList<>();
        instance.path("start")
                .fields()
                .forEachRemaining(phase -> times.add(
                        phase.getKey() + " " + Views.number(phase.getValue().asDouble()) + "s"));
        add(lines, "  newest start: ", String.join(", ", times));
    }

    private static void waits(JsonNode waits, List<String> lines) {
        for (JsonNode wait : waits) {
            lines.add("");
            lines.add(
                    Table.shown("revision " + Views.text(wait, "revision") + " waits: " + Views.text(wait, "reason")));
            for (JsonNode node : wait.path("nodes")) {
                String reason = Views.text(node, "reason");
                lines.add(
                        Table.shown("  " + Views.text(node, "node") + " " + (reason.isEmpty() ? "fits now" : reason)));
            }
            if (wait.path("more").asLong() > 0) {
                lines.add("  and " + Views.text(wait, "more") + " more nodes");
            }
        }
    }

    private static void decisions(JsonNode decisions, List<String> lines) {
        if (!decisions.isEmpty()) {
            lines.add("");
            lines.add("Decided, newest first:");
        }
        for (JsonNode decision : decisions) {
            String command = Views.text(decision, "command");
            String who = Views.text(decision.path("caller"), "name");
            lines.add(Table.shown("  " + Views.text(decision, "at")
                    + (command.isEmpty() ? "" : "  " + command + (who.isEmpty() ? "" : " (" + who + ")"))));
            decision.path("remarks").forEach(remark -> lines.add(Table.shown("    " + remark.asText())));
        }
    }

    /** What a simulation tells. */
    public static List<String> foretold(JsonNode told) {
        List<String> lines = new ArrayList<>();
        lines.add(Table.shown((told.path("settled").asBoolean() ? "settled after " : "not settled after ")
                + Views.text(told, "took")
                + (told.path("whole").asBoolean() ? "" : ", not worked out to the end")));
        if (!told.path("deployments").isEmpty()) {
            Table table = new Table("DEPLOYMENT", "REVISION", "WANTED", "HEALTHY BEFORE", "AT WORST", "AFTER", "");
            for (JsonNode one : told.path("deployments")) {
                List<String> problems = new ArrayList<>();
                one.path("problems").forEach(problem -> problems.add(problem.asText()));
                table.row(
                        Views.text(one, "name"),
                        Views.text(one, "revision"),
                        Views.text(one, "wanted"),
                        Views.text(one, "healthy_before"),
                        Views.text(one, "healthy_fewest") + " at " + Views.text(one, "fewest_at"),
                        Views.text(one, "healthy_after"),
                        String.join("; ", problems));
            }
            lines.addAll(table.lines());
        }
        if (!told.path("timeline").isEmpty()) {
            lines.add("");
            Table table = new Table("AT", "");
            for (JsonNode event : told.path("timeline")) {
                table.row(Views.text(event, "at"), Views.text(event, "message"));
            }
            lines.addAll(table.lines());
        }
        return lines;
    }

    private static void add(List<String> lines, String before, String text) {
        if (!text.isEmpty()) {
            lines.add(Table.shown(before + text));
        }
    }
}
