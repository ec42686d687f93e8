package io.knit.launcher.remote.live;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.screen.Tone;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How far a deployment has come: a bar, and below it each instance that is on its way. */
final class RolloutPicture {
    private static final int BAR = 20;

    private RolloutPicture() {}

    /** @param deployment as the server shows it; none if it is not there */
    static List<String> lines(JsonNode deployment, Duration since, Terminal terminal) {
        if (deployment.isMissingNode()) {
            return List.of();
        }
        String status = Listings.text(deployment, "status");
        boolean leaves = status.equals("deleting");
        List<JsonNode> under = new ArrayList<>();
        int done = 0;
        int all = 0;
        for (JsonNode instance : deployment.path("instances")) {
            all++;
            if (isDone(instance, deployment)) {
                done++;
            } else {
                under.add(instance);
            }
        }
        long wanted = leaves ? all : Math.max(Listings.wanted(deployment), done);
        List<String> lines = new ArrayList<>();
        lines.add(TextTable.shown(Listings.text(deployment, "name")) + " revision "
                + Listings.text(deployment, "revision") + "  "
                + (leaves ? all + " instances are left" : bar(done, wanted, terminal) + " " + done + "/" + wanted)
                + "  " + terminal.toned(TextTable.shown(status), Tone.of(status))
                + (isTriedOut(deployment, status) ? " (for min_healthy)" : "") + "  " + Listings.age(since));
        if (!under.isEmpty()) {
            lines.addAll(table(under, terminal).lines(terminal));
        }
        return lines;
    }

    /** Whether all that is wanted runs, and only is to go on for a while. */
    private static boolean isTriedOut(JsonNode deployment, String status) {
        return status.equals("running")
                && Listings.text(deployment.path("rollout"), "phase").equals("moving");
    }

    /** Whether the image of one of its instances may be pulled now: no event tells how far that has come. */
    static boolean pulls(JsonNode deployment) {
        for (JsonNode instance : deployment.path("instances")) {
            if (Listings.text(instance, "state").equals("preparing")) {
                return true;
            }
        }
        return false;
    }

    private static TextTable table(List<JsonNode> instances, Terminal terminal) {
        TextTable table = new TextTable("INSTANCE", "REVISION", "NODE", "STATE", "");
        for (JsonNode one : instances) {
            table.row(
                    Listings.text(one, "id"),
                    Listings.text(one, "revision"),
                    Listings.text(one, "node").isEmpty() ? "-" : Listings.text(one, "node"),
                    TextTable.status(Listings.state(one)),
                    pull(one, terminal) + Listings.why(one));
        }
        return table;
    }

    private static String pull(JsonNode instance, Terminal terminal) {
        JsonNode pull = instance.path("pull");
        return pull.isObject()
                ? bar(
                                Math.min(
                                        pull.path("fetched_bytes").asLong(),
                                        pull.path("size_bytes").asLong()),
                                pull.path("size_bytes").asLong(),
                                terminal)
                        + " "
                : "";
    }

    /** It is of the present revision, and does its work or did it. */
    private static boolean isDone(JsonNode instance, JsonNode deployment) {
        String state = Listings.text(instance, "state");
        String health = Listings.text(instance, "health");
        boolean well = health.isEmpty() || health.equals("none") || health.equals("healthy");
        boolean works =
                state.equals("running") && well && !instance.path("failing").asBoolean();
        return instance.path("revision").asLong() == deployment.path("revision").asLong()
                && (works || state.equals("completed"));
    }

    private static String bar(long done, long wanted, Terminal terminal) {
        int full = wanted == 0 ? BAR : (int) (BAR * done / wanted);
        return terminal.toned("█".repeat(full), Tone.GOOD) + terminal.toned("░".repeat(BAR - full), Tone.FAINT);
    }
}
