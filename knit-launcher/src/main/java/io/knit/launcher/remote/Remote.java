package io.knit.launcher.remote;

import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.KnitClientException.Problem;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Format;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.Table;
import java.net.URI;
import java.util.Map;
import picocli.CommandLine.Option;

/** A command that asks a server. */
public abstract class Remote {
    static final String VARIABLE = "KNIT_SERVER";
    private static final String DEFAULT = "http://127.0.0.1:8080";

    @Option(
            names = {"-s", "--server"},
            paramLabel = "URL",
            description = "Where the server is. Default: " + VARIABLE + ", else " + DEFAULT + ".")
    private String server = "";

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
            return ask(client(given.isBlank() ? DEFAULT : given), printer, console);
        } catch (KnitClientException e) {
            for (Problem problem : e.problems()) {
                String where = problem.pointer().isEmpty() ? "" : problem.pointer() + ": ";
                console.complain(Table.shown(where + problem.detail()));
            }
            return Exit.of(e);
        } finally {
            console.out().flush();
        }
    }

    private static KnitClient client(String url) {
        try {
            return KnitClient.of(URI.create(url.contains("://") ? url : "http://" + url));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--server " + Table.shown(url) + " is no address; write one such as " + DEFAULT, e);
        }
    }

    abstract int ask(KnitClient knit, Printer printer, Console console);
}
