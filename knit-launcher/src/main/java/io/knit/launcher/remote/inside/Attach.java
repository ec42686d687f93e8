package io.knit.launcher.remote.inside;

import io.knit.client.KnitClient;
import io.knit.client.RemoteShell;
import io.knit.client.ShellTerms;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Printer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An instance's own process. */
@Command(
        name = "attach",
        description = {
            "Shows what an instance's own process writes from now on, until it ends or Ctrl-C, which leaves it running.",
            "Ends with its exit code. What it wrote before, knit logs shows.",
            "With stdin: true in its spec, -i gives it what is typed; with tty: true as well, -it a terminal."
        })
final class Attach extends Remote {
    @Parameters(
            paramLabel = "NAME",
            description = "An instance's id, or a deployment: the first of its instances that runs.")
    private String name = "";

    @Option(
            names = {"-i", "--stdin"},
            description = "Give it what this command reads.")
    private boolean input;

    @Option(
            names = {"-t", "--tty"},
            description = "Have its terminal be as large as this one, and give it every key.")
    private boolean terminal;

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        boolean talks = talks(terminal, input, console);
        Talk talk = new Talk(console, variables(), talks, input);
        ShellTerms terms = talk.terms(terminal(1, console));
        try (RemoteShell shell = knit.attach(Target.instance(knit, name), terms, talk)) {
            return talk.until(shell);
        }
    }
}
