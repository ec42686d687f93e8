package io.knit.bench.server;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What to measure, from words such as {@code agents=1000}.
 *
 * @param knit the {@code knit} command to start, or empty: this program's own class path in a JVM without options
 * @param jvm options for the server's JVM beside the command's own
 * @param warm rollouts of each kind, alone and with a neighbour, in which the JVM still compiles: shown, but no goal is held against them
 * @param rounds rollouts of each kind that count, after those
 * @param agents nodes
 * @param replicas of the deployment that is rolled out
 * @param large instances while memory is looked at
 * @param stored deployments in the store with which the server is started again
 * @param idle seconds that an idle server is watched, at most so long is any other wait
 * @param step milliseconds after which an agent goes from one status to the next
 * @param only rooms to run: of {@code fleet} and {@code stored}
 */
record ServerArguments(
        String knit,
        List<String> jvm,
        int warm,
        int rounds,
        int agents,
        int replicas,
        int large,
        int stored,
        double idle,
        int step,
        Set<String> only) {
    static ServerArguments parse(String[] words) {
        Map<String, String> given = new TreeMap<>(Map.ofEntries(
                entry("knit", ""),
                entry("jvm", ""),
                entry("warm", "8"),
                entry("rounds", "5"),
                entry("agents", "1000"),
                entry("replicas", "1000"),
                entry("large", "5000"),
                entry("stored", "5000"),
                entry("idle", "15"),
                entry("step", "10"),
                entry("only", "fleet,stored")));
        for (String word : words) {
            String[] parts = word.split("=", 2);
            if (parts.length < 2 || given.replace(parts[0], parts[1]) == null) {
                throw new IllegalArgumentException(word + " is no NAME=VALUE with a name of " + given.keySet());
            }
        }
        return new ServerArguments(
                word(given, "knit"),
                split(word(given, "jvm")),
                number(given, "warm"),
                number(given, "rounds"),
                number(given, "agents"),
                number(given, "replicas"),
                number(given, "large"),
                number(given, "stored"),
                Double.parseDouble(word(given, "idle")),
                number(given, "step"),
                Set.copyOf(split(word(given, "only"))));
    }

    private static int number(Map<String, String> given, String name) {
        return Integer.parseInt(word(given, name));
    }

    private static String word(Map<String, String> given, String name) {
        return String.valueOf(given.get(name));
    }

    private static List<String> split(String words) {
        return new ArrayList<>(
                Arrays.stream(words.split(",")).filter(word -> !word.isEmpty()).toList());
    }
}
