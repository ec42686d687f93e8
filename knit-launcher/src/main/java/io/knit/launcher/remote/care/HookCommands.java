package io.knit.launcher.remote.care;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.HookLines;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knit webhook …}: where events are sent. */
public final class HookCommands {
    private HookCommands() {}

    /** In the order in which help shows them. */
    public static List<Remote> all() {
        return List.of(new Create(), new Show(), new Removal(), new Test());
    }

    @Command(
            name = "create",
            description = {
                "Send events to a URL from now on, signed, and print what they are signed with:",
                "this once, the server never shows it again."
            })
    static final class Create extends Remote {
        @Parameters(index = "0", paramLabel = "NAME", description = "What the webhook is called.")
        private String name = "";

        @Parameters(
                index = "1",
                paramLabel = "URL",
                description = "Where to. By https; by http to loopback and private addresses.")
        private String url = "";

        @Option(
                names = "--events",
                paramLabel = "PATTERN",
                split = ",",
                description = "Kinds of events, such as 'deployment.*,node.down'. Default: all.")
        private List<String> events = List.of();

        @Option(
                names = "--deployments",
                paramLabel = "PATTERN",
                split = ",",
                description = "Of events about deployments, those about these, such as 'web-*'. Default: all.")
        private List<String> deployments = List.of();

        @Option(names = "--allow-http", description = "Send by http though others may read it on the way.")
        private boolean allowHttp;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            ObjectNode wish =
                    JsonNodeFactory.instance.objectNode().put("name", name).put("url", url);
            if (!events.isEmpty()) {
                events.forEach(wish.putArray("events")::add);
            }
            if (!deployments.isEmpty()) {
                deployments.forEach(wish.putArray("deployments")::add);
            }
            if (allowHttp) {
                wish.put("allow_http", true);
            }
            JsonNode made = knit.createWebhook(wish);
            // alone, so that it can be written into a file or a variable
            printer.print(made, hook -> List.of(name), hook -> List.of(Listings.text(hook, "secret")));
            return Exit.OK;
        }
    }

    @Command(
            name = "list",
            aliases = "ls",
            description = "All webhooks, and how each gets on; not what their messages are signed with.")
    static final class Show extends Remote {
        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.webhooks(),
                    hooks -> Listings.names(hooks.path("webhooks"), "name"),
                    hooks -> HookLines.of(hooks.path("webhooks")));
            return Exit.OK;
        }
    }

    @Command(name = "rm", aliases = "remove", description = "Send nothing to a webhook any more, at once.")
    static final class Removal extends Remote {
        @Parameters(paramLabel = "NAME", description = "The webhook's name, as knit webhook list shows it.")
        private String name = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.removeWebhook(name),
                    hook -> List.of(name),
                    hook -> List.of(TextTable.shown(name + " is sent nothing any more")));
            return Exit.OK;
        }
    }

    @Command(
            name = "test",
            description = {
                "Send one message to a webhook, and say what its receiver answered.",
                "If it arrives, what waits is sent, too, and one that was disabled goes on."
            })
    static final class Test extends Remote {
        @Parameters(paramLabel = "NAME", description = "The webhook's name, as knit webhook list shows it.")
        private String name = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            JsonNode tried = knit.testWebhook(name);
            printer.print(tried, one -> List.of(name), one -> List.of(HookLines.tried(name, one)));
            return tried.path("delivered").asBoolean() ? Exit.OK : Exit.FAILED;
        }
    }
}
