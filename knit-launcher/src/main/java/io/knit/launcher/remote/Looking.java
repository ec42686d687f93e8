package io.knit.launcher.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.failed.FailedContainers;
import io.knit.launcher.remote.live.Watch;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.PlanLines;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.WhyLines;
import io.knit.launcher.remote.typed.TypedTimes;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looking at what is there. */
final class Looking {
    private Looking() {}

    @Command(name = "status", description = "Shows all deployments, or one with its instances.")
    static final class Status extends Remote {
        @Parameters(paramLabel = "NAME", arity = "0..1", description = "Which deployment. Default: all.")
        private @Nullable String name;

        @Option(names = "--watch", description = "Go on showing it as it changes, until Ctrl-C.")
        private boolean watch;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            if (watch) {
                Terminal terminal = printer.isForPeople() ? printer.terminal() : Terminal.NONE;
                Watch.show(
                        knit,
                        name,
                        () -> look(knit),
                        seen -> printer.oneOfSeveral(lines(seen, printer.anew())),
                        console.out(),
                        terminal);
            } else {
                lines(look(knit), printer).forEach(console.out()::println);
            }
            return Exit.OK;
        }

        private JsonNode look(KnitClient knit) {
            return name == null ? knit.deployments().path("deployments") : knit.deployment(name);
        }

        private List<String> lines(JsonNode seen, Printer printer) {
            Listings views = new Listings(printer);
            return name == null
                    ? printer.lines(seen, list -> Listings.names(list, "name"), views::deployments)
                    : printer.lines(seen, one -> List.of(Listings.text(one, "name")), views::deployment);
        }
    }

    @Command(name = "ps", description = "Shows instances, where they run, and what is the matter with them.")
    static final class Ps extends Remote {
        @Parameters(paramLabel = "NAME", arity = "0..1", description = "Of which deployment. Default: of all.")
        private @Nullable String name;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            Listings views = new Listings(printer);
            if (name == null) {
                JsonNode all = knit.deployments().path("deployments");
                printer.print(all, Ps::ids, views::instances);
            } else {
                JsonNode one = knit.deployment(name);
                printer.print(one, shown -> Ps.ids(List.of(shown)), shown -> views.instances(List.of(shown)));
            }
            return Exit.OK;
        }

        private static List<String> ids(Iterable<JsonNode> deployments) {
            List<String> ids = new java.util.ArrayList<>();
            deployments.forEach(one -> ids.addAll(Listings.names(one.path("instances"), "id")));
            return ids;
        }
    }

    /** A list, each of which has a name of its own. */
    abstract static class Listed extends Remote {
        private final String field;

        /** @param field that has the name */
        Listed(String field) {
            this.field = field;
        }

        @Override
        protected final int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(look(knit), list -> Listings.names(list, field), list -> lines(list, new Listings(printer)));
            return Exit.OK;
        }

        abstract JsonNode look(KnitClient knit);

        abstract List<String> lines(JsonNode list, Listings views);
    }

    @Command(name = "nodes", description = "Shows the hosts, and what is set aside of each.")
    static final class Nodes extends Listed {
        Nodes() {
            super("id");
        }

        @Override
        JsonNode look(KnitClient knit) {
            return knit.nodes().path("nodes");
        }

        @Override
        List<String> lines(JsonNode list, Listings views) {
            return views.nodes(list);
        }
    }

    @Command(name = "history", description = "Shows the revisions of a deployment, newest first.")
    static final class History extends Listed {
        @Parameters(paramLabel = "NAME", description = "The deployment.")
        private String name = "";

        History() {
            super("number");
        }

        @Override
        JsonNode look(KnitClient knit) {
            return knit.revisions(name).path("revisions");
        }

        @Override
        List<String> lines(JsonNode list, Listings views) {
            return views.revisions(list);
        }
    }

    @Command(name = "diff", description = "Shows where two revisions of a deployment differ.")
    static final class Diff extends Remote {
        @Parameters(paramLabel = "NAME", index = "0", description = "The deployment.")
        private String name = "";

        @Parameters(
                paramLabel = "FROM",
                index = "1",
                arity = "0..1",
                description = "A revision. Default: the one before the present one.")
        private @Nullable Long from;

        @Parameters(paramLabel = "TO", index = "2", arity = "0..1", description = "Another. Default: the present one.")
        private @Nullable Long to;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.diff(name, from, to),
                    diff -> Listings.names(diff.path("diff"), "field"),
                    diff -> PlanLines.diff(diff, printer.terminal()));
            return Exit.OK;
        }
    }

    @Command(name = "explain", description = "Says how a deployment, or an instance, came to be as it is.")
    static final class Explain extends Remote {
        @Parameters(paramLabel = "NAME", description = "A deployment, or the id of an instance.")
        private String name = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            JsonNode explained = explained(knit);
            if (explained instanceof ObjectNode one
                    && one.path("deployment").asText().equals(name)) {
                kept(knit, one);
            }
            printer.print(explained, one -> List.of(name), WhyLines::lines);
            return Exit.OK;
        }

        /** What nodes keep of it since it failed is asked of them where any may. */
        private void kept(KnitClient knit, ObjectNode explained) {
            if (!FailedContainers.areKept(knit, name)) {
                return;
            }
            for (FailedContainers.One each : FailedContainers.of(knit)) {
                if (each.deployment().equals(name)) {
                    explained
                            .withArray("kept_failed")
                            .addObject()
                            .put("node", each.node())
                            .put("container", each.container())
                            .put("words", each.words() + " failed and is kept; " + each.looking());
                }
            }
        }

        /** An instance's id could be a deployment's name; people mean that then. */
        private JsonNode explained(KnitClient knit) {
            try {
                return knit.explainDeployment(name);
            } catch (KnitClientException none) {
                if (none.kind() != KnitClientException.Kind.NOT_FOUND) {
                    throw none;
                }
                try {
                    return knit.explainInstance(name);
                } catch (KnitClientException neither) {
                    throw neither.kind() == KnitClientException.Kind.NOT_FOUND ? none : neither;
                }
            }
        }
    }

    @Command(name = "events", description = "Shows what happens, as it happens, until Ctrl-C.")
    static final class Events extends Remote {
        @Parameters(paramLabel = "NAME", arity = "0..1", description = "Of which deployment. Default: everything.")
        private @Nullable String name;

        @Option(
                names = "--since",
                paramLabel = "TIME",
                description = "From then on: a time such as 2026-11-26T12:00:00Z, or how long ago, such as 10m.")
        private @Nullable String since;

        /** It follows anyway, as docker's does, and whoever says so, as of logs, is not refused for it. */
        @Override
        protected void describe(CommandSpec spec) {
            spec.addOption(OptionSpec.builder("-f", "--follow")
                    .description("Go on with what happens from now on, as it does without it, too.")
                    .build());
        }

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            Instant from = since == null ? null : TypedTimes.since("--since", since, printer.now());
            knit.events(name, from, event -> printer.event(event));
            complain("the server ended the stream; begin again where it ended with --since", "", console);
            return Exit.UNREACHABLE;
        }
    }
}
