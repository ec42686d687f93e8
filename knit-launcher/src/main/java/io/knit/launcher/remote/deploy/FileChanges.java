package io.knit.launcher.remote.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.screen.Tone;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.TextTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What becomes of files made of templates, below a plan. What several nodes would have alike is shown once. */
final class FileChanges {
    /** So many lines are shown; a plan is read. */
    private static final int MOST = 100;

    private FileChanges() {}

    /** What is the same on several nodes. */
    private record Change(String destination, String text) {}

    /** Nothing where the spec has no templates, or none would be another. */
    static List<String> lines(KnitClient knit, JsonNode spec, Terminal terminal) {
        if (spec.path("templates").isEmpty()) {
            return List.of();
        }
        try {
            return lines(knit.render(spec, null), terminal);
        } catch (KnitClientException e) {
            // a server of before does not know how
            return List.of("", TextTable.shown("its files are not shown: " + e.getMessage()));
        }
    }

    private static List<String> lines(JsonNode rendering, Terminal terminal) {
        Map<Change, List<String>> changes = new LinkedHashMap<>();
        for (JsonNode node : rendering.path("nodes")) {
            for (JsonNode file : node.path("files")) {
                String text = text(file);
                if (!text.isEmpty()) {
                    changes.computeIfAbsent(
                                    new Change(Listings.text(file, "destination"), text), none -> new ArrayList<>())
                            .add(Listings.text(node, "node"));
                }
            }
        }
        List<String> lines = new ArrayList<>();
        changes.forEach((change, nodes) -> {
            lines.add("");
            lines.add(TextTable.shown("file " + change.destination() + " on " + String.join(", ", nodes)));
            change.text().lines().map(line -> toned(line, terminal)).forEach(lines::add);
        });
        int more = lines.size() - MOST;
        if (more <= 0) {
            return lines;
        }
        List<String> first = new ArrayList<>(lines.subList(0, MOST));
        first.add("and " + more + " more lines: knit render shows them");
        return first;
    }

    /** Where it differs; all of it where nothing is deployed. */
    private static String text(JsonNode file) {
        if (file.has("problem")) {
            return Listings.text(file, "problem");
        }
        if (file.hasNonNull("diff")) {
            // its first lines have the name, which is said already
            return Listings.text(file, "diff")
                    .lines()
                    .filter(line -> !line.startsWith("--- ") && !line.startsWith("+++ "))
                    .collect(Collectors.joining("\n"));
        }
        return file.has("content")
                ? Listings.text(file, "content").lines().map("+"::concat).collect(Collectors.joining("\n"))
                : "+ bytes that are no text";
    }

    private static String toned(String line, Terminal terminal) {
        String shown = shown(line);
        return line.startsWith("+")
                ? terminal.toned(shown, Tone.GOOD)
                : line.startsWith("-") ? terminal.toned(shown, Tone.BAD) : shown;
    }

    /** A terminal does not do what stands in a file of somebody else's. */
    static String shown(String line) {
        return Arrays.stream(line.split("\t", -1)).map(TextTable::shown).collect(Collectors.joining("\t"));
    }
}
