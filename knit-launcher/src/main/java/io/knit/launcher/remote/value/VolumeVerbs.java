package io.knit.launcher.remote.value;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knit volume …}: what is in slots' volumes, and where. */
public final class VolumeVerbs {
    private VolumeVerbs() {}

    /** In the order in which help shows them. */
    public static List<Remote> all() {
        return List.of(
                new Show(),
                new One(),
                new Removal(),
                new VolumeCopies.Snapshot(),
                new VolumeCopies.Restore(),
                new VolumeMove());
    }

    /** {@code db/0/data}, as it is told apart from others. */
    private static String name(JsonNode volume) {
        return Listings.text(volume, "deployment") + "/" + Listings.text(volume, "slot") + "/"
                + Listings.text(volume, "name");
    }

    @Command(
            name = "list",
            aliases = "ls",
            description = "All of them, also of deployments that are gone, and where what is in them is.")
    static final class Show extends Remote {
        @Option(names = "--deployment", paramLabel = "NAME", description = "Only this deployment's.")
        private @Nullable String deployment;

        @Option(names = "--node", paramLabel = "NODE", description = "Only those on this node.")
        private @Nullable String node;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            JsonNode all = knit.volumes(deployment, node);
            printer.print(all, list -> names(list.path("volumes")), list -> all(list.path("volumes")));
            return Exit.OK;
        }

        private static List<String> names(JsonNode list) {
            List<String> names = new ArrayList<>();
            list.forEach(one -> names.add(name(one)));
            return names;
        }

        private static List<String> all(JsonNode list) {
            return list.isEmpty()
                    ? List.of("no volumes; what \"volumes\" of a deployment names is made when it is first placed")
                    : lines(list);
        }

        static List<String> lines(Iterable<JsonNode> list) {
            TextTable table = new TextTable("DEPLOYMENT", "SLOT", "NAME", "NODE", "SINCE", "USED BY", "");
            for (JsonNode one : list) {
                String awaits = Listings.text(one, "awaits");
                String away = away(one);
                table.row(
                        Listings.text(one, "deployment"),
                        Listings.text(one, "slot"),
                        Listings.text(one, "name"),
                        Listings.text(one, "node"),
                        Listings.text(one, "since"),
                        one.path("used").asBoolean() ? Listings.text(one, "used_by") : "-",
                        awaits.isEmpty() ? away : "is to go: " + awaits);
            }
            return table.lines();
        }

        /** What else is to be said of one. */
        private static String away(JsonNode one) {
            if (one.has("move")) {
                JsonNode move = one.get("move");
                return "moves from " + Listings.text(move, "from") + " to " + Listings.text(move, "to") + ": "
                        + Listings.text(move, "phase");
            }
            String away = Listings.text(one, "away");
            return away.isEmpty() && one.has("moved_to")
                    ? "old copy, moved to " + Listings.text(one, "moved_to")
                    : away;
        }
    }

    @Command(name = "get", description = "Shows one of them: where it is, since when, and which instance has it.")
    static final class One extends Remote {
        @Parameters(index = "0", paramLabel = "DEPLOYMENT", description = "Whose it is, also if that is gone.")
        private String deployment = "";

        @Parameters(index = "1", paramLabel = "SLOT", description = "Its slot; of one on each node, the node.")
        private String slot = "";

        @Parameters(index = "2", paramLabel = "NAME", description = "Its name in the deployment's volumes.")
        private String name = "";

        @Option(names = "--node", paramLabel = "NODE", description = "Where, if it is on several nodes.")
        private @Nullable String node;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.volume(deployment, slot, name, node),
                    one -> List.of(name(one)),
                    one -> Show.lines(List.of(one)));
            return Exit.OK;
        }
    }

    @Command(
            name = "rm",
            aliases = "remove",
            description = {
                "Have one removed, with what is in it, by the node where it is. Refused while an instance",
                "that is wanted has it."
            })
    static final class Removal extends Remote {
        @Parameters(index = "0", paramLabel = "DEPLOYMENT", description = "Whose it is, also if that is gone.")
        private String deployment = "";

        @Parameters(index = "1", paramLabel = "SLOT", description = "Its slot; of one on each node, the node.")
        private String slot = "";

        @Parameters(index = "2", paramLabel = "NAME", description = "Its name in the deployment's volumes.")
        private String name = "";

        @Option(names = "--node", paramLabel = "NODE", description = "Where, if it is on several nodes.")
        private @Nullable String node;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.removeVolume(deployment, slot, name, node),
                    one -> List.of(name(one)),
                    one -> List.of(TextTable.shown("the volume " + name(one) + " on " + Listings.text(one, "node")
                            + " is to go: " + Listings.text(one, "awaits"))));
            return Exit.OK;
        }
    }
}
