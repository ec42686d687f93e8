package io.knit.launcher.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.ChangeAnswer;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.live.ChangeProgress;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.PlanLines;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.TypedTimes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** A command that changes something: rehearsed, only if, and waited for. */
public abstract class ChangeCommand extends Remote {
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

    @Option(
            names = "--if-revision",
            paramLabel = "NUMBER",
            description = "Only if the deployment has this revision; 0: only if there is none.")
    private long revision = -1;

    /** Its options of these names are none of a change that can't be waited for, or of what has no revisions: the server takes neither there. */
    protected static final Set<String> WAITS = Set.of("--wait", "--timeout");

    protected static final Set<String> REVISIONS = Set.of("--if-revision");

    /** The options that it has not. */
    protected Set<String> without() {
        return Set.of();
    }

    @Override
    protected void describe(CommandSpec spec) {
        without().forEach(option -> spec.remove(spec.findOption(option)));
    }

    private ChangeTerms terms() {
        ChangeTerms terms = dryRun ? ChangeTerms.none().rehearsed() : ChangeTerms.none();
        terms = revision < 0 ? terms : terms.onlyIf(revision);
        boolean waits = wait || !timeout.isEmpty();
        return dryRun || !waits
                ? terms
                : terms.waiting(timeout.isEmpty() ? USUAL : TypedTimes.duration("--timeout", timeout, MOST));
    }

    @Override
    protected final int ask(KnitClient knit, Printer printer, Console console) {
        return change(knit, terms(), printer, console);
    }

    /** Sends what is to be done, once or for each of its names, and prints each answer by {@link #print}. */
    protected abstract int change(KnitClient knit, ChangeTerms terms, Printer printer, Console console);

    /** Makes a change of one deployment; where it is waited for, shows meanwhile what happens. */
    protected final ChangeAnswer send(
            KnitClient knit, String name, ChangeTerms terms, Console console, Supplier<ChangeAnswer> change) {
        return terms.dryRun() || terms.patience() == null
                ? change.get()
                : ChangeProgress.during(knit, name, console.err(), terminal(2, console), change);
    }

    /**
     * Prints what came of a change.
     *
     * @param done in words
     */
    protected final int print(ChangeAnswer answer, String name, String done, Printer printer, Console console) {
        JsonNode body = answer.body();
        if (body.path("steps").isArray()) {
            printer.print(body, plan -> List.of(name), plan -> PlanLines.lines(plan, printer.terminal()));
            return Exit.OK;
        }
        printer.print(
                body, deployment -> List.of(name), deployment -> List.of(TextTable.shown(words(answer, name, done))));
        return unsettled(answer, name, console);
    }

    /** Says why it has not settled, if it has not; gives the exit code. */
    protected final int unsettled(ChangeAnswer answer, String name, Console console) {
        if (!answer.unsettled().isEmpty()) {
            console.complain(TextTable.shown(name + " has not settled: " + answer.unsettled()));
            console.err().println("      " + TextTable.shown(more(name)) + "; the change stands");
            console.err().flush();
        }
        return Exit.of(answer);
    }

    /** Where there is more of why it has not settled. */
    protected String more(String name) {
        return "knit explain " + name + " says more";
    }

    /** What is to be said of it besides; empty: nothing. */
    protected String remark(JsonNode deployment) {
        return "";
    }

    private String words(ChangeAnswer answer, String name, String done) {
        JsonNode body = answer.body();
        String status = Listings.text(body, "status");
        return name + " " + done
                + (body.has("revision") ? ", revision " + Listings.text(body, "revision") : "")
                + (status.isEmpty() ? "" : ": " + status)
                + (remark(body).isEmpty() ? "" : "; " + remark(body));
    }
}
