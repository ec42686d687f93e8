package io.knit.launcher.remote.home;

import io.knit.launcher.program.Console;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What has a shell know Knit's words. */
@Command(
        name = "completion",
        description = "Prints what has a shell complete Knit's words, and names by asking the server.")
public final class Completion implements Local {
    /** A shell that can be told. */
    enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(
            paramLabel = "SHELL",
            description = "bash: source <(knit completion bash); zsh: the same; fish: knit completion fish | source.")
    private Shell shell = Shell.BASH;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by the parser
    private CommandSpec spec;

    @Override
    public int run(Map<String, String> environment, Console console) {
        CommandSpec knit = spec.root();
        console.out().print(shell == Shell.FISH ? FishWords.of(knit) : BashWords.of(knit, shell == Shell.ZSH));
        return 0;
    }
}
