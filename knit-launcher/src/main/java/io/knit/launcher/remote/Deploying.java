package io.knit.launcher.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.Terms;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Printer;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Deploying and taking away. */
final class Deploying {
    private Deploying() {}

    @Command(name = "deploy", description = "Deploys what files say, or makes new revisions of it.")
    static final class Deploy extends Change {
        @Parameters(
                paramLabel = "FILE",
                arity = "1..*",
                description =
                        "JSON or YAML, several documents in one too; a folder with such files; - is standard input.")
        private final List<String> files = new ArrayList<>();

        @Override
        int change(KnitClient knit, Terms terms, Printer printer, Console console) {
            return all(files, knit, terms, this, printer, console);
        }
    }

    @Command(name = "plan", description = "Shows what deploy would do, and does nothing.")
    static final class Plan extends Change {
        @Parameters(paramLabel = "FILE", arity = "1..*", description = "As deploy takes them.")
        private final List<String> files = new ArrayList<>();

        @Override
        int change(KnitClient knit, Terms terms, Printer printer, Console console) {
            return all(files, knit, terms.rehearsed(), this, printer, console);
        }
    }

    /** All files are read before the first is sent. */
    private static int all(
            List<String> files, KnitClient knit, Terms terms, Change command, Printer printer, Console console) {
        int worst = Exit.OK;
        for (JsonNode spec : SpecFiles.read(files, System.in)) {
            String name = spec.path("name").asText("?");
            worst = Math.max(worst, command.print(knit.deploy(spec, terms), name, "deployed", printer, console));
        }
        return worst;
    }

    @Command(name = "undeploy", description = "Stops deployments, and forgets them.")
    static final class Undeploy extends Change {
        @Parameters(paramLabel = "NAME", arity = "1..*", description = "Deployments.")
        private final List<String> names = new ArrayList<>();

        @Override
        int change(KnitClient knit, Terms terms, Printer printer, Console console) {
            int worst = Exit.OK;
            for (String name : names) {
                worst = Math.max(worst, print(knit.undeploy(name, terms), name, "is taken away", printer, console));
            }
            return worst;
        }
    }
}
