package io.knit.launcher.remote.home;

import io.knit.launcher.remote.home.Completable.Names;
import io.knit.launcher.remote.show.Format;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/**
 * For bash, and for zsh in bash's way. Words are in the script; names are asked for, and not waited for longer than two seconds. Whoever is asked may
 * answer anything, and {@code compgen -W} runs what stands in {@code $(…)}: so only names pass.
 */
final class BashWords {
    private static final String SCRIPT = """
            # Knit's words for %1$s.
            _knit_names() {
                if command -v timeout >/dev/null; then
                    timeout 2 "${COMP_WORDS[0]}" "$@" 2>/dev/null
                else
                    "${COMP_WORDS[0]}" "$@" 2>/dev/null
                fi | LC_ALL=C grep -xE '[A-Za-z0-9._:@/-]+'
            }
            _knit() {
                local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at= words= options= names= valued= i
                local where=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in
                        -s | --server | --context | --token-file | --ca-file) where+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}") ;;
                    esac
                    case "$at ${COMP_WORDS[i]}" in
            %2$s) at="$at ${COMP_WORDS[i]}" ;;
                    esac
                done
                case $at in
            %3$s    esac
                COMPREPLY=()
                case $before in
                    -o | --output) COMPREPLY=($(compgen -W '%4$s' -- "$current")); return ;;
                    --context) COMPREPLY=($(compgen -W "$(_knit_names context list --names)" -- "$current")); return ;;
                esac
                case " $valued " in *" $before "*) local IFS=$'\n'; COMPREPLY=($(compgen -f -- "$current")); return ;; esac
                if [[ $current == -* ]]; then
                    COMPREPLY=($(compgen -W "$options" -- "$current"))
                    return
                fi
                case $names in
                    FILES) local IFS=$'\n'; COMPREPLY=($(compgen -f -- "$current")) ;;
                    DEPLOYMENTS) COMPREPLY=($(compgen -W "$(_knit_names status -o name "${where[@]}")" -- "$current")) ;;
                    NODES) COMPREPLY=($(compgen -W "$(_knit_names nodes -o name "${where[@]}")" -- "$current")) ;;
                    CONTEXTS) COMPREPLY=($(compgen -W "$(_knit_names context list --names)" -- "$current")) ;;
                    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
                esac
            }
            complete -o filenames -F _knit knit
            """;

    private BashWords() {}

    static String of(CommandSpec knit, boolean zsh) {
        List<Completable> all = Completable.all(knit);
        String paths = all.stream()
                .filter(one -> !one.path().isEmpty())
                .map(BashWords::pattern)
                .collect(Collectors.joining(" | \\\n            ", "            ", ""));
        String cases = all.stream().map(BashWords::entry).collect(Collectors.joining());
        String formats = Arrays.stream(Format.values()).map(Format::toString).collect(Collectors.joining(" "));
        String script = SCRIPT.formatted(zsh ? "zsh" : "bash", paths, cases, formats);
        String begin =
                zsh ? "autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n" : "";
        return begin + script;
    }

    private static String pattern(Completable one) {
        return "' " + String.join(" ", one.path()) + "'";
    }

    private static String entry(Completable one) {
        return "        '" + (one.path().isEmpty() ? "" : " ") + String.join(" ", one.path()) + "') words='"
                + String.join(" ", one.words()) + "' options='" + String.join(" ", one.options()) + "' valued='"
                + String.join(" ", one.valued()) + "' names="
                + (one.names() == Names.NONE ? "" : one.names().name()) + " ;;\n";
    }
}
