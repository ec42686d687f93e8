package io.knit.launcher.remote;

import io.knit.client.KnitClient;
import io.knit.client.KnitClientBuilder;
import io.knit.client.KnitClientException;
import io.knit.client.KnitClientException.Problem;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.home.Contexts;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.show.Format;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.Refused;
import io.knit.launcher.remote.typed.ShownToken;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** A command that asks a server. */
public abstract class Remote {
    static final String VARIABLE = "KNIT_SERVER";
    private static final String DEFAULT = "http://127.0.0.1:8080";
    /** In help, after what is the command's own. */
    private static final int LAST = 1000;

    @Option(
            names = {"-s", "--server"},
            order = LAST,
            paramLabel = "URL",
            description =
                    "Where the server is. Default: " + VARIABLE + ", else that of the context, else " + DEFAULT + ".")
    private String server = "";

    @Option(
            names = "--context",
            order = LAST,
            paramLabel = "NAME",
            description = "Which of the clusters that knit context keeps. Default: KNIT_CONTEXT, else the one in use.")
    private String context = "";

    @Option(
            names = "--token-file",
            order = LAST,
            paramLabel = "FILE",
            description =
                    "A file whose first line is the token to show. Default: KNIT_TOKEN_FILE, else the token KNIT_TOKEN.")
    private String tokenFile = "";

    @Option(
            names = "--ca-file",
            order = LAST,
            paramLabel = "FILE",
            description =
                    "PEM file with the authority to trust over https. Default: KNIT_CA, else this JVM's authorities.")
    private String caFile = "";

    @Option(
            names = "--cert-file",
            order = LAST,
            paramLabel = "FILE",
            description = "PEM file with the certificate to show, with --key-file. Default: KNIT_CERT.")
    private String certFile = "";

    @Option(
            names = "--key-file",
            order = LAST,
            paramLabel = "FILE",
            description = "PEM file (PKCS#8) with the key to --cert-file. Default: KNIT_KEY.")
    private String keyFile = "";

    @Option(
            names = {"-o", "--output"},
            order = LAST - 1,
            paramLabel = "FORMAT",
            description = "table, wide, json, yaml or name. Default: table.")
    private Format format = Format.TABLE;

    private Map<String, String> environment = Map.of();

    /**
     * Does what the words say.
     *
     * @return the exit code
     * @throws IllegalArgumentException if the words are wrong
     */
    public final int run(Map<String, String> environment, Console console) {
        this.environment = asksNobody() ? environment : Contexts.in(environment, context, !server.isBlank());
        Printer printer = new Printer(console.out(), format, terminal(1, console));
        String given = server.isBlank() ? this.environment.getOrDefault(VARIABLE, "") : server;
        try {
            // a token or an authority that can't be read is nothing to who needs none
            KnitClient knit = asksNobody()
                    ? builder(DEFAULT).build()
                    : client(given.isBlank() ? DEFAULT : given, this.environment);
            return ask(knit, printer, console);
        } catch (KnitClientException e) {
            for (Problem problem : e.problems()) {
                String where = problem.pointer().isEmpty() ? "" : problem.pointer() + ": ";
                complain(where + problem.detail(), Exit.mend(e.kind()), console);
            }
            return Exit.of(e);
        } catch (Refused e) {
            complain(String.valueOf(e.getMessage()), "", console);
            return Exit.of(e);
        } finally {
            console.out().flush();
        }
    }

    /** As in {@link Faults#lines}. */
    public static void complain(String words, String otherwise, Console console) {
        List<String> lines = Faults.lines(words, otherwise);
        console.complain(lines.get(0));
        lines.stream().skip(1).forEach(line -> console.err().println("      " + line));
        console.err().flush();
    }

    /** The environment's variables, and those of the context that counts. */
    protected final Map<String, String> variables() {
        return environment;
    }

    /** What one of the process's streams goes to: 1 what was asked for, 2 what is said beside it. */
    protected final Terminal terminal(int descriptor, Console console) {
        return console.ofProcess() ? Terminal.of(descriptor, environment) : Terminal.NONE;
    }

    /** Whether somebody sits at one of the process's streams: 0 what is typed, 1 what was asked for. */
    protected final boolean isTerminal(int descriptor, Console console) {
        return console.ofProcess() && Terminal.isAt(descriptor);
    }

    /** Whether what is asked to have a terminal can: one shows what is typed, and has no end, and is nothing for what is piped in. */
    protected final boolean talks(boolean terminal, boolean input, Console console) {
        boolean talks = terminal && (!input || isTerminal(0, console));
        if (terminal && !talks) {
            console.err().println("-t is passed over: what is read here is no terminal");
            console.err().flush();
        }
        return talks;
    }

    private KnitClient client(String url, Map<String, String> environment) {
        KnitClientBuilder builder = builder(url);
        ShownToken.of(tokenFile, environment).ifPresent(builder::token);
        String ca = either(caFile, environment, "KNIT_CA");
        if (!ca.isEmpty()) {
            builder.trusting(Path.of(ca));
        }
        String certificate = either(certFile, environment, "KNIT_CERT");
        String key = either(keyFile, environment, "KNIT_KEY");
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new IllegalArgumentException("--cert-file and --key-file go together; give both, or neither");
        }
        if (!certificate.isEmpty()) {
            builder.showing(Path.of(certificate), Path.of(key));
        }
        return builder.build();
    }

    private static String either(String typed, Map<String, String> environment, String variable) {
        return typed.isBlank() ? environment.getOrDefault(variable, "").strip() : typed;
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

    /** Says of itself what its annotations do not: one class may be several words. */
    protected void describe(CommandSpec spec) {}

    /** Whether no server is asked, by the words that were typed. */
    protected boolean asksNobody() {
        return false;
    }

    /** What its exit codes mean, as the footer of its help. */
    protected String ends() {
        return Exit.WORDS;
    }

    /** Asks, prints, and gives the exit code. */
    protected abstract int ask(KnitClient knit, Printer printer, Console console);
}
