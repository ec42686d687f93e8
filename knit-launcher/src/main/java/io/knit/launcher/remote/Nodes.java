package io.knit.launcher.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.ChangeAnswer;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.typed.TypedTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What people wish of nodes. */
final class Nodes {
    private static final Duration LONGEST_DEADLINE = Duration.ofHours(720);

    private Nodes() {}

    /** A change of one node. */
    abstract static class OfOne extends ChangeCommand {
        @Parameters(paramLabel = "NODE", index = "0", description = "The node's id; knit nodes shows them.")
        private String node = "";

        @Override
        protected final int change(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            ChangeAnswer answer = send(knit, node, terms);
            return print(answer, node, done(answer.body()), printer, console);
        }

        abstract ChangeAnswer send(KnitClient knit, String node, ChangeTerms terms);

        @Override
        protected Set<String> without() {
            return REVISIONS;
        }

        @Override
        protected String more(String name) {
            return "knit ps shows what is on which node, and why";
        }

        /** What came of it, in words. */
        String done(JsonNode node) {
            return "is " + node.path("availability").asText();
        }
    }

    /** One that is done with its answer. */
    abstract static class AtOnce extends OfOne {
        @Override
        protected final Set<String> without() {
            return Set.of("--if-revision", "--wait", "--timeout");
        }
    }

    @Command(name = "drain", description = "Has a node take nothing new, and what it has go elsewhere.")
    static final class Drain extends OfOne {
        @Option(
                names = "--deadline",
                paramLabel = "TIME",
                description =
                        "What still runs there after that is stopped. Default: it runs on while it fits nowhere else.")
        private @Nullable String deadline;

        @Option(
                names = "--start-first",
                paramLabel = "true|false",
                arity = "0..1",
                fallbackValue = "true",
                description =
                        "Whether what runs there is stopped only once its successor is healthy, or before that starts. Default: as each deployment's update says.")
        private @Nullable Boolean startFirst;

        @Override
        ChangeAnswer send(KnitClient knit, String node, ChangeTerms terms) {
            Duration after = deadline == null ? null : TypedTimes.duration("--deadline", deadline, LONGEST_DEADLINE);
            return knit.drain(node, after, startFirst, terms);
        }
    }

    @Command(name = "pause", description = "Has a node take nothing new, and keep what it has.")
    static final class Pause extends AtOnce {
        @Override
        ChangeAnswer send(KnitClient knit, String node, ChangeTerms terms) {
            return knit.pauseNode(node, terms);
        }
    }

    @Command(name = "activate", description = "Has a node take work again.")
    static final class Activate extends OfOne {
        @Override
        ChangeAnswer send(KnitClient knit, String node, ChangeTerms terms) {
            return knit.activate(node, terms);
        }
    }

    @Command(name = "label", description = "Sets labels of a node, or takes them away.")
    static final class Label extends OfOne {
        @Parameters(
                paramLabel = "KEY=VALUE",
                index = "1..*",
                arity = "1..*",
                description = "A label; KEY- takes it away.")
        private final List<String> labels = new ArrayList<>();

        @Override
        ChangeAnswer send(KnitClient knit, String node, ChangeTerms terms) {
            Map<String, @Nullable String> wished = new LinkedHashMap<>();
            for (String label : labels) {
                int equals = label.indexOf('=');
                if (equals > 0) {
                    wished.put(label.substring(0, equals), label.substring(equals + 1));
                } else if (equals < 0 && label.length() > 1 && label.endsWith("-")) {
                    wished.put(label.substring(0, label.length() - 1), null);
                } else {
                    throw new IllegalArgumentException("a label is written KEY=VALUE, or KEY- to take it away");
                }
            }
            return knit.label(node, wished, terms);
        }

        @Override
        String done(JsonNode node) {
            return "has other labels";
        }
    }

    @Command(name = "rm", description = "Forgets a node that is down, and its agent's key.")
    static final class Forget extends AtOnce {
        @Override
        ChangeAnswer send(KnitClient knit, String node, ChangeTerms terms) {
            return knit.forgetNode(node, terms);
        }

        @Override
        String done(JsonNode node) {
            return "is forgotten";
        }
    }
}
