package io.knit.launcher.remote.home;

import io.knit.launcher.program.Console;
import io.knit.launcher.remote.home.Contexts.Context;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.show.Format;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Several clusters, by name. */
public final class ContextCommands {
    private ContextCommands() {}

    /** In the order in which help shows them. */
    public static List<Local> commands() {
        return List.of(new Add(), new Use(), new Show(), new Remove());
    }

    @Command(name = "add", description = "Keeps a cluster's server under a name, and uses it if it is the first.")
    static final class Add implements Local {
        @Parameters(paramLabel = "NAME", index = "0", description = "How it is called from now on.")
        private String name = "";

        @Parameters(paramLabel = "URL", index = "1", description = "Its server, such as https://knit.example:8080.")
        private String url = "";

        @Option(names = "--token-file", paramLabel = "FILE", description = "A file whose first line is the token.")
        private String tokenFile = "";

        @Option(
                names = "--ca-file",
                paramLabel = "FILE",
                description = "Certificates, in PEM, by one of which the server's is signed.")
        private String caFile = "";

        @Override
        public int run(Map<String, String> environment, Console console) {
            Contexts all = Contexts.read(environment);
            Map<String, Context> known = new LinkedHashMap<>(all.known());
            known.put(Contexts.requireName(name), new Context(address(url), absolute(tokenFile), absolute(caFile)));
            String current = all.current().isEmpty() ? name : all.current();
            new Contexts(current, known).write(environment);
            console.out().println(name + " is kept" + (current.equals(name) ? ", and used" : ""));
            return 0;
        }

        private static String address(String url) {
            String whole = url.contains("://") ? url : "http://" + url;
            try {
                URI address = URI.create(whole);
                if (address.getHost() != null
                        && String.valueOf(address.getScheme()).matches("https?")) {
                    return whole;
                }
            } catch (IllegalArgumentException e) {
                // said below
            }
            throw new IllegalArgumentException(
                    TextTable.shown(url) + " is no server's address; write one such as https://knit.example:8080");
        }

        /** The folder in which somebody typed it is another one tomorrow. */
        private static String absolute(String file) {
            return file.isEmpty()
                    ? ""
                    : Path.of(file).toAbsolutePath().normalize().toString();
        }
    }

    @Command(name = "use", description = "Has commands ask this one, unless they are told otherwise.")
    static final class Use implements Local {
        @Parameters(paramLabel = "NAME", description = "knit context list shows them.")
        private String name = "";

        @Override
        public int run(Map<String, String> environment, Console console) {
            Contexts all = Contexts.read(environment);
            Context one = all.kept(name);
            new Contexts(name, all.known()).write(environment);
            console.out().println(name + " is used: " + TextTable.shown(one.server()));
            return 0;
        }
    }

    @Command(name = "list", aliases = "ls", description = "Shows them; * stands at the one in use.")
    static final class Show implements Local {
        @Option(names = "--names", description = "Only their names, one a line.")
        private boolean names;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "table, wide, json, yaml or name. Default: table.")
        private Format format = Format.TABLE;

        @Override
        public int run(Map<String, String> environment, Console console) {
            Contexts all = Contexts.read(environment);
            Terminal terminal = console.ofProcess() ? Terminal.of(1, environment) : Terminal.NONE;
            new Printer(console.out(), names ? Format.NAME : format, terminal)
                    .print(all.tree(), tree -> List.copyOf(all.known().keySet()), tree -> lines(all, terminal));
            return 0;
        }

        private static List<String> lines(Contexts all, Terminal terminal) {
            if (all.known().isEmpty()) {
                return List.of("no contexts; knit context add NAME URL keeps one");
            }
            TextTable table = new TextTable("CONTEXT", "SERVER", "TOKEN FILE", "CA FILE");
            all.known()
                    .forEach((name, one) -> table.row(
                            name + (name.equals(all.current()) ? "*" : ""),
                            one.server(),
                            one.tokenFile().isEmpty() ? "-" : one.tokenFile(),
                            one.caFile().isEmpty() ? "-" : one.caFile()));
            return table.lines(terminal);
        }
    }

    @Command(name = "rm", description = "Forgets one; its server and its files are left as they are.")
    static final class Remove implements Local {
        @Parameters(paramLabel = "NAME", description = "knit context list shows them.")
        private String name = "";

        @Override
        public int run(Map<String, String> environment, Console console) {
            Contexts all = Contexts.read(environment);
            all.kept(name);
            Map<String, Context> known = new LinkedHashMap<>(all.known());
            known.remove(name);
            new Contexts(all.current().equals(name) ? "" : all.current(), known).write(environment);
            console.out().println(name + " is forgotten");
            return 0;
        }
    }
}
