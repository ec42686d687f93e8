package io.knit.launcher.restore;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.command.Caller;
import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeState;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.launcher.Typed;
import io.knit.launcher.remote.Exit;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of a real server with a SQLite store and an agent whose engine is a fake, restored elsewhere. */
class RestoreTest {
    private static final Path HOME = Path.of(System.getProperty("knit.home", ".."));
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final ThreadLoop loop = new ThreadLoop("n1");
    private final FakeEngine engine = new FakeEngine("n1", loop).withImage("web:1");
    private String broker = "";
    private KnitServer server;
    private KnitAgent agent;

    @BeforeEach
    void start() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            broker = "127.0.0.1:" + free.getLocalPort();
        }
        server = server(folder.resolve("server"));
        agent = KnitAgent.builder()
                .nodeId("n1")
                .dataDir(folder.resolve("n1"))
                .config("nats-url", "nats://" + broker)
                .runtime(new FakeRuntime(engine, loop))
                .discovery(FixedDiscovery.none())
                .build();
        await(agent.start());
    }

    private KnitServer server(Path data) {
        KnitServer made = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(data)
                .discovery(FixedDiscovery.none())
                .config("nats-addr", broker)
                .build();
        return await(made.start());
    }

    @AfterEach
    void close() {
        await(agent.close());
        await(server.close());
        loop.close();
    }

    private Typed knit(String... words) {
        return Typed.knit(
                Map.of("KNIT_SERVER", Objects.requireNonNull(server.endpoints().get("http"))), words);
    }

    private String done(String... words) {
        Typed typed = knit(words);
        assertThat(typed.err()).as(typed.out()).isEmpty();
        assertThat(typed.exitCode()).isZero();
        return typed.out();
    }

    private void refused(String words, String... typed) {
        Typed said = knit(typed);
        assertThat(said.exitCode()).as(said.out()).isEqualTo(Exit.REFUSED);
        assertThat(said.err()).contains(words);
        assertThat(said.err().lines()).hasSize(2);
    }

    private void deploy(String name) {
        await(server.deploy(DeploymentSpec.builder(name, "web:1").build()));
    }

    private void running(String name) {
        await(server.awaitRunning(name, PATIENCE), PATIENCE);
    }

    private List<String> containersOf(String name) {
        return engine.containers().stream()
                .filter(each -> name.equals(each.labels().get("knit.deployment")))
                .map(each -> each.id() + " " + each.state())
                .sorted()
                .toList();
    }

    private List<String> instancesOf(String name) {
        return server.deployment(name).orElseThrow().instances().stream()
                .map(instance -> instance.id() + " " + instance.state())
                .sorted()
                .toList();
    }

    private static List<String> files(Path of) throws IOException {
        if (!Files.exists(of)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(of)) {
            return all.map(each -> of.relativize(each).toString()).sorted().toList();
        }
    }

    @Test
    @DisplayName(
            "nothing that was accepted before a backup is lost, and what runs is taken over untouched, not made anew")
    void backupAndRestore() throws Exception {
        deploy("web");
        running("web");
        List<String> accepted = new CopyOnWriteArrayList<>();
        AtomicBoolean on = new AtomicBoolean(true);
        Thread deploying = new Thread(() -> {
            for (int i = 0; on.get() && i < 500; i++) {
                deploy("d" + i);
                accepted.add("d" + i);
            }
        });
        deploying.start();
        await().atMost(PATIENCE).until(() -> accepted.size() >= 5);
        TreeSet<String> before = new TreeSet<>(accepted);
        Path file = folder.resolve("knit.zip");
        String said = done("backup", file.toString());
        int meanwhile = accepted.size();
        on.set(false);
        deploying.join();
        assertThat(said).contains("checked").contains("it holds secrets");
        assertThat(meanwhile).as("deployments went on").isGreaterThan(before.size());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(files(folder.resolve("server").resolve("backup.tmp")))
                        .containsExactly(""));
        refused("is there already", "backup", file.toString());

        deploy("late");
        running("late");
        List<String> instances = instancesOf("web");
        List<String> containers = containersOf("web");
        assertThat(containersOf("late")).hasSize(1);

        await(server.close());
        Path restored = folder.resolve("restored");
        assertThat(done("restore", file.toString(), "--data-dir", restored.toString()))
                .contains("start the server on it");
        server = server(restored);
        assertThat(server.snapshot().deployments().stream()
                        .map(view -> view.name())
                        .toList())
                .containsAll(before)
                .contains("web")
                .doesNotContain("late");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(server.node("n1").orElseThrow().state()).isEqualTo(NodeState.READY));
        // it was accepted after the backup: nobody knows of it any more
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(containersOf("late")).isEmpty());
        for (String name : before) {
            running(name);
        }
        assertThat(instancesOf("web"))
                .isEqualTo(instances)
                .allMatch(each -> each.endsWith(InstanceState.RUNNING.name()));
        assertThat(containersOf("web")).isEqualTo(containers);
    }

    @Test
    @DisplayName("no version of a variable is given again that was given after the backup: an agent may have that")
    void versions() throws Exception {
        done("var", "set", "HOST", "a");
        Path file = folder.resolve("knit.zip");
        done("backup", file.toString());
        done("var", "set", "HOST", "b");
        int given = version();
        await(server.close());
        Path restored = folder.resolve("restored");
        done("restore", file.toString(), "--data-dir", restored.toString());
        server = server(restored);
        assertThat(version()).isLessThan(given);
        done("var", "set", "HOST", "c");
        assertThat(version()).isGreaterThan(given);
        int newest = version();
        done("var", "set", "HOST", "d");
        assertThat(version()).isEqualTo(newest + 1);
    }

    private int version() {
        return server.value(Value.Kind.VAR, "HOST", new Caller("ann", Caller.Role.ADMIN, "here"))
                .version();
    }

    @Test
    @DisplayName("the page's commands, typed as they stand there")
    void ofThePage() throws Exception {
        deploy("web");
        String page = Files.readString(HOME.resolve("docs/operating.md"));
        String block = page.substring(page.indexOf("<!-- typed -->")).replaceFirst("(?s).*?```sh\n(.*?)```.*", "$1");
        for (String line :
                block.lines().filter(each -> each.startsWith("knit ")).toList()) {
            if (line.startsWith("knit restore")) {
                await(server.close());
            }
            done(line.substring("knit ".length())
                    .replace("/var/lib/knit/server", folder.resolve("fresh").toString())
                    .replace("knit-backup.zip", folder.resolve("b.zip").toString())
                    .split(" "));
        }
        server = server(folder.resolve("fresh"));
        assertThat(server.deployment("web")).isPresent();
    }

    @Test
    @DisplayName(
            "a folder with something in it, a server that runs, a damaged file: refused in words, and nothing is changed")
    void refusals() throws Exception {
        deploy("web");
        Path data = folder.resolve("server");
        Path file = folder.resolve("knit.zip");
        done("backup", file.toString());
        // the server's copy goes once its answer is sent, which the one who asked may know first
        await().until(() -> files(data).stream().noneMatch(each -> each.endsWith(".zip")));
        List<String> before = files(data);
        refused("is not empty (", "restore", file.toString(), "--data-dir", data.toString());
        refused("is open in another Knit server", "restore", file.toString(), "--data-dir", data.toString(), "--force");
        assertThat(files(data)).isEqualTo(before);

        byte[] all = Files.readAllBytes(file);
        Path cut = folder.resolve("cut.zip");
        Files.write(cut, java.util.Arrays.copyOf(all, all.length / 2));
        Path fresh = folder.resolve("fresh");
        refused("can't be used as a backup", "restore", cut.toString(), "--data-dir", fresh.toString());
        Typed none = knit("restore", cut + ".none", "--data-dir", fresh.toString());
        assertThat(none.err()).contains("cut.zip.none is not there\n      give what knit backup wrote");
        assertThat(none.exitCode()).isEqualTo(Exit.USAGE);
        Typed aFolder = knit("restore", folder.toString(), "--data-dir", fresh.toString());
        assertThat(aFolder.err()).contains(" is a folder\n      give what knit backup wrote");
        assertThat(aFolder.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(fresh).doesNotExist();
    }

    @Test
    @DisplayName("--force keeps what was there in a folder within")
    void forced() throws Exception {
        deploy("web");
        Path file = folder.resolve("knit.zip");
        done("backup", file.toString());
        deploy("late");
        await(server.close());
        Path data = folder.resolve("server");
        long size = Files.size(data.resolve("knit.db"));
        done("restore", file.toString(), "--data-dir", data.toString(), "--force");
        List<String> kept = files(data).stream()
                .filter(each -> each.startsWith("before-restore-"))
                .toList();
        assertThat(kept).anyMatch(each -> each.endsWith("/knit.db")).anyMatch(each -> each.endsWith("/cluster"));
        assertThat(Files.size(data.resolve(kept.get(0)).resolve("knit.db"))).isEqualTo(size);
        server = server(data);
        assertThat(server.deployment("web")).isPresent();
        assertThat(server.deployment("late")).isEmpty();
    }

    @Test
    @DisplayName("killed in the middle nothing half is taken for a store, and the same command goes on")
    void killedInTheMiddle() throws Exception {
        deploy("web");
        Path file = folder.resolve("knit.zip");
        done("backup", file.toString());
        await(server.close());
        // as it is left before the store is put there, which is last
        Path fresh = Files.createDirectory(folder.resolve("fresh"));
        Files.createDirectory(fresh.resolve("restore.tmp"));
        Files.write(fresh.resolve("restore.tmp").resolve("knit.db"), new byte[500]);
        Files.copy(folder.resolve("server").resolve("cluster"), fresh.resolve("cluster"));
        Typed started = Typed.knit(
                Map.of(),
                "server",
                "start",
                "--data-dir",
                fresh.toString(),
                "--http-addr",
                "127.0.0.1:0",
                "--nats-addr",
                "127.0.0.1:0");
        assertThat(started.exitCode()).isNotZero();
        assertThat(started.err()).contains("the store is empty, but this server's data folder served the cluster");
        Files.deleteIfExists(fresh.resolve("knit.db"));
        Files.deleteIfExists(fresh.resolve("knit.db.state"));
        done("restore", file.toString(), "--data-dir", fresh.toString());
        assertThat(fresh.resolve("restore.tmp")).doesNotExist();
        server = server(fresh);
        assertThat(server.deployment("web")).isPresent();
        assertThat(new String(Files.readAllBytes(fresh.resolve("cluster")), StandardCharsets.UTF_8))
                .isNotBlank();
    }
}
