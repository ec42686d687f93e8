package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.remote.screen.Terminal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How far what runs to an end has come: a job, and each run of what runs by the clock. */
final class RunLines {
    private final JsonNode deployment;
    private final Instant now;

    RunLines(JsonNode deployment, Instant now) {
        this.deployment = deployment;
        this.now = now;
    }

    /** How many of how many do what they shall. */
    String share() {
        boolean runsNothing = isByTheClock() && deployment.path("instances").isEmpty();
        return runsNothing
                ? "-"
                : isJob()
                        ? deployment.path("job").path("completed").asInt() + "/" + completions()
                        : deployment.path("healthy").asInt() + "/" + Listings.wanted(deployment);
    }

    /** The same in a sentence; empty: nothing is to be said. */
    String words() {
        if (isByTheClock()) {
            return "";
        }
        int failures = deployment.path("job").path("failures").asInt();
        return isJob()
                ? ", " + deployment.path("job").path("completed").asInt() + " of " + completions() + " completed, "
                        + (failures == 1 ? "1 attempt" : failures + " attempts") + " failed"
                : ", " + deployment.path("healthy").asInt() + " of " + Listings.wanted(deployment) + " healthy";
    }

    /** What is to be said besides. */
    List<String> lines(Terminal terminal) {
        List<String> lines = new ArrayList<>();
        JsonNode job = deployment.path("job");
        if (isJob() && !job.isMissingNode() && !Listings.text(job, "phase").equals("running")) {
            lines.add(shown(Listings.text(job, "phase") + " " + ago(job, "since") + ended(job)));
        }
        if (isByTheClock()) {
            clock(deployment.path("cron"), lines, terminal);
        }
        return lines;
    }

    private void clock(JsonNode cron, List<String> lines, Terminal terminal) {
        lines.add(shown(time(cron, "next")
                .map(next -> "next run in " + Listings.age(Duration.between(now, next)) + ", at " + next)
                .orElse("no run is due" + (deployment.path("paused").asBoolean() ? ": it is paused" : ""))));
        JsonNode skipped = cron.path("skipped");
        if (skipped.isObject()) {
            lines.add(shown("left out " + Listings.text(skipped, "due") + ": " + Listings.text(skipped, "reason")));
        }
        if (cron.path("runs").isEmpty()) {
            return;
        }
        TextTable table = new TextTable("RUN OF", "BEGUN", "TOOK", "RESULT", "FAILURES", "");
        for (JsonNode run : cron.path("runs")) {
            table.row(
                    Listings.text(run, "due"),
                    ago(run, "begun"),
                    took(run),
                    TextTable.status(Listings.text(run, "phase")),
                    Listings.text(run, "failures"),
                    Listings.text(run, "phase").equals("completed") ? ids(run) : Listings.text(run, "reason"));
        }
        lines.add("");
        lines.addAll(table.lines(terminal));
    }

    private String took(JsonNode run) {
        Optional<Instant> end = Listings.text(run, "phase").equals("running") ? Optional.of(now) : time(run, "since");
        return time(run, "begun")
                .flatMap(begun -> end.map(since -> Listings.age(Duration.between(begun, since))))
                .orElse("-");
    }

    private static String ended(JsonNode run) {
        String ids = ids(run);
        String reason = Listings.text(run, "phase").equals("failed") ? Listings.text(run, "reason") : "";
        return (reason.isEmpty() ? "" : ": " + reason) + (ids.isEmpty() ? "" : "; ended well: " + ids);
    }

    private static String ids(JsonNode run) {
        List<String> ids = new ArrayList<>();
        run.path("ended").forEach(it -> ids.add(Listings.text(it, "instance")));
        return String.join(", ", ids);
    }

    private String ago(JsonNode of, String field) {
        return time(of, field)
                .map(at -> Listings.age(Duration.between(at, now)) + " ago")
                .orElse("-");
    }

    private static Optional<Instant> time(JsonNode of, String field) {
        try {
            return Optional.of(Instant.parse(Listings.text(of, field)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private int completions() {
        return deployment.path("spec").path("job").path("completions").asInt(1);
    }

    private boolean isJob() {
        return mode().equals("job");
    }

    private boolean isByTheClock() {
        return mode().equals("cron");
    }

    private String mode() {
        return deployment.path("spec").path("mode").asText();
    }

    private static String shown(String line) {
        return TextTable.shown(line);
    }
}
