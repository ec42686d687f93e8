package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the .deb does once its files are there, in a folder that stands in for the host; all programs only write down that they are called. */
@EnabledOnOs(OS.LINUX)
class PackageScriptTest {
    @TempDir
    Path host;

    private Path called;

    @BeforeEach
    void aHost() throws IOException {
        called = Files.writeString(host.resolve("called"), "");
        for (String folder : List.of("etc/knit", "usr/lib/knit/lib/shared", "run/systemd/system")) {
            Files.createDirectories(host.resolve(folder));
        }
        Files.writeString(host.resolve("etc/knit/server.yaml"), "");
        Files.writeString(host.resolve("etc/knit/agent.yaml"), "");
        for (String program : List.of("getent", "adduser", "install", "chown", "systemctl", "sleep")) {
            program(program, "");
        }
        program("../usr/lib/knit/lib/share-classes", "");
        program("../usr/lib/knit/runtime/bin/java", "");
    }

    /** @param words what it does besides */
    private void program(String name, String words) throws IOException {
        Path file = host.resolve("programs").resolve(name).normalize();
        Files.createDirectories(file.getParent());
        Files.writeString(
                file, "#!/bin/sh\necho \"" + file.getFileName() + " $*\" >>'" + called + "'\n" + words + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private String configured() throws Exception {
        return configured(0);
    }

    /** What it said. */
    private String configured(int exit) throws Exception {
        String script = Files.readString(Path.of("..", "knit-package/src/deb/control/postinst"))
                .replaceAll("/(etc|usr|var|run)/", host + "/$1/");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "postinst", "configure");
        builder.environment().put("PATH", host.resolve("programs") + ":" + System.getenv("PATH"));
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(exit);
        return said;
    }

    private void bothWereStartedAnew() throws IOException {
        assertThat(called)
                .content()
                .contains("systemctl try-restart knit-server.service")
                .contains("systemctl try-restart knit-agent.service");
    }

    private String rights(String file) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(host.resolve("etc/knit").resolve(file)));
    }

    @Test
    void settingsAreReadByWhoHasToReadThem() throws Exception {
        assertThat(configured()).isEmpty();
        assertThat(called).content().contains("chown root:knit " + host.resolve("etc/knit/server.yaml"));
        assertThat(rights("server.yaml")).isEqualTo("rw-r-----");
        assertThat(rights("agent.yaml")).isEqualTo("rw-------");
        bothWereStartedAnew();
    }

    @Test
    void settingsOfAServiceThatNobodyUsesMayBeGone() throws Exception {
        Files.delete(host.resolve("etc/knit/server.yaml"));
        configured();
        assertThat(rights("agent.yaml")).isEqualTo("rw-------");
        bothWereStartedAnew();
        Files.writeString(host.resolve("etc/knit/server.yaml"), "");
        Files.delete(host.resolve("etc/knit/agent.yaml"));
        configured();
    }

    @Test
    void aServiceThatDoesNotStartIsToldAndHoldsUpNothing() throws Exception {
        String down = host.resolve("down").toString();
        // as one of systemd: a restart is well as soon as there is a process, which then ends
        program(
                "systemctl",
                "case \"$*\" in 'try-restart knit-server.service') touch '" + down
                        + "' ;; is-active*knit-server.service) [ ! -e '" + down + "' ] ;; esac");
        assertThat(configured())
                .containsOnlyOnce("knit-server.service was not started anew")
                .doesNotContain("knit-agent.service was");
        bothWereStartedAnew();
    }

    @Test
    void whatDidNotRunIsNotWaitedFor() throws Exception {
        program("systemctl", "[ \"$1\" != is-active ]");
        assertThat(configured()).isEmpty();
        assertThat(called).content().doesNotContain("sleep");
        bothWereStartedAnew();
    }

    @Test
    void whereItsJavaDoesNotRunNothingIsStartedAnew() throws Exception {
        program("../usr/lib/knit/runtime/bin/java", "echo \"version GLIBC_2.99 not found\"; exit 1");
        assertThat(configured(1))
                .contains("the Java of this package does not run here")
                .contains("GLIBC_2.99 not found");
        assertThat(called).content().doesNotContain("try-restart");
    }
}
