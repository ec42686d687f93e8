package io.knit.launcher.remote.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.core.server.compose.ComposeService;
import io.knit.core.server.compose.ComposeStack;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.ChangeCommand;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.typed.SetOption;
import io.knit.launcher.remote.typed.SpecFiles;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deploying and taking away. */
public final class Deploying {
    private Deploying() {}

    /** In the order in which help shows them. */
    public static void addTo(BiConsumer<String, Supplier<Remote>> words) {
        words.accept("deploy", Deploy::new);
        words.accept("plan", Plan::new);
        words.accept("undeploy", Undeploy::new);
        words.accept("render", Render::new);
    }

    /** What files say, and how they belong together. */
    abstract static class OfFiles extends ChangeCommand {
        @Parameters(
                paramLabel = "FILE",
                arity = "1..*",
                description =
                        "JSON or YAML, several documents in one too; a folder with such files; - is standard input. Or one Compose file.")
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

        @Mixin
        private ComposeFiles compose = new ComposeFiles();

        /** All files are read before the first is sent. */
        final int all(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            InputStream piped = files.size() == 1 ? SpecFiles.ofPipe(files.get(0)) : null;
            InputStream input = piped == null ? new BufferedInputStream(System.in) : piped;
            Optional<ComposeStack> composed = compose.read(files, input, piped != null, stack, variables());
            if (composed.isPresent()) {
                return composed(composed.get(), knit, terms, printer, console);
            }
            compose.requireCompose();
            List<ObjectNode> specs = piped == null ? SpecFiles.read(files, input) : SpecFiles.read(files.get(0), piped);
            return all(specs, stack, spec -> false, knit, terms, printer, console);
        }

        /** Where something is put into one. */
        private void requireOne(int specs) {
            if (!values.isEmpty() && specs > 1) {
                throw new IllegalArgumentException("there are " + specs
                        + " documents, and --set is for one; give one file, or write it into the files");
            }
        }

        /** Nothing of it is sent, and no secret set, before all of it was rehearsed. */
        private int composed(ComposeStack stack, KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            if (ComposeFiles.refused(stack, console)) {
                return Exit.USAGE;
            }
            requireOne(stack.services().size());
            ComposeSecrets secrets = compose.secrets(stack, knit, console);
            if (secrets.refused() || ComposeFiles.refusedThere(stack, secrets, knit, console)) {
                return Exit.USAGE;
            }
            List<ObjectNode> specs =
                    stack.services().stream().map(ComposeService::spec).toList();
            if (terms.dryRun()) {
                secrets.rehearse(specs, console);
                return all(specs, stack.project(), secrets::areReadBy, knit, terms, printer, console);
            }
            boolean some = !secrets.isEmpty();
            secrets.set(knit, console);
            // a reading that was refused hid what is refused after it
            if (some && ComposeFiles.refusedThere(stack, secrets, knit, console)) {
                return Exit.USAGE;
            }
            return all(specs, stack.project(), spec -> false, knit, terms, printer, console);
        }

        /** @param passed which of them are not sent */
        private int all(
                List<ObjectNode> specs,
                String named,
                Predicate<ObjectNode> passed,
                KnitClient knit,
                ChangeTerms terms,
                Printer printer,
                Console console) {
            requireOne(specs.size());
            specs.forEach(spec -> SetOption.put(values, spec));
            Stack together = named.isEmpty() && !prune ? null : Stack.of(named, specs);
            if (together != null) {
                together.requireOwn(knit);
            }
            int worst = Exit.OK;
            for (ObjectNode spec : specs) {
                if (passed.test(spec)) {
                    continue;
                }
                String name = spec.path("name").asText("?");
                worst = Math.max(
                        worst,
                        print(
                                send(knit, name, terms, console, () -> knit.deploy(spec, terms)),
                                name,
                                "deployed",
                                printer,
                                console));
                if (terms.dryRun() && printer.isForPeople()) {
                    FileChanges.lines(knit, spec, printer.terminal()).forEach(console.out()::println);
                }
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

        @Override
        protected Set<String> without() {
            return WAITS;
        }
    }

    @Command(name = "undeploy", description = "Stops deployments, and forgets them.")
    static final class Undeploy extends ChangeCommand {
        @Parameters(paramLabel = "NAME", arity = "0..*", description = "Deployments.")
        private final List<String> names = new ArrayList<>();

        @Option(
                names = "--stack",
                paramLabel = "NAME",
                description = "All deployments of this stack, such as a Compose file's project.")
        private String stack = "";

        @Option(names = "--volumes", description = "Remove their volumes, too, with what is in them.")
        private boolean volumes;

        @Override
        protected int change(KnitClient knit, ChangeTerms terms, Printer printer, Console console) {
            if (names.isEmpty() == stack.isEmpty()) {
                throw new IllegalArgumentException("give the deployments' names, or --stack NAME for all of a stack");
            }
            int worst = Exit.OK;
            for (String name : names) {
                worst = Math.max(worst, undeploy(knit, name, terms, printer, console));
            }
            if (!stack.isEmpty()) {
                List<JsonNode> members = new Stack(stack, Set.of()).lastFirst(knit);
                if (members.isEmpty()) {
                    complain("there is nothing of the stack " + stack, "", console);
                    return Exit.NOT_FOUND;
                }
                for (JsonNode member : members) {
                    // only what was seen to be of the stack
                    ChangeTerms unchanged = terms.onlyIf(member.path("revision").asLong());
                    worst = Math.max(worst, undeploy(knit, member.path("name").asText(), unchanged, printer, console));
                }
            }
            return worst;
        }

        private int undeploy(KnitClient knit, String name, ChangeTerms terms, Printer printer, Console console) {
            return print(
                    send(knit, name, terms, console, () -> knit.undeploy(name, volumes, terms)),
                    name,
                    volumes ? "is taken away with its volumes" : "is taken away",
                    printer,
                    console);
        }
    }
}
