package io.knit.launcher.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.Answer;
import io.knit.client.KnitClient;
import io.knit.client.Terms;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Plans;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.Table;
import io.knit.launcher.remote.show.Views;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** A command that changes something: rehearsed, only if, and waited for. */
abstract class Change extends Remote {
    private static final Duration USUAL = Duration.ofMinutes(5);
    private static final Duration MOST = Duration.ofMinutes(10);

    @Option(names = "--dry-run", description = "Do nothing; show what would be done.")
    private boolean dryRun;

    @Option(
            names = {"-w", "--wait"},
            description = "Wait until it has settled.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long to wait, at most 10m; waits also without --wait. Default: 5m.")
    private String timeout = "";

    @Option(names = "--if-revision", paramLabel = "NUMBER", description = "Only if the deployment has this revision.")
    private long revision = -1;

    private Terms terms() {
        Terms terms = dryRun ? Terms.none().rehearsed() : Terms.none();
        terms = revision < 0 ? terms : terms.onlyIf(revision);
        boolean waits = wait || !timeout.isEmpty();
        return dryRun || !waits
                ? terms
                : terms.waiting(timeout.isEmpty() ? USUAL : Times.duration("--timeout", timeout, MOST));
    }

    @Override
    final int ask(KnitClient knit, Printer printer, Console console) {
        return change(knit, terms(), printer, console);
    }

    /** Sends what is to be done, once or for each of its names, and prints each answer by {@link #print}. */
    abstract int change(KnitClient knit, Terms terms, Printer printer, Console console);

    /**
     * Prints what came of a change.
     *
     * @param done in words
     */
    final int print(Answer answer, String name, String done, Printer printer, Console console) {
        JsonNode body = answer.body();
        if (body.path("steps").isArray()) {
            printer.print(body, plan -> List.of(name), Plans::lines);
            return Exit.OK;
        }
        printer.print(body, deployment -> List.of(name), deployment -> List.of(Table.shown(words(answer, name, done))));
        if (!answer.unsettled().isEmpty()) {
            console.complain(Table.shown(name + " has not settled: " + answer.unsettled()));
        }
        return Exit.of(answer);
    }

    private static String words(Answer answer, String name, String done) {
        JsonNode body = answer.body();
        String status = Views.text(body, "status");
        return name + " " + done
                + (body.has("revision") ? ", revision " + Views.text(body, "revision") : "")
                + (status.isEmpty() ? "" : ": " + status);
    }
}
