package io.knit.plugin.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * NATS clients for Node.js in {@code src/test/node}, installed below {@code target} from its lock file. Where Node.js or the packages are
 * not to be had, tests are skipped, but not where the environment says {@code CI}.
 */
final class NodeClients {
    private static final Path SOURCE = Path.of("src/test/node");
    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", "scenarios.mjs", "access.mjs");
    private static final Path FOLDER = Path.of("target/node");
    private static final Path INSTALLED = FOLDER.resolve("installed-lock.json");
    private static final int INSTALL_SECONDS = 120;
    private static final int SCENARIO_SECONDS = 90;

    static final List<String> CLIENTS = List.of("nats", "@nats-io/transport-node");

    private NodeClients() {}

    /** Makes the clients ready, or skips the test. */
    static void install() throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        for (String file : FILES) {
            Files.copy(SOURCE.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        require(
                succeeds(List.of("node", "--version")),
                "Node.js is not installed (Debian: apt-get install nodejs npm)");
        Path lock = FOLDER.resolve("package-lock.json");
        if (!Files.exists(INSTALLED) || Files.mismatch(lock, INSTALLED) >= 0) {
            List<String> install =
                    List.of("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts");
            require(succeeds(install), "`npm ci` fails in knit-plugin-nats/" + FOLDER);
            Files.copy(lock, INSTALLED, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void require(boolean present, String otherwise) {
        if (System.getenv("CI") != null) {
            assertThat(present).as(otherwise).isTrue();
        }
        Assumptions.assumeTrue(present, otherwise);
    }

    private static boolean succeeds(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }

    /** The names of the scenarios. */
    static List<String> scenarios() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        assertThat(run(List.of("scenarios.mjs", "nats"), () -> {}, names)).isZero();
        return names;
    }

    /** Plays a scenario; fails with what it said if it does not end well. */
    static void play(String client, String scenario, String url, Runnable restart)
            throws IOException, InterruptedException {
        List<String> said = new ArrayList<>();
        int exit = run(List.of("scenarios.mjs", client, scenario, url), restart, said);
        assertThat(exit).as(() -> String.join("\n", said)).isZero();
    }

    /** Plays a scenario of {@code access.mjs}. */
    static void prove(String client, String scenario, String url, String secret)
            throws IOException, InterruptedException {
        List<String> said = new ArrayList<>();
        int exit = run(List.of("access.mjs", client, scenario, url, secret), () -> {}, said);
        assertThat(exit).as(() -> String.join("\n", said)).isZero();
    }

    private static int run(List<String> arguments, Runnable restart, List<String> said)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        Thread watchdog = new Thread(() -> endAfterAWhile(process), "node-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.equals("RESTART")) {
                    restart.run();
                    process.outputWriter().append("done\n").flush();
                } else {
                    said.add(line);
                }
            }
        }
        return process.waitFor();
    }

    // a scenario that waits for what never comes
    private static void endAfterAWhile(Process process) {
        try {
            if (!process.waitFor(SCENARIO_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
