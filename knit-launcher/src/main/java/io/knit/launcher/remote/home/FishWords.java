package io.knit.launcher.remote.home;

import io.knit.launcher.remote.home.Completable.Names;
import io.knit.launcher.remote.show.Format;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** For fish. Names are asked for, and not waited for longer than two seconds. */
final class FishWords {
    private static final String BEGIN = """
            # Knit's words for fish.
            function __knit_at
                set -l words (commandline -opc)
                set -e words[1]
                set -l path
                for word in $words
                    string match -q -- '-*' $word; and continue
                    contains -- (string trim -- "$path $word") $__knit_paths; and set path (string trim -- "$path $word")
                end
                test "$path" = "$argv"
            end
            function __knit_names
                timeout 2 knit $argv 2>/dev/null | string match -r '^[A-Za-z0-9._:@/-]+$'
            end
            complete -c knit -f
            """;

    private FishWords() {}

    static String of(CommandSpec knit) {
        StringBuilder script = new StringBuilder(BEGIN);
        String paths = Completable.all(knit).stream()
                .filter(one -> !one.path().isEmpty())
                .map(one -> "'" + String.join(" ", one.path()) + "'")
                .collect(Collectors.joining(" "));
        script.append("set -g __knit_paths ").append(paths).append('\n');
        for (Completable one : Completable.all(knit)) {
            String at = "complete -c knit -n '__knit_at " + String.join(" ", one.path()) + "'";
            if (!one.words().isEmpty()) {
                script.append(at)
                        .append(" -a '")
                        .append(String.join(" ", one.words()))
                        .append("'\n");
            }
            if (one.names() == Names.FILES) {
                script.append(at).append(" -F\n");
            } else if (one.names() != Names.NONE) {
                script.append(at)
                        .append(" -a '(__knit_names ")
                        .append(asked(one.names()))
                        .append(")'\n");
            }
            for (String option : one.options()) {
                script.append(at)
                        .append(option.startsWith("--") ? " -l " + option.substring(2) : " -s " + option.substring(1))
                        .append(one.valued().contains(option) ? value(option) : "")
                        .append('\n');
            }
        }
        return script.toString();
    }

    private static String value(String option) {
        return switch (option) {
            case "-o", "--output" ->
                " -x -a '"
                        + Arrays.stream(Format.values()).map(Format::toString).collect(Collectors.joining(" ")) + "'";
            case "--context" -> " -x -a '(__knit_names " + asked(Names.CONTEXTS) + ")'";
            default -> " -r";
        };
    }

    private static String asked(Names names) {
        return switch (names) {
            case DEPLOYMENTS -> "status -o name";
            case NODES -> "nodes -o name";
            case CONTEXTS -> "context list --names";
            case NONE, FILES -> throw new IllegalArgumentException("nobody is asked for " + names);
        };
    }
}
