package io.knit.launcher.remote.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.screen.Bytes;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code knit image …}: images of nodes. */
public final class ImageVerbs {
    private static final String REMOVED = "removed";

    private ImageVerbs() {}

    /** In the order in which help shows them. */
    public static List<Remote> all() {
        return List.of(new Show(), new PushImage(), new Prune());
    }

    @Command(
            name = "list",
            aliases = "ls",
            description = "Which images nodes have, whoever brought them, and how many containers are made of each.")
    static final class Show extends Remote {
        @Option(
                names = "--node",
                paramLabel = "NODE",
                description = "Of which; may be given more than once. None: all that are not down.")
        private List<String> nodes = new ArrayList<>();

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            JsonNode all = knit.images(nodes);
            printer.print(all, ImageVerbs::names, Show::lines);
            return wereAsked(all, nodes);
        }

        private static List<String> lines(JsonNode all) {
            TextTable table = new TextTable("IMAGE", "NODE", "SIZE", "CONTAINERS", "FROM", "UNUSED SINCE");
            for (JsonNode image : byName(all)) {
                String since = Listings.text(image, "unused_since");
                table.row(
                        name(image),
                        Listings.text(image, "node"),
                        Bytes.words(image.path("size_bytes").asDouble()),
                        image.path("containers").asInt() == 0
                                ? "-"
                                : image.path("containers").asText(),
                        from(image),
                        since.isEmpty() ? "-" : since);
            }
            List<String> lines = new ArrayList<>(all.path("images").isEmpty() ? List.of("no images") : table.lines());
            for (JsonNode node : all.path("nodes")) {
                long total = node.path("images").asLong();
                if (total > count(all, node)) {
                    lines.add(TextTable.shown(Listings.text(node, "node") + " has " + total + " images; "
                            + count(all, node) + " are shown"));
                }
            }
            addFailed(all, lines);
            addUnasked(all, lines);
            return lines;
        }

        private static void addFailed(JsonNode all, List<String> lines) {
            for (JsonNode node : all.path("nodes")) {
                for (JsonNode failed : node.path("kept_failed")) {
                    String exit = Listings.text(failed, "exit");
                    lines.add(TextTable.shown(Listings.text(node, "node") + " keeps the container "
                            + Listings.text(failed, "container") + " of " + Listings.text(failed, "deployment")
                            + " since it failed" + (exit.isEmpty() ? "" : ": " + exit)));
                }
            }
        }

        private static String from(JsonNode image) {
            String origin = Listings.text(image, "origin");
            return origin.equals("other") ? "-" : origin;
        }

        private static long count(JsonNode all, JsonNode node) {
            long count = 0;
            for (JsonNode image : all.path("images")) {
                count += Listings.text(image, "node").equals(Listings.text(node, "node")) ? 1 : 0;
            }
            return count;
        }
    }

    @Command(
            name = "prune",
            description = {
                "Has nodes let go of images that their agents fetched and nothing uses: no container, whosever, and",
                "nothing that is to run. What was there before, or that somebody else brought, stays."
            })
    static final class Prune extends Remote {
        @Option(
                names = "--node",
                paramLabel = "NODE",
                description = "On which; may be given more than once. None: on all that are not down.")
        private List<String> nodes = new ArrayList<>();

        @Option(
                names = "--pushed",
                description = "Also those that were pushed; no registry has them, so that they are gone for good.")
        private boolean pushed;

        @Option(names = "--dry-run", description = "Only say which would go.")
        private boolean dryRun;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            JsonNode all = knit.pruneImages(nodes, pushed, dryRun);
            printer.print(all, ImageVerbs::names, this::lines);
            return wereAsked(all, nodes);
        }

        private List<String> lines(JsonNode all) {
            TextTable table = new TextTable("IMAGE", "NODE", "SIZE", "", "");
            Set<String> where = new TreeSet<>();
            int count = 0;
            double bytes = 0;
            for (JsonNode image : byName(all)) {
                String state = Listings.text(image, "state");
                boolean goes = state.equals(REMOVED) || state.equals("unused");
                count += goes ? 1 : 0;
                bytes += goes ? image.path("size_bytes").asDouble() : 0;
                if (goes) {
                    where.add(Listings.text(image, "node"));
                }
                table.row(
                        name(image),
                        Listings.text(image, "node"),
                        Bytes.words(image.path("size_bytes").asDouble()),
                        state,
                        Listings.text(image, "reason"));
            }
            List<String> lines = new ArrayList<>(all.path("images").isEmpty() ? List.of() : table.lines());
            lines.add(
                    count == 0
                            ? "nothing that Knit brought is unused"
                            : (dryRun ? "would go: " : "removed: ") + count + (count == 1 ? " image" : " images")
                                    + " of " + Bytes.words(bytes) + " on "
                                    + (where.size() == 1 ? "1 node" : where.size() + " nodes")
                                    + ", with what others share of them");
            addUnasked(all, lines);
            return lines;
        }
    }

    /** It is a failure only of those that were named. */
    private static int wereAsked(JsonNode all, List<String> named) {
        for (JsonNode node : all.path("nodes")) {
            if (!Listings.text(node, "reason").isEmpty() && named.contains(Listings.text(node, "node"))) {
                return Exit.FAILED;
            }
        }
        return Exit.OK;
    }

    private static void addUnasked(JsonNode all, List<String> lines) {
        for (JsonNode node : all.path("nodes")) {
            String reason = Listings.text(node, "reason");
            if (!reason.isEmpty()) {
                lines.add(TextTable.shown(Listings.text(node, "node") + " was not asked: " + reason));
            }
        }
    }

    private static List<JsonNode> byName(JsonNode all) {
        List<JsonNode> images = new ArrayList<>();
        all.path("images").forEach(images::add);
        images.sort(Comparator.comparing(ImageVerbs::name).thenComparing(image -> Listings.text(image, "node")));
        return images;
    }

    private static List<String> names(JsonNode all) {
        return byName(all).stream().map(ImageVerbs::name).distinct().toList();
    }

    /** Its tags, else its digest's first digits. */
    private static String name(JsonNode image) {
        List<String> tags = new ArrayList<>();
        String digest = "";
        for (JsonNode each : image.path("names")) {
            String name = each.asText();
            if (name.contains("@")) {
                digest = name;
            } else {
                tags.add(name);
            }
        }
        if (!tags.isEmpty()) {
            return String.join(", ", tags);
        }
        return digest.isEmpty() ? shortened(Listings.text(image, "id")) : shortened(digest);
    }

    private static String shortened(String name) {
        int digits = name.indexOf(':', Math.max(0, name.indexOf('@'))) + 1;
        return name.substring(0, Math.min(name.length(), digits + 12));
    }
}
