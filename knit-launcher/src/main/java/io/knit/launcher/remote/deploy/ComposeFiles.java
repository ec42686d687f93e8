package io.knit.launcher.remote.deploy;

import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.KnitClientException.Problem;
import io.knit.core.server.compose.Compose;
import io.knit.core.server.compose.ComposeService;
import io.knit.core.server.compose.ComposeSource;
import io.knit.core.server.compose.ComposeSource.EnvFile;
import io.knit.core.server.compose.ComposeStack;
import io.knit.core.server.compose.take.ComposeSecret;
import io.knit.core.server.compose.take.Liberty;
import io.knit.core.server.compose.text.ComposeFinding;
import io.knit.core.server.compose.text.NoTextException;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.show.TextTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A Compose file as it is typed: the file, what lies beside it, and what is to be said of it. */
final class ComposeFiles {
    private static final long MOST_BYTES = 4L << 20;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description =
                    "Of a Compose file: the project, which is its stack. Default: COMPOSE_PROJECT_NAME, else its name:.")
    private String project = "";

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "Of a Compose file: variables for it, several too. Default: .env beside it.")
    private final List<String> envFiles = new ArrayList<>();

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Of a Compose file: services of this profile, too; * for all.")
    private final List<String> profiles = new ArrayList<>();

    @Option(
            names = "--secrets",
            description =
                    "Of a Compose file: set its secrets that are not set yet, from the file: or environment: of each.")
    private boolean secrets;

    @Option(
            names = "--folders-as-volumes",
            description = "Of a Compose file: take folders beside it, such as ./data, as volumes, which begin empty.")
    private boolean foldersAsVolumes;

    private Path folder = Path.of("");

    /** @throws IllegalArgumentException if something was said that is of Compose files alone */
    void requireCompose() {
        if (asked()) {
            throw new IllegalArgumentException(
                    "--project, --env-file, --profile, --secrets and --folders-as-volumes are of a Compose file; give one, which has services:");
        }
    }

    private boolean asked() {
        return !project.isEmpty() || !envFiles.isEmpty() || !profiles.isEmpty() || secrets || foldersAsVolumes;
    }

    /**
     * What the one file comes to; empty: it is no Compose file.
     *
     * @param input standard input, or what is in the file, of which nothing is read yet, nor has been afterwards; supports {@code mark}. What is named in it lies in the folder where the command was typed
     * @param piped whether the file is a pipe, and {@code input} is what is in it
     * @param stack the project, unless it is named
     * @throws IllegalArgumentException if a file can't be read
     */
    Optional<ComposeStack> read(
            List<String> files, InputStream input, boolean piped, String stack, Map<String, String> variables) {
        if (files.size() != 1) {
            return Optional.empty();
        }
        boolean typed = files.get(0).equals("-");
        // beside a pipe, in /dev/fd, there is nothing
        Path path = path(piped ? "-" : files.get(0));
        String text = typed || piped ? beginning(input) : text(path);
        if (text == null || !Compose.isMeant(text)) {
            return Optional.empty();
        }
        folder = Objects.requireNonNullElse(path.toAbsolutePath().getParent(), path.toAbsolutePath());
        if (!project.isEmpty() && !stack.isEmpty() && !project.equals(stack)) {
            throw new IllegalArgumentException(
                    "--project is the stack of a Compose file, and --stack says another; give one");
        }
        List<EnvFile> envs = envTexts(folder);
        ComposeStack read = Compose.read(new ComposeSource(
                typed ? "standard input" : files.get(0),
                text,
                variables,
                envs,
                Set.copyOf(profiles),
                project.isEmpty() ? stack : project,
                name -> beside(folder, name),
                liberties()));
        return Optional.of(
                typed || piped
                        ? read
                        : ComposeOverrides.of(path, files.get(0), envs, variables)
                                .map(read::saying)
                                .orElse(read));
    }

    private Set<Liberty> liberties() {
        Set<Liberty> liberties = EnumSet.noneOf(Liberty.class);
        if (secrets) {
            liberties.add(Liberty.SECRETS_ARE_SET);
        }
        if (foldersAsVolumes) {
            liberties.add(Liberty.FOLDERS_AS_VOLUMES);
        }
        return liberties;
    }

    /** The secrets that are to be set before it is deployed. */
    ComposeSecrets secrets(ComposeStack stack, KnitClient knit, Console console) {
        return secrets ? ComposeSecrets.of(stack, folder, knit, console) : ComposeSecrets.none();
    }

    /** Of several the later counts. */
    private List<EnvFile> envTexts(Path folder) {
        if (envFiles.isEmpty()) {
            Path own = folder.resolve(".env");
            // one that can't be read is not one that is not there: all that it sets would be empty
            return ComposeSource.dotEnv(Files.isRegularFile(own) ? whole(own, own.toString()) : text(own));
        }
        return envFiles.stream()
                .map(file -> new EnvFile(file, whole(path(file), "--env-file " + file)))
                .toList();
    }

    private static String whole(Path path, String name) {
        String text = text(path);
        if (text == null) {
            throw new IllegalArgumentException(
                    name + " can't be read: it is not there, or is no text in UTF-8, or has more than " + MOST_BYTES
                            + " bytes");
        }
        return text;
    }

    private static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(file + " is no file's name", e);
        }
    }

    private static @Nullable String beside(Path folder, String name) {
        Path path;
        try {
            path = folder.resolve(name);
        } catch (InvalidPathException e) {
            return null;
        }
        String text = text(path);
        if (text == null && Files.exists(path) && !Files.isDirectory(path)) {
            throw new NoTextException("is no text in UTF-8, or has more than " + MOST_BYTES + " bytes");
        }
        return text;
    }

    /** Null: it is too large, or no text. */
    private static @Nullable String beginning(InputStream input) {
        try {
            input.mark((int) MOST_BYTES + 1);
            String text = text(input);
            input.reset();
            return text;
        } catch (IOException e) {
            throw new IllegalArgumentException("standard input can't be read: " + Faults.words(e), e);
        }
    }

    /** Null: it is not there, or too large, or no text. */
    private static @Nullable String text(Path path) {
        // a shell's <(sops -d .env) is a pipe
        if (!Files.exists(path) || Files.isDirectory(path)) {
            return null;
        }
        try (InputStream in = Files.newInputStream(path)) {
            return text(in);
        } catch (IOException e) {
            throw new IllegalArgumentException(path + " can't be read: " + Faults.words(e), e);
        }
    }

    private static @Nullable String text(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes((int) MOST_BYTES + 1);
        try {
            return bytes.length > MOST_BYTES
                    ? null
                    : StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Says what there is to be said, as compilers do; and whether nothing can be deployed for it. */
    static boolean refused(ComposeStack stack, Console console) {
        stack.findings().forEach(finding -> say(finding, console));
        console.err().flush();
        return stack.refused();
    }

    static void say(ComposeFinding finding, Console console) {
        String kind = finding.refuses() ? ": " : ": remark: ";
        console.err().println(TextTable.shown(finding.at() + kind + finding.words()));
        if (!finding.instead().isEmpty()) {
            console.err().println("      " + TextTable.shown(finding.instead()));
        }
    }

    /**
     * Has the server rehearse all of them, before it does the first.
     *
     * @param secrets those that will be set before
     * @return whether what a server has against one stands in the file; its words have been said, with their lines
     * @throws KnitClientException if it is against it for something else
     */
    static boolean refusedThere(ComposeStack stack, ComposeSecrets secrets, KnitClient knit, Console console) {
        boolean refused = false;
        for (ComposeService service : stack.services()) {
            try {
                OlderServer.asked(
                        stack,
                        service,
                        console,
                        () -> knit.deploy(service.spec(), ChangeTerms.none().rehearsed()));
            } catch (KnitClientException e) {
                refused |= refusedThere(stack, service, secrets, e, console);
            }
        }
        return refused;
    }

    /**
     * Whether it is against one service, and says so.
     *
     * @throws KnitClientException as it came, if that is for nothing that stands in the file
     */
    static boolean refusedThere(
            ComposeStack stack,
            ComposeService service,
            ComposeSecrets secrets,
            KnitClientException refusal,
            Console console) {
        if (refusal.problems().stream().allMatch(problem -> problem.pointer().isEmpty())) {
            throw refusal;
        }
        boolean refused = false;
        for (Problem problem : refusal.problems()) {
            if (!secrets.mend(service, problem)) {
                refused = true;
                say(refusal(stack, service, problem), console);
            }
        }
        console.err().flush();
        return refused;
    }

    private static ComposeFinding refusal(ComposeStack stack, ComposeService service, Problem problem) {
        String read = ComposeSecrets.read(service, problem);
        String instead = stack.secrets().stream()
                .filter(secret -> secret.name().equals(read))
                .map(ComposeSecret::words)
                .map(source -> "knit deploy --secrets sets it from " + source)
                .findFirst()
                .orElse("");
        return new ComposeFinding(service.at(problem.pointer()), true, problem.detail(), instead);
    }
}
