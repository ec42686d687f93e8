package io.knit.launcher.remote.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.core.server.compose.ComposeService;
import io.knit.core.server.compose.ComposeStack;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.SetOption;
import io.knit.launcher.remote.typed.SpecFiles;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a spec's templates would become, as the server says; {@code -o json} has each byte. */
@Command(name = "render", description = "Shows what files' templates would become on each node; deploys nothing.")
final class Render extends Remote {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "As with deploy, or one Compose file.")
    private final List<String> files = new ArrayList<>();

    @Mixin
    private ComposeFiles compose = new ComposeFiles();

    private boolean several;

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description = "As on which node. Default: those that would get an instance.")
    private String wanted = "";

    @Option(names = "--diff", description = "Where that differs from what is deployed.")
    private boolean diff;

    @Option(names = "--set", paramLabel = "PATH=VALUE", description = "As with deploy.")
    private final List<String> values = new ArrayList<>();

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        InputStream piped = files.size() == 1 ? SpecFiles.ofPipe(files.get(0)) : null;
        InputStream input = piped == null ? new BufferedInputStream(System.in) : piped;
        Optional<ComposeStack> composed = compose.read(files, input, piped != null, "", variables());
        if (composed.isEmpty()) {
            compose.requireCompose();
            return each(
                    piped == null ? SpecFiles.read(files, input) : SpecFiles.read(files.get(0), piped),
                    spec -> rendered(knit, spec, printer, console));
        }
        ComposeStack stack = composed.get();
        if (ComposeFiles.refused(stack, console)) {
            return Exit.USAGE;
        }
        Map<ObjectNode, ComposeService> services = new IdentityHashMap<>();
        stack.services().forEach(service -> services.put(service.spec(), service));
        return each(stack.services().stream().map(ComposeService::spec).toList(), spec -> {
            ComposeService service = Objects.requireNonNull(services.get(spec));
            try {
                return OlderServer.asked(stack, service, console, () -> rendered(knit, spec, printer, console));
            } catch (KnitClientException e) {
                if (!ComposeFiles.refusedThere(stack, service, ComposeSecrets.none(), e, console)) {
                    throw e;
                }
                return Exit.USAGE;
            }
        });
    }

    /** The worst of how they end. */
    private int each(List<ObjectNode> specs, ToIntFunction<ObjectNode> rendering) {
        several = specs.size() > 1;
        if (several && !values.isEmpty()) {
            throw new IllegalArgumentException("there are " + specs.size()
                    + " documents, and --set is for one; give one file, or write it into the files");
        }
        int worst = Exit.OK;
        for (ObjectNode spec : specs) {
            SetOption.put(values, spec);
            worst = Math.max(worst, rendering.applyAsInt(spec));
        }
        return worst;
    }

    private int rendered(KnitClient knit, ObjectNode spec, Printer printer, Console console) {
        JsonNode rendering = knit.render(spec, wanted.isEmpty() ? null : wanted);
        // what is of which is not to be seen in a list of files alone
        if (several && printer.isForPeople()) {
            console.out().println(TextTable.shown("# " + spec.path("name").asText("?")));
        }
        printer.print(rendering, Render::names, this::lines);
        remarks(rendering).forEach(remark -> console.err().println(TextTable.shown(remark)));
        console.err().flush();
        List<String> problems = problems(rendering);
        problems.forEach(problem -> complain(problem, "", console));
        return problems.isEmpty() ? Exit.OK : Exit.REFUSED;
    }

    /** It sets none. */
    @Override
    protected void describe(CommandSpec spec) {
        spec.remove(spec.findOption("--secrets"));
    }

    private record Shown(String node, JsonNode file) {
        String destination() {
            return Listings.text(file, "destination");
        }

        String at() {
            return node + " " + destination() + ": ";
        }
    }

    private static List<Shown> files(JsonNode rendering) {
        List<Shown> files = new ArrayList<>();
        for (JsonNode node : rendering.path("nodes")) {
            for (JsonNode each : node.path("files")) {
                files.add(new Shown(Listings.text(node, "node"), each));
            }
        }
        return files;
    }

    private static List<String> names(JsonNode rendering) {
        return files(rendering).stream().map(Shown::destination).distinct().toList();
    }

    /** One file is printed as it is, several with their names between. */
    private List<String> lines(JsonNode rendering) {
        List<Shown> files = files(rendering);
        List<String> lines = new ArrayList<>();
        for (Shown each : files) {
            String text = Listings.text(each.file(), diff ? "diff" : each.file().has("base64") ? "base64" : "content");
            boolean shows =
                    diff ? !text.isEmpty() : !each.file().path("removed").asBoolean();
            if (shows && files.size() > 1) {
                lines.add("==> " + each.node() + " " + each.destination() + " <==");
            }
            if (shows) {
                text.lines().map(FileChanges::shown).forEach(lines::add);
            }
        }
        if (!files.isEmpty()) {
            return lines.isEmpty() && diff ? List.of("nothing differs") : lines;
        }
        String words = Listings.text(rendering, "words");
        return List.of(words.isEmpty() ? "no templates" : "nothing to show: " + words);
    }

    private static List<String> problems(JsonNode rendering) {
        return files(rendering).stream()
                .filter(it -> it.file().has("problem"))
                .map(it -> it.at() + Listings.text(it.file(), "problem"))
                .toList();
    }

    /** What is shown as something else. */
    private static List<String> remarks(JsonNode rendering) {
        List<String> remarks = new ArrayList<>();
        for (Shown each : files(rendering)) {
            String at = each.at();
            List<String> hidden = new ArrayList<>();
            each.file().path("unknown").forEach(name -> hidden.add(name.asText()));
            List<String> lines = new ArrayList<>();
            each.file().path("worked_out").forEach(number -> lines.add(number.asText()));
            if (!hidden.isEmpty()) {
                remarks.add(at + "not shown as it will be: " + String.join(", ", hidden)
                        + (lines.isEmpty() ? "" : "; worked out from that: line " + String.join(", ", lines)));
            } else if (!lines.isEmpty()) {
                remarks.add(at + "worked out from what is not known yet: line " + String.join(", ", lines));
            }
        }
        int more = rendering.path("left_off").asInt();
        if (more > 0) {
            remarks.add(more + " more nodes would get an instance; give --node to see one of them");
        }
        return remarks;
    }
}
