package io.knit.launcher.remote.inside;

import io.knit.client.KnitClient;
import io.knit.client.RemoteShell;
import io.knit.client.ShellTerms;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.typed.CommandWords;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command in an instance. */
@Command(
        name = "exec",
        description = {
            "Runs a command in an instance's container, and ends with its exit code.",
            "Options of the command itself come after it: knit exec web ls -l. A shell to talk to: knit exec -it web sh."
        })
final class Exec extends Remote {
    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "An instance's id, or a deployment: the first of its instances that runs.")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "The program and its arguments.")
    private List<String> command = List.of();

    @Option(
            names = "--part",
            paramLabel = "PART",
            description = "In which sidecar, by its name. Default: in the main container.")
    private @Nullable String part;

    @Option(
            names = {"-i", "--stdin"},
            description = "Give it what this command reads.")
    private boolean input;

    @Option(
            names = {"-t", "--tty"},
            description = "Give it a terminal, as large as this one.")
    private boolean terminal;

    /** What stands after the command is the command's. */
    @Override
    protected void describe(CommandSpec spec) {
        spec.parser().stopAtPositional(true);
    }

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        boolean talks = talks(terminal, input, console);
        Talk talk = new Talk(console, variables(), talks, input);
        ShellTerms terms = talk.terms(terminal(1, console)).inside(part);
        String instance = Target.instance(knit, name);
        try (RemoteShell shell = knit.exec(instance, CommandWords.of(command), terms, talk)) {
            return talk.until(shell);
        }
    }
}
