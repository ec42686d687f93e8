package io.knit.launcher.remote;

import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.KnitClientException.Problem;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.show.Format;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.Refused;
import java.net.URI;
import java.util.List;
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
                complain(where + problem.detail(), Exit.mend(e.kind()), console);
            }
            return Exit.of(e);
        } catch (Refused e) {
            complain(String.valueOf(e.getMessage()), "", console);
            return Exit.REFUSED;
        } finally {
            console.out().flush();
        }
    }

    /** As in {@link Faults#lines}. */
    protected static void complain(String words, String otherwise, Console console) {
        List<String> lines = Faults.lines(words, otherwise);
        console.complain(lines.get(0));
        lines.stream().skip(1).forEach(line -> console.err().println("      " + line));
        console.err().flush();
    }

    private static KnitClient client(String url) {
        try {
            return KnitClient.of(URI.create(url.contains("://") ? url : "http://" + url));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--server " + TextTable.shown(url) + " is no address; write one such as " + DEFAULT, e);
        }
    }

    /** Asks, prints, and gives the exit code. */
    protected abstract int ask(KnitClient knit, Printer printer, Console console);
}
