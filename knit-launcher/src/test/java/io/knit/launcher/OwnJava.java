package io.knit.launcher;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Java processes that tests start, which live for seconds: they compile and collect as the JVM of the tests does, since the second compiler and its collector's
 * threads would take nearly as much again as the process itself needs.
 */
public final class OwnJava {
    private OwnJava() {}

    /** This JVM's program with its {@code -XX} options and these besides, which win, and what is to be run. */
    public static List<String> command(String... rest) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options("-XX:Tiered", "-XX:+Use"));
        command.addAll(List.of(rest));
        return command;
    }

    /** What this JVM was told of its compilers, for one whose collector is chosen by whoever starts it. */
    public static List<String> compilers() {
        return options("-XX:Tiered");
    }

    private static List<String> options(String... beginnings) {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> Stream.of(beginnings).anyMatch(option::startsWith))
                .toList();
    }
}
