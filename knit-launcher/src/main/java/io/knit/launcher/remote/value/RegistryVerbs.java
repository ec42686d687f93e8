package io.knit.launcher.remote.value;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.Refused;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knit registry …}: as whom nodes pull images. */
public final class RegistryVerbs {
    private RegistryVerbs() {}

    /** In the order in which help shows them. */
    public static List<Remote> all() {
        return List.of(new Login(), new One(), new Show(), new Removal());
    }

    @Command(
            name = "set",
            description = {
                "Have nodes log in to a registry from their next pull on. The password or token comes",
                "from standard input or a file: never from the command line, which others on the host see."
            })
    static final class Login extends Remote {
        @Parameters(
                paramLabel = "HOST",
                description = "As images begin with it, registry.example:5000; docker.io for those that name none.")
        private String host = "";

        @Option(
                names = {"-u", "--username"},
                required = true,
                paramLabel = "NAME",
                description = "As whom.")
        private String username = "";

        @Option(
                names = "--from-file",
                paramLabel = "FILE",
                description =
                        "Read the password from a file, without the line break at its end. Default: standard input.")
        private String file = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            byte[] bytes = GivenValue.line(GivenValue.read(file, System.in));
            if (bytes.length == 0) {
                throw new Refused("the password is empty; give it on standard input or by --from-file");
            }
            printer.print(
                    knit.setRegistry(
                            host,
                            username,
                            GivenValue.text(bytes, file, "give the password in UTF-8, as the registry takes it")),
                    one -> List.of(Listings.text(one, "host")),
                    one -> List.of(TextTable.shown("nodes log in to " + Listings.text(one, "host") + " as "
                            + Listings.text(one, "username") + " when they pull next")));
            return Exit.OK;
        }
    }

    @Command(name = "get", description = "Show one of them, and as whom; not the password.")
    static final class One extends Remote {
        @Parameters(paramLabel = "HOST", description = "Which.")
        private String host = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(knit.registry(host), one -> List.of(host), one -> Show.lines(List.of(one)));
            return Exit.OK;
        }
    }

    @Command(name = "list", aliases = "ls", description = "All of them, and as whom; not the passwords.")
    static final class Show extends Remote {
        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.registries(),
                    all -> Listings.names(all.path("registries"), "host"),
                    all -> all(all.path("registries")));
            return Exit.OK;
        }

        private static List<String> all(JsonNode list) {
            return list.isEmpty()
                    ? List.of("no registries; images are pulled without a login unless their deployments say one")
                    : lines(list);
        }

        static List<String> lines(Iterable<JsonNode> list) {
            TextTable table = new TextTable("HOST", "USERNAME", "VERSION", "CHANGED", "BY");
            for (JsonNode one : list) {
                table.row(
                        Listings.text(one, "host"),
                        Listings.text(one, "username"),
                        one.path("version").asInt(),
                        Listings.text(one, "changed_at"),
                        Listings.text(one, "changed_by"));
            }
            return table.lines();
        }
    }

    @Command(name = "rm", aliases = "remove", description = "Have nodes log in to a registry no more.")
    static final class Removal extends Remote {
        @Parameters(paramLabel = "HOST", description = "Which.")
        private String host = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.removeRegistry(host),
                    one -> List.of(host),
                    one -> List.of(TextTable.shown("nodes do not log in to " + host + " any more")));
            return Exit.OK;
        }
    }
}
