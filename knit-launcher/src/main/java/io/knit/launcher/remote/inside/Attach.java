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
            "Ends with its exit code. What it wrote before, knit logs shows."
        })
final class Attach extends Remote {
    @Parameters(
            paramLabel = "NAME",
            description = "An instance's id, or a deployment: the first of its instances that runs.")
    private String name = "";

    @Option(
            names = {"-i", "--stdin"},
            description = "Give it what this command reads; for a container whose input is kept open.")
    private boolean input;

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        ShellTerms terms = input ? ShellTerms.plain().withInput() : ShellTerms.plain();
        Talk talk = new Talk(console, variables(), false, input);
        try (RemoteShell shell = knit.attach(Target.instance(knit, name), terms, talk)) {
            return talk.until(shell);
        }
    }
}
