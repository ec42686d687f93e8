package io.knit.launcher.remote.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.ChangeCommand;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.typed.SetOption;
import io.knit.launcher.remote.typed.SpecFiles;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deploying and taking away. */
public final class Deploying {
    private Deploying() {}

    /** In the order in which help shows them. */
    public static List<Remote> commands() {
        return List.of(new Deploy(), new Plan(), new Undeploy(), new Render());
    }

    /** What files say, and how they belong together. */
    abstract static class OfFiles extends ChangeCommand {
        @Parameters(
                paramLabel = "FILE",
                arity = "1..*",
                description =
                        "JSON or YAML, several documents in one too; a folder with such files; - is standard input.")
        private final List<String> files = new ArrayList<>();

        @Option(
                names = "--set",
                paramLabel = "PATH=VALUE",
                description =
                        "Puts a value into the spec, such as image=nginx:1.27, env.LOG=debug or ports[0].host_port=8080.")
        private final List<String> values = new ArrayList<>();

        @Option(
                names = "--stack",
                paramLabel = "NAME",
                description = "They belong together under this name; --prune goes by it.")
        private String stack = "";

        @Option(
                names = "--prune",
                description = "Takes away what is of the same stack and is in none of the files any more.")
        private boolean prune;

        /** All files are read before the first is sent. */
        final int all(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            List<ObjectNode> specs = SpecFiles.read(files, System.in);
            if (!values.isEmpty() && specs.size() > 1) {
                throw new IllegalArgumentException("there are " + specs.size()
                        + " documents, and --set is for one; give one file, or write it into the files");
            }
            specs.forEach(spec -> SetOption.put(values, spec));
            Stack together = stack.isEmpty() && !prune ? null : Stack.of(stack, specs);
            if (together != null) {
                together.requireOwn(knit);
            }
            int worst = Exit.OK;
            for (ObjectNode spec : specs) {
                String name = spec.path("name").asText("?");
                worst = Math.max(
                        worst,
                        print(
                                send(knit, name, terms, console, () -> knit.deploy(spec, terms)),
                                name,
                                "deployed",
                                printer,
                                console));
            }
            if (together == null || !prune) {
                return worst;
            }
            if (worst != Exit.OK) {
                complain(
                        "nothing is taken away of the stack " + together.name()
                                + ", for not all has settled; mend that and deploy again",
                        "",
                        console);
                return worst;
            }
            for (JsonNode left : together.leftOut(knit)) {
                String name = left.path("name").asText();
                // only what was seen to be of the stack: whoever made it another's meanwhile keeps it
                ChangeTerms unchanged = terms.onlyIf(left.path("revision").asLong());
                String done = "is taken away: it is of the stack " + together.name() + ", and in none of the files";
                worst = Math.max(
                        worst,
                        print(
                                send(knit, name, unchanged, console, () -> knit.undeploy(name, unchanged)),
                                name,
                                done,
                                printer,
                                console));
            }
            return worst;
        }
    }

    @Command(name = "deploy", description = "Deploys what files say, or makes new revisions of it.")
    static final class Deploy extends OfFiles {
        @Override
        protected int change(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            return all(knit, terms, printer, console);
        }
    }

    @Command(name = "plan", description = "Shows what deploy would do, and does nothing.")
    static final class Plan extends OfFiles {
        @Override
        protected int change(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            return all(knit, terms.rehearsed(), printer, console);
        }
    }

    @Command(name = "undeploy", description = "Stops deployments, and forgets them.")
    static final class Undeploy extends ChangeCommand {
        @Parameters(paramLabel = "NAME", arity = "1..*", description = "Deployments.")
        private final List<String> names = new ArrayList<>();

        @Override
        protected int change(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            int worst = Exit.OK;
            for (String name : names) {
                worst = Math.max(
                        worst,
                        print(
                                send(knit, name, terms, console, () -> knit.undeploy(name, terms)),
                                name,
                                "is taken away",
                                printer,
                                console));
            }
            return worst;
        }
    }
}
