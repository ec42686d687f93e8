package io.knit.launcher.remote.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.remote.ssh.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts do on a host: their own shell, in a folder of its own, where systemd, the journal and the time are stand-ins. */
class JoinScriptsTest {
    private static final String BEFORE = "# mine\nlabels: 'a=b'\nnats-url: 'nats://right:4222'\n";

    @TempDir
    Path host;

    @BeforeEach
    void host() throws IOException {
        for (String folder : List.of("bin", "etc", "lib/agent")) {
            Files.createDirectories(host.resolve(folder));
        }
        program("systemctl", "echo \"$*\" >>calls; case \"$*\" in *is-active*) [ -e active ] ;; esac");
        program(
                "journalctl",
                "echo journalctl >>calls; [ ! -e slow ] || sleep \"$(cat slow)\"; [ -e journal ] || exit 0; case \"$*\" in *'-n all'*) cat journal ;; *) tail -n 300 journal ;; esac");
        program("sleep", "echo \"$(($(cat uptime) + $1))\" >uptime");
        program("cut", "cat uptime");
        write("uptime", "1000");
        write("active", "");
        write("lib/agent/agent.json", "{\"node\":\"n1\"}");
        write("etc/agent.yaml", BEFORE);
    }

    private void program(String name, String does) throws IOException {
        write("bin/" + name, "#!/bin/sh\ncd '" + host + "' || exit 99\n" + does + "\n");
        Files.setPosixFilePermissions(host.resolve("bin/" + name), PosixFilePermissions.fromString("rwx------"));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(host.resolve(file), text);
    }

    private String read(String file) throws IOException {
        return Files.readString(host.resolve(file));
    }

    private void member() throws IOException {
        write("lib/agent/agent.json", "{\"node\":\"n1\",\"cluster\":\"c\"}");
    }

    private List<String> run(Script script) throws Exception {
        String text = new String(script.bytes(), StandardCharsets.UTF_8)
                .replace("/etc/knit", host + "/etc")
                .replace("/var/lib/knit", host + "/lib");
        Path file = Files.writeString(host.resolve("script"), text);
        ProcessBuilder builder = new ProcessBuilder("sh").redirectInput(file.toFile());
        builder.redirectErrorStream(true).environment().put("PATH", host + "/bin:" + System.getenv("PATH"));
        Path out = host.resolve("out");
        Process process = builder.redirectOutput(out.toFile()).start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readAllLines(out);
    }

    private List<String> tell(String broker) throws Exception {
        return run(Script.of(Join.class, "settings")
                .with("keys", "nats-url")
                .with("lines", "nats-url: 'nats://" + broker + ":4222'\n"));
    }

    private List<String> until(int seconds, String member) throws Exception {
        return run(Script.of(Join.class, "await")
                .with("seconds", String.valueOf(seconds))
                .with("kept", "")
                .with("member", member));
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(host.resolve("etc"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    @DisplayName("after two joins that did not come to their ends the agent is told again what it was told before both")
    void undone() throws Exception {
        assertThat(tell("typo1")).contains("@knit restarted", "@knit node n1");
        assertThat(read("etc/agent.yaml")).isEqualTo(BEFORE.replace("right", "typo1"));
        assertThat(tell("typo2")).contains("@knit restarted");
        assertThat(read("etc/agent.yaml")).isEqualTo(BEFORE.replace("right", "typo2"));
        run(Script.of(Join.class, "undo"));
        assertThat(read("etc/agent.yaml")).isEqualTo(BEFORE);
        assertThat(left()).containsExactly("agent.yaml");
    }

    @Test
    @DisplayName("what a join has settled, or somebody wrote meanwhile, is what the agent was told before the next one")
    void toldBefore() throws Exception {
        tell("first");
        run(Script.of(Join.class, "settle"));
        assertThat(left()).containsExactly("agent.yaml");
        tell("typo");
        run(Script.of(Join.class, "undo"));
        assertThat(read("etc/agent.yaml")).isEqualTo(BEFORE.replace("right", "first"));

        tell("typo");
        write("etc/agent.yaml", "nats-url: 'nats://mended:4222'\n");
        tell("typo");
        run(Script.of(Join.class, "undo"));
        assertThat(read("etc/agent.yaml")).isEqualTo("nats-url: 'nats://mended:4222'\n");
    }

    @Test
    @DisplayName(
            "what an agent was taken in with is what it was told before the next join, also where nobody waited for that")
    void takenLater() throws Exception {
        tell("late");
        member();
        tell("typo");
        run(Script.of(Join.class, "undo"));
        assertThat(read("etc/agent.yaml")).isEqualTo(BEFORE.replace("right", "late"));

        tell("moved");
        write("journal", "connecting\nNode n1 joined\n" + "pulled an image\n".repeat(400));
        tell("typo");
        run(Script.of(Join.class, "undo"));
        assertThat(read("etc/agent.yaml")).isEqualTo(BEFORE.replace("right", "moved"));

        Files.delete(host.resolve("journal"));
        tell("typo1");
        tell("typo2");
        run(Script.of(Join.class, "undo"));
        assertThat(read("etc/agent.yaml")).isEqualTo(BEFORE.replace("right", "moved"));
    }

    @Test
    @DisplayName("an agent that is told nothing new runs on, unless the join that told it did not come to its end")
    void kept() throws Exception {
        assertThat(tell("right")).contains("@knit kept");
        assertThat(left()).containsExactly("agent.yaml");
        tell("other");
        assertThat(tell("other")).contains("@knit restarted");
        run(Script.of(Join.class, "undo"));
        assertThat(read("etc/agent.yaml")).isEqualTo(BEFORE);
    }

    @Test
    @DisplayName("the agent's own word is waited for; a refusal counts when another try brought no other word")
    void word() throws Exception {
        write("journal", "starting\nNode n1 joined\n");
        assertThat(until(60, "yes")).containsExactly("@knit joined");
        write("journal", "Node n1 joined\nNATS refuses this agent: another --join-token\n");
        assertThat(until(60, "")).containsExactly("@knit refused NATS refuses this agent: another --join-token");
        assertThat(read("uptime").strip()).isEqualTo("1003");
    }

    @Test
    @DisplayName("the time to wait is the host's, not a number of looks: a slow journal makes it no longer")
    void slow() throws Exception {
        write("journal", "connecting\n");
        write("slow", "7");
        assertThat(until(60, "yes")).containsExactly("connecting");
        assertThat(Integer.parseInt(read("uptime").strip())).isBetween(1060, 1068);
    }

    @Test
    @DisplayName(
            "where the journal tells nothing a new node is one when it has a cluster, and of a former one the server's word counts, when it would have missed it")
    void silent() throws Exception {
        assertThat(until(60, "")).isEmpty();
        assertThat(read("uptime").strip()).isEqualTo("1060");
        member();
        assertThat(until(60, "")).containsExactly("@knit unseen");
        assertThat(read("uptime").strip()).isEqualTo("1060");
        assertThat(until(60, "yes")).containsExactly("@knit unseen");
        assertThat(read("uptime").strip()).isEqualTo("1075");
        assertThat(until(5, "yes")).containsExactly("@knit unseen");
        assertThat(read("uptime").strip()).isEqualTo("1080");
        Files.delete(host.resolve("active"));
        assertThat(until(60, "yes")).containsExactly("@knit ended");
    }
}
