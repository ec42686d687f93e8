package io.knit.launcher.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.LogTerms;
import io.knit.launcher.output.Unwritten;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.LogLines;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.typed.TypedTimes;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What programs wrote. */
@Command(name = "logs", description = "Shows what an instance wrote, or all instances of a deployment.")
final class Logs extends Remote {
    private static final int MOST = 9_999_999;

    @Parameters(paramLabel = "NAME", description = "A deployment, or the id of an instance.")
    private String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is written from now on, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--part",
            paramLabel = "PART",
            description = "Of which sidecar or init container, by its name. Default: of the main container.")
    private @Nullable String part;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "LINES",
            description = "The last so many lines of each instance, or all. Default: all.")
    private String tail = "all";

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "From then on: a time such as 2026-11-26T12:00:00Z, or how long ago, such as 10m.")
    private @Nullable String since;

    @Option(
            names = {"-t", "--timestamps"},
            description = "Begin each line with its time.")
    private boolean timestamps;

    @Option(names = "--raw", description = "Leave control characters in the lines, such as those for colours.")
    private boolean raw;

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        LogTerms terms = new LogTerms(
                follow, lines(), since == null ? null : TypedTimes.since("--since", since, printer.now()), part);
        Consumer<JsonNode> whole = printer.isWhole() ? printer::event : null;
        AtomicBoolean missed = new AtomicBoolean();
        read(knit, terms, named -> {
            LogLines lines = new LogLines(console.out(), console.err(), named, timestamps, raw, whole);
            return line -> {
                lines.show(line);
                // one of several instances could not be read
                missed.compareAndSet(false, line.path("event").asText().equals("note"));
                Unwritten.require(console.out());
            };
        });
        return missed.get() ? Exit.FAILED : Exit.OK;
    }

    /** An instance's id could be a deployment's name; people mean that then. */
    private void read(KnitClient knit, LogTerms terms, Function<Boolean, Consumer<JsonNode>> lines) {
        try {
            knit.deploymentLogs(name, terms, lines.apply(true));
        } catch (KnitClientException none) {
            if (none.kind() != KnitClientException.Kind.NOT_FOUND) {
                throw none;
            }
            try {
                knit.instanceLogs(name, terms, lines.apply(false));
            } catch (KnitClientException neither) {
                throw isUnknown(neither) ? none : neither;
            }
        }
    }

    private static boolean isUnknown(KnitClientException failure) {
        return failure.kind() == KnitClientException.Kind.NOT_FOUND
                && String.valueOf(failure.getMessage()).startsWith("there is no instance");
    }

    private @Nullable Integer lines() {
        if (tail.equals("all")) {
            return null;
        }
        try {
            int number = Integer.parseInt(tail);
            if (number >= 0 && number <= MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("--tail must be a number of lines from 0 to " + MOST + ", or all");
    }
}
