package io.knit.launcher.remote;

import io.knit.client.Answer;
import io.knit.client.KnitClient;
import io.knit.client.Terms;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Explanations;
import io.knit.launcher.remote.show.Plans;
import io.knit.launcher.remote.show.Printer;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What would happen, and moving what would be better off elsewhere. */
final class WhatIf {
    private WhatIf() {}

    @Command(name = "simulate", description = "Says what would happen, from the cluster as it stands; does nothing.")
    static final class Simulate extends Remote {
        @Parameters(
                paramLabel = "FILE",
                description = "What happens, as POST /simulate takes it, in JSON or YAML; - is standard input.")
        private String file = "";

        @Override
        int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(knit.simulate(SpecFiles.one(file, System.in)), told -> List.of(), Explanations::foretold);
            return Exit.OK;
        }
    }

    @Command(name = "rebalance", description = "Moves instances that would be better off on another node.")
    static final class Rebalance extends Change {
        @Option(names = "--max-moves", paramLabel = "NUMBER", description = "So many at most. Default: 10.")
        private int mostMoves = 10;

        @Override
        int change(KnitClient knit, Terms terms, Printer printer, Console console) {
            Answer answer = knit.rebalance(mostMoves, terms);
            if (answer.body().path("steps").isArray()) {
                return print(answer, "rebalance", "", printer, console);
            }
            printer.print(answer.body(), moves -> List.of(), Plans::moves);
            return Exit.OK;
        }
    }
}
