package io.knit.launcher.remote.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.remote.ssh.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a host's shell does with a tar.gz, in a folder that stands in for the host; Knit in it is a script that says its version. */
@EnabledOnOs(OS.LINUX)
class UnpackedInstallTest {
    @TempDir
    Path host;

    private Path knit;
    private Path plugin;

    @BeforeEach
    void aHost() throws IOException {
        knit = host.resolve("usr/lib/knit");
        plugin = knit.resolve("plugins/mine.jar");
        for (String folder : List.of("usr/lib", "usr/bin", "etc/systemd/system", "var/lib", "programs")) {
            Files.createDirectories(host.resolve(folder));
        }
        program(host.resolve("programs/systemctl"), "exit 0");
    }

    private static void program(Path file, String words) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + words + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private String install(String version, String knitsWords) throws Exception {
        Path tree = Files.createTempDirectory(host, "tree").resolve("knit-" + version);
        program(tree.resolve("bin/knit"), knitsWords);
        program(tree.resolve("lib/share-classes"), "exit 0");
        Files.createDirectories(tree.resolve("plugins"));
        Files.createDirectories(tree.resolve("systemd"));
        Files.writeString(tree.resolve("systemd/knit-agent.service"), version);
        Path cache = Files.createDirectories(host.resolve("var/cache/knit-join"));
        run(
                List.of(
                        "tar",
                        "-czf",
                        cache.resolve("package").toString(),
                        "-C",
                        Objects.requireNonNull(tree.getParent()).toString(),
                        tree.getFileName().toString()),
                "");
        String digest = run(List.of("sha256sum", cache.resolve("package").toString()), "")
                .substring(0, 64);
        String script = new String(
                Script.of(Join.class, "install")
                        .with("kind", "tar")
                        .with("digest", digest)
                        .bytes(),
                StandardCharsets.UTF_8);
        return run(List.of("sh"), script.replaceAll("/(usr/lib/knit|usr/bin/knit|etc/|var/)", host + "/$1"));
    }

    /** What it said, and how it ended. */
    private String run(List<String> command, String input) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("PATH", host.resolve("programs") + ":" + System.getenv("PATH")));
        Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return said + "ended with " + process.waitFor();
    }

    private void installed(String version) throws Exception {
        assertThat(install(version, "echo Knit " + version))
                .contains("@knit installed " + version + "\n")
                .endsWith("ended with 0");
        assertThat(run(List.of(host.resolve("usr/bin/knit").toString(), "--version"), ""))
                .startsWith("Knit " + version + "\n");
        assertThat(host.resolve("usr/lib/knit.before")).doesNotExist();
        assertThat(host.resolve("usr/lib/knit.new")).doesNotExist();
    }

    @Test
    void aNewerOneKeepsTheOperatorsPlugins() throws Exception {
        installed("1.0");
        Files.writeString(plugin, "mine");
        installed("2.0");
        assertThat(plugin).hasContent("mine");
    }

    @Test
    void soDoesOneAfterAnotherWasCutOff() throws Exception {
        installed("1.0");
        Files.writeString(plugin, "mine");
        Files.move(knit, host.resolve("usr/lib/knit.before"));
        installed("2.0");
        assertThat(plugin).hasContent("mine");
    }

    @Test
    void oneThatDoesNotRunLeavesAllAsItIs() throws Exception {
        installed("1.0");
        Files.writeString(plugin, "mine");
        assertThat(install("2.0", "exit 1")).endsWith("ended with 1");
        assertThat(run(List.of(knit.resolve("bin/knit").toString()), "")).startsWith("Knit 1.0\n");
        assertThat(plugin).hasContent("mine");
    }

    @Test
    void aHostOfBeforeWithoutAFolderForPluginsGetsOne() throws Exception {
        installed("1.0");
        Files.delete(knit.resolve("plugins"));
        installed("2.0");
        assertThat(knit.resolve("plugins")).isEmptyDirectory();
    }
}
