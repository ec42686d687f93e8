package io.knit.launcher.remote;

import io.knit.client.KnitClient;
import io.knit.client.KnitClientBuilder;
import io.knit.client.KnitClientException;
import io.knit.client.KnitClientException.Problem;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Format;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.ShownToken;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** A command that asks a server. */
public abstract class Remote {
    static final String VARIABLE = "KNIT_SERVER";
    private static final String DEFAULT = "http://127.0.0.1:8080";
    private static final Set<String> REFUSED = Set.of("unauthenticated", "forbidden", "too_many_requests");

    @Option(
            names = {"-s", "--server"},
            paramLabel = "URL",
            description = "Where the server is. Default: " + VARIABLE + ", else " + DEFAULT + ".")
    private String server = "";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "A file whose first line is the token to show. Default: KNIT_TOKEN_FILE, else the token KNIT_TOKEN.")
    private String tokenFile = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, wide, json, yaml or name. Default: table.")
    private Format format = Format.TABLE;

    /**
     * Does what the words say.
     *
     * @return the exit code
     * @throws IllegalArgumentException if the words are wrong
     */
    public final int run(Map<String, String> environment, Console console) {
        Printer printer = new Printer(console.out(), format);
        String given = server.isBlank() ? environment.getOrDefault(VARIABLE, "") : server;
        try {
            return ask(client(given.isBlank() ? DEFAULT : given, environment), printer, console);
        } catch (KnitClientException e) {
            e.problems().forEach(problem -> tell(problem, console));
            return Exit.of(e);
        } finally {
            console.out().flush();
        }
    }

    /** Who is refused reads what was, and on a line of its own what to do. */
    private static void tell(Problem problem, Console console) {
        String where = problem.pointer().isEmpty() ? "" : problem.pointer() + ": ";
        String[] words =
                REFUSED.contains(problem.code()) ? problem.detail().split("; ", 2) : new String[] {problem.detail()};
        console.complain(TextTable.shown(where + words[0]));
        if (words.length > 1) {
            console.err().println(TextTable.shown(words[1]));
            console.err().flush();
        }
    }

    private KnitClient client(String url, Map<String, String> environment) {
        KnitClientBuilder builder = builder(url);
        ShownToken.of(tokenFile, environment).ifPresent(builder::token);
        return builder.build();
    }

    private static KnitClientBuilder builder(String url) {
        try {
            KnitClientBuilder builder = KnitClient.builder(URI.create(url.contains("://") ? url : "http://" + url));
            builder.build();
            return builder;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--server " + TextTable.shown(url) + " is no address; write one such as " + DEFAULT, e);
        }
    }

    abstract int ask(KnitClient knit, Printer printer, Console console);
}
