package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.screen.Tone;
import java.util.ArrayList;
import java.util.List;

/** What would be done, and where two specs differ. */
public final class PlanLines {
    private PlanLines() {}

    public static List<String> lines(JsonNode plan, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        lines.add(TextTable.shown(
                Listings.text(plan, "command") + (plan.path("changes").asBoolean() ? "" : " changes nothing")));
        if (!plan.path("diff").isEmpty()) {
            lines.addAll(diff(plan, terminal));
        }
        if (!plan.path("steps").isEmpty()) {
            lines.add("");
            lines.addAll(steps(plan.path("steps"), terminal));
        }
        for (JsonNode service : plan.path("services")) {
            String words = service.path("downtime").path("words").asText();
            if (service.path("at_worst").asLong() < service.path("healthy").asLong()) {
                lines.add(TextTable.shown(Listings.text(service, "deployment") + ": at worst "
                        + Listings.text(service, "at_worst") + " of " + Listings.text(service, "healthy") + " healthy"
                        + (words.isEmpty() ? "" : "; " + words)));
            }
        }
        for (JsonNode next : plan.path("next_runs")) {
            lines.add("runs at " + TextTable.shown(next.asText()));
        }
        if (plan.has("whole") && !plan.path("whole").asBoolean()) {
            lines.add("more would follow than was worked out");
        }
        return lines;
    }

    private static List<String> steps(JsonNode steps, Terminal terminal) {
        TextTable table = new TextTable("SLOT", "ACTION", "FROM", "TO", "DOWNTIME", "");
        for (JsonNode step : steps) {
            JsonNode downtime = step.path("downtime").path("seconds");
            table.row(
                    Listings.text(step, "deployment") + "/" + Listings.text(step, "slot"),
                    Listings.text(step, "action"),
                    orDash(Listings.text(step, "from")),
                    orDash(Listings.text(step, "to")),
                    downtime.isNumber() ? Listings.number(downtime.asDouble()) + "s" : "-",
                    Listings.text(step, "reason"));
        }
        return table.lines(terminal);
    }

    /** Of a plan, or of two revisions. */
    public static List<String> diff(JsonNode answer, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        for (JsonNode change : answer.path("diff")) {
            boolean added = change.path("before").isNull();
            boolean removed = change.path("after").isNull();
            String words = (added ? "+ " : removed ? "- " : "~ ") + Listings.text(change, "field") + ": "
                    + (added ? "" : change.path("before")) + (added || removed ? "" : " → ")
                    + (removed ? "" : change.path("after"));
            lines.add(terminal.toned(TextTable.shown(words), added ? Tone.GOOD : removed ? Tone.BAD : Tone.BUSY));
        }
        return lines.isEmpty() ? List.of("no difference") : lines;
    }

    public static List<String> moves(JsonNode answer, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        lines.add(TextTable.shown(Listings.text(answer, "words")));
        if (!answer.path("moves").isEmpty()) {
            TextTable table = new TextTable("INSTANCE", "FROM", "TO", "");
            for (JsonNode move : answer.path("moves")) {
                table.row(
                        Listings.text(move, "instance"),
                        Listings.text(move, "from"),
                        orDash(Listings.text(move, "to")),
                        Listings.text(move, "reason"));
            }
            lines.addAll(table.lines(terminal));
        }
        return lines;
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
