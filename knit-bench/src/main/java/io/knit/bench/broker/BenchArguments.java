package io.knit.bench.broker;

import java.util.Arrays;
import java.util.List;

/**
 * What to measure, from words such as {@code rounds=5}.
 *
 * @param patience seconds without an arrival after which a run is given up
 */
record BenchArguments(
        int rounds, double scale, String only, int agents, int heartbeat, int patience, List<String> jvmOptions) {
    static BenchArguments parse(String[] words) {
        BenchArguments all = new BenchArguments(5, 1, "", 10_000, 5, 60, List.of());
        for (String word : words) {
            String[] parts = word.split("=", 2);
            if (parts.length < 2) {
                throw new IllegalArgumentException(word + " is no NAME=VALUE");
            }
            all = all.with(parts[0], parts[1]);
        }
        return all;
    }

    private BenchArguments with(String name, String value) {
        return switch (name) {
            case "scale" ->
                new BenchArguments(rounds, Double.parseDouble(value), only, agents, heartbeat, patience, jvmOptions);
            case "only" -> new BenchArguments(rounds, scale, value, agents, heartbeat, patience, jvmOptions);
            case "jvm" ->
                new BenchArguments(rounds, scale, only, agents, heartbeat, patience, List.of(value.split(",")));
            default -> with(name, Integer.parseInt(value));
        };
    }

    private BenchArguments with(String name, int value) {
        return switch (name) {
            case "rounds" -> new BenchArguments(value, scale, only, agents, heartbeat, patience, jvmOptions);
            case "agents" -> new BenchArguments(rounds, scale, only, value, heartbeat, patience, jvmOptions);
            case "heartbeat" -> new BenchArguments(rounds, scale, only, agents, value, patience, jvmOptions);
            case "patience" -> new BenchArguments(rounds, scale, only, agents, heartbeat, value, jvmOptions);
            default ->
                throw new IllegalArgumentException(
                        name + " is none of rounds, scale, only, agents, heartbeat, patience, jvm");
        };
    }

    /** Whether the row is asked for; texts with semicolons between them are alternatives. */
    boolean wants(String row) {
        return only.isEmpty() || Arrays.stream(only.split(";")).anyMatch(row::contains);
    }
}
