package io.knit.launcher.remote;

import io.knit.client.ChangeAnswer;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.PlanLines;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.WhyLines;
import io.knit.launcher.remote.typed.SpecFiles;
import java.util.List;
import java.util.Set;
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
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.simulate(SpecFiles.one(file, System.in)),
                    told -> List.of(),
                    told -> WhyLines.foretold(told, printer.terminal()));
            return Exit.OK;
        }
    }

    @Command(name = "rebalance", description = "Moves instances that would be better off on another node.")
    static final class Rebalance extends ChangeCommand {
        @Option(names = "--max-moves", paramLabel = "NUMBER", description = "So many at most. Default: 10.")
        private int mostMoves = 10;

        @Override
        protected int change(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            ChangeAnswer answer = knit.rebalance(mostMoves, terms);
            if (answer.body().path("steps").isArray()) {
                return print(answer, "rebalance", "", printer, console);
            }
            printer.print(answer.body(), moves -> List.of(), moves -> PlanLines.moves(moves, printer.terminal()));
            return unsettled(answer, "the rebalancing", console);
        }

        @Override
        protected String more(String name) {
            return "knit ps shows what is on which node, and why";
        }

        @Override
        protected Set<String> without() {
            return REVISIONS;
        }
    }
}
