package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What would be done, and where two specs differ. */
public final class Plans {
    private Plans() {}

    public static List<String> lines(JsonNode plan) {
        List<String> lines = new ArrayList<>();
        lines.add(Table.shown(
                Views.text(plan, "command") + (plan.path("changes").asBoolean() ? "" : " changes nothing")));
        if (!plan.path("diff").isEmpty()) {
            lines.addAll(diff(plan));
        }
        if (!plan.path("steps").isEmpty()) {
            lines.add("");
            lines.addAll(steps(plan.path("steps")));
        }
        for (JsonNode service : plan.path("services")) {
            String words = service.path("downtime").path("words").asText();
            if (service.path("at_worst").asLong() < service.path("healthy").asLong()) {
                lines.add(Table.shown(Views.text(service, "deployment") + ": at worst "
                        + Views.text(service, "at_worst") + " of " + Views.text(service, "healthy") + " healthy"
                        + (words.isEmpty() ? "" : "; " + words)));
            }
        }
        for (JsonNode next : plan.path("next_runs")) {
            lines.add("runs at " + Table.shown(next.asText()));
        }
        if (plan.has("whole") && !plan.path("whole").asBoolean()) {
            lines.add("more would follow than was worked out");
        }
        return lines;
    }

    private static List<String> steps(JsonNode steps) {
        Table table = new Table("SLOT", "ACTION", "FROM", "TO", "DOWNTIME", "");
        for (JsonNode step : steps) {
            JsonNode downtime = step.path("downtime").path("seconds");
            table.row(
                    Views.text(step, "deployment") + "/" + Views.text(step, "slot"),
                    Views.text(step, "action"),
                    orDash(Views.text(step, "from")),
                    orDash(Views.text(step, "to")),
                    downtime.isNumber() ? Views.number(downtime.asDouble()) + "s" : "-",
                    Views.text(step, "reason"));
        }
        return table.lines();
    }

    /** Of a plan, or of two revisions. */
    public static List<String> diff(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        for (JsonNode change : answer.path("diff")) {
            boolean added = change.path("before").isNull();
            boolean removed = change.path("after").isNull();
            lines.add(Table.shown((added ? "+ " : removed ? "- " : "~ ") + Views.text(change, "field") + ": "
                    + (added ? "" : change.path("before")) + (added || removed ? "" : " → ")
                    + (removed ? "" : change.path("after"))));
        }
        return lines.isEmpty() ? List.of("no difference") : lines;
    }

    public static List<String> moves(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        lines.add(Table.shown(Views.text(answer, "words")));
        if (!answer.path("moves").isEmpty()) {
            Table table = new Table("INSTANCE", "FROM", "TO", "");
            for (JsonNode move : answer.path("moves")) {
                table.row(
                        Views.text(move, "instance"),
                        Views.text(move, "from"),
                        orDash(Views.text(move, "to")),
                        Views.text(move, "reason"));
            }
            lines.addAll(table.lines());
        }
        return lines;
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
