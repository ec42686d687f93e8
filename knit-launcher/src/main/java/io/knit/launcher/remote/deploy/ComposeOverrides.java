package io.knit.launcher.remote.deploy;

import io.knit.core.server.compose.ComposeSource.EnvFile;
import io.knit.core.server.compose.text.ComposeFinding;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.ComposeFindings.TooMuchText;
import io.knit.core.server.compose.text.EnvText;
import io.knit.core.server.compose.text.Spot;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code docker compose} would merge into a file, and is passed over here: what was tested on one host is not what is deployed then. */
final class ComposeOverrides {
    private static final String VARIABLE = "COMPOSE_FILE";
    /** Those that are found without being named; into any other none is merged. */
    private static final List<String> FOUND =
            List.of("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml");

    private static final List<String> OVERRIDES = List.of(
            "compose.override.yml",
            "compose.override.yaml",
            "docker-compose.override.yml",
            "docker-compose.override.yaml");

    private ComposeOverrides() {}

    /**
     * A remark, if there is something.
     *
     * @param file the file, which is there
     * @param shown its name, as it was typed
     * @param envFiles the files of variables, under the variables
     */
    static Optional<ComposeFinding> of(Path file, String shown, List<EnvFile> envFiles, Map<String, String> variables) {
        String named = named(envFiles, variables);
        if (!named.isBlank()) {
            return isAlone(file, named)
                    ? Optional.empty()
                    : remark(shown, VARIABLE + " names files, which docker compose merges, and is not looked at");
        }
        boolean found = FOUND.contains(String.valueOf(file.getFileName()));
        return OVERRIDES.stream()
                .filter(name -> found && Files.exists(file.toAbsolutePath().resolveSibling(name)))
                .findFirst()
                .flatMap(name -> remark(
                        shown, name + " lies beside it, which docker compose merges into it, and is not looked at"));
    }

    private static Optional<ComposeFinding> remark(String shown, String words) {
        return Optional.of(new ComposeFinding(new Spot(shown, 1, 1), false, words, ComposeFinding.AS_ONE));
    }

    private static String named(List<EnvFile> envFiles, Map<String, String> variables) {
        Map<String, String> all = new LinkedHashMap<>();
        try {
            // what is wrong with one is said where the file is read
            ComposeFindings unsaid = new ComposeFindings();
            envFiles.forEach(each -> EnvText.readInto(all, each.name(), each.text(), false, variables, unsaid));
        } catch (TooMuchText e) {
            return "";
        }
        all.putAll(variables);
        return all.getOrDefault(VARIABLE, "");
    }

    /** Whether it is the one that is named. */
    private static boolean isAlone(Path file, String named) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return !named.contains(File.pathSeparator)
                && folder != null
                && file.toAbsolutePath()
                        .normalize()
                        .equals(folder.resolve(named).normalize());
    }
}
