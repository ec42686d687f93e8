package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With which options {@code bin/knit} starts the JVM: a java that only prints them stands in for it. */
@EnabledOnOs(OS.LINUX)
class StartScriptTest {
    @TempDir
    Path dir;

    /** Where Knit is; anybody's folder, with a space in its name. */
    private Path home;

    @BeforeEach
    void setUp() throws IOException {
        home = dir.resolve("a folder");
        Path script = Path.of("..", "bin", "knit");
        Files.createDirectories(home.resolve("bin"));
        Files.copy(script, home.resolve("bin/knit"));
        Files.createDirectories(home.resolve("knit-launcher/target"));
        Files.writeString(home.resolve("knit-launcher/target/knit.jar"), "");
        Path java = home.resolve("jdk/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    }

    @Test
    void aServerBeginsSmallAndGivesBack() throws Exception {
        assertThat(options(Map.of(), "server"))
                .contains(
                        "-XX:+UseParallelGC",
                        "-XX:ParallelGCThreads=2",
                        "-Xms96m",
                        "-XX:NewSize=24m",
                        "-XX:MaxNewSize=40m",
                        "-XX:MaxHeapFreeRatio=60",
                        "-XX:MaxInlineLevel=9")
                .contains("-XX:+ExitOnOutOfMemoryError")
                .doesNotContain("-XX:TieredStopAtLevel=1")
                .noneMatch(option -> option.startsWith("-Xmx"));
    }

    @Test
    void anAgentIsBounded() throws Exception {
        assertThat(options(Map.of(), "agent"))
                .contains(
                        "-XX:+UseSerialGC",
                        "-Xms20m",
                        "-XX:NewRatio=4",
                        "-Xmx256m",
                        "-Xss512k",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:CompileThresholdScaling=5");
        assertThat(options(Map.of(), "server")).doesNotContain("-XX:CompileThresholdScaling=5");
        assertThat(options(Map.of("KNIT_JAVA_OPTS", "-XX:CompileThresholdScaling=1"), "agent"))
                .doesNotContain("-XX:CompileThresholdScaling=5");
    }

    @ParameterizedTest
    @CsvSource({
        "17.0.1, false",
        "17.0.9, false",
        "17.0.11, false",
        "17.0.12, true",
        "17.0.15, true",
        "17.0.20, true",
        "18.0.2, false",
        "21, false",
        "21.0.3, false",
        "21.0.4, true",
        "21.0.10, true",
        "22.0.1, false",
        "23, true",
        "25.0.3, true",
        "30, true"
    })
    void whatWasFreedIsGivenBackWhereTheJvmKnowsHow(String version, boolean knows) throws Exception {
        Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
        for (String program : List.of("server", "agent")) {
            assertThat(options(Map.of(), program).contains("-XX:TrimNativeHeapInterval=10000"))
                    .isEqualTo(knows);
        }
        assertThat(options(Map.of("KNIT_JAVA_OPTS", "-XX:TrimNativeHeapInterval=0"), "agent"))
                .doesNotContain("-XX:TrimNativeHeapInterval=10000");
    }

    @Test
    void whatIsSaidForEveryJvmWins() throws Exception {
        assertThat(options(Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseZGC -Xmx2g"), "server"))
                .doesNotContain("-XX:+UseParallelGC", "-XX:ParallelGCThreads=2", "-Xms96m", "-XX:NewSize=24m")
                .contains("-XX:MaxHeapFreeRatio=60");
        assertThat(options(Map.of("JAVA_TOOL_OPTIONS", "-Xmx64m"), "agent"))
                .doesNotContain("-Xmx256m")
                .contains("-Xms20m");
    }

    /** What shows lines for hours would else keep a 64th of the host's memory full of those that it has shown. */
    @Test
    void aCommandBeginsSmall() throws Exception {
        assertThat(options(Map.of(), "logs")).contains("-Xms16m");
        assertThat(options(Map.of("KNIT_JAVA_OPTS", "-Xmx8m"), "logs")).doesNotContain("-Xms16m");
        assertThat(options(Map.of(), "dev")).doesNotContain("-Xms16m");
    }

    @Test
    void whatIsSaidForKnitWins() throws Exception {
        assertThat(options(Map.of("KNIT_JAVA_OPTS", "-XX:+UseG1GC -Xms1g"), "server"))
                .contains("-XX:+UseG1GC", "-Xms1g")
                .doesNotContain("-XX:+UseParallelGC", "-Xms96m");
    }

    @Test
    void whatWasSharedForThisJvmIsUsed() throws Exception {
        Path shared = home.resolve("knit-launcher/target/shared");
        Files.createDirectories(shared);
        Files.writeString(shared.resolve("client-17.0.1.jsa"), "");
        Files.writeString(shared.resolve("server-17.0.1.jsa"), "");
        Files.writeString(shared.resolve("agent-17.0.1.jsa"), "");
        Files.writeString(shared.resolve("agent-17.0.2.jsa"), "");
        String option = "-XX:SharedArchiveFile=" + shared.toRealPath();
        assertThat(options(Map.of(), "status")).contains(option + "/client-17.0.1.jsa");
        assertThat(options(Map.of(), "agent")).contains(option + "/agent-17.0.1.jsa", "-XX:ArchiveRelocationMode=0");
        assertThat(options(Map.of(), "dev")).contains(option + "/server-17.0.1.jsa");
        assertThat(options(Map.of("KNIT_JAVA_OPTS", "-XX:SharedArchiveFile=mine"), "agent"))
                .doesNotContain(option + "/agent-17.0.1.jsa");
        Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.9\"\n");
        assertThat(options(Map.of(), "agent")).noneMatch(given -> given.contains("SharedArchiveFile"));
    }

    @Test
    void whatIsInstalledBringsItsJava() throws Exception {
        Path installed = home.resolve("runtime/bin/java");
        Files.createDirectories(installed.getParent());
        Files.move(home.resolve("jdk/bin/java"), installed);
        Files.move(home.resolve("jdk/release"), home.resolve("runtime/release"));
        Files.createDirectories(home.resolve("lib"));
        Files.move(home.resolve("knit-launcher/target/knit.jar"), home.resolve("lib/knit.jar"));
        assertThat(options(Map.of(), "agent"))
                .contains(home.toRealPath().resolve("lib/knit.jar").toString());
    }

    private List<String> options(Map<String, String> environment, String role) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("sh", home.resolve("bin/knit").toString(), role, "start").redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "KNIT_JAVA_OPTS"));
        builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed.lines().toList();
    }
}
