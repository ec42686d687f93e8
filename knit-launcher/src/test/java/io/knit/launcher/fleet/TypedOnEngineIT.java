package io.knit.launcher.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.launcher.Typed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people type, at a {@code knit dev} of its own process on a real Docker Engine: the README from its first line to its last, and what reaches into containers. */
@RequiresFleet
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TypedOnEngineIT {
    private static final String TICKS_UNTIL_TOLD =
            "while [ ! -e /tmp/end ]; do echo tick; sleep 0.1; done; echo over; exit 5";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private Fleet fleet;
    private KnitProcess dev;
    private Map<String, String> environment = Map.of();

    @BeforeAll
    void start() throws IOException {
        fleet = new Fleet("knit-typed-" + ProcessHandle.current().pid(), 1);
        fleet.image("nginx:alpine");
        List<String> line = new ArrayList<>(List.of("bin/knit"));
        line.addAll(Readme.typed().get(0));
        dev = new KnitProcess(
                        "dev",
                        folder,
                        List.of(),
                        Map.of(
                                "KNIT_HTTP_ADDR",
                                "127.0.0.1:0",
                                "KNIT_NATS_ADDR",
                                "127.0.0.1:0",
                                "KNIT_DATA_DIR",
                                folder.resolve("data").toString(),
                                "KNIT_DOCKER_HOST",
                                fleet.dockerHost(1),
                                "KNIT_WG_MESH_SOCKET",
                                folder.resolve("no-mesh.sock").toString()),
                        line.toArray(String[]::new))
                .start();
        environment = Map.of("KNIT_SERVER", dev.log().replaceFirst("(?s).*ready: (\\S+) .*", "$1"));
        deployBox();
    }

    /** What says {@code tick} for ever. */
    private void deployBox() throws IOException {
        Path spec = Files.writeString(
                folder.resolve("box.yaml"),
                "name: box\nimage: nginx:alpine\nupdate: {min_healthy: 0s}\ncommand: [sh, -c]\n"
                        + "args: ['trap exit TERM; while true; do echo tick; sleep 0.1; done']\n");
        done("deploy", "--wait", spec.toString());
    }

    @AfterAll
    void nothingIsLeft() {
        if (environment.isEmpty()) {
            // it did not come so far, and no other server is meant
            closeAll();
            return;
        }
        try {
            done("undeploy", "box", "--wait");
            assertThat(done("status", "-o", "name")).isEmpty();
            assertThat(fleet.docker(1, "ps", "-aq")).as("containers").isEmpty();
            assertThat(fleet.docker(1, "volume", "ls", "-q")).as("volumes").isEmpty();
            assertThat(fleet.docker(1, "network", "ls", "-q", "--filter", "type=custom"))
                    .as("networks")
                    .isEmpty();
            assertThat(dev.stop()).isEqualTo(143);
        } finally {
            closeAll();
        }
    }

    private void closeAll() {
        if (dev != null) {
            dev.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    private Typed knit(String... words) {
        return Typed.knit(environment, words);
    }

    private String done(String... words) {
        Typed typed = knit(words);
        assertThat(typed.exitCode()).as("%s: %s", List.of(words), typed.err()).isZero();
        return typed.out();
    }

    private JsonNode json(String... words) throws IOException {
        return JSON.readTree(done(words));
    }

    @Test
    @DisplayName("the README's lines: there is a page, then another, then the first one again, and in the end nothing")
    void theReadme() throws IOException {
        List<String> pages = new ArrayList<>();
        for (List<String> line : Readme.typed()) {
            List<String> words = new ArrayList<>(line);
            words.replaceAll(word ->
                    word.startsWith("examples/") ? Readme.HOME.resolve(word).toString() : word);
            if (words.get(0).equals("dev")) {
                continue;
            }
            boolean deploys = words.get(0).equals("deploy");
            if (deploys) {
                // so that the test need not wait for what has proven itself
                words.addAll(List.of("--set", "update.min_healthy=0s"));
            }
            String told = done(words.toArray(String[]::new));
            assertThat(told).as("%s", words).contains(words.get(0).equals("history") ? "deploy hello" : "hello");
            if (deploys || words.get(0).equals("rollback")) {
                pages.add(page());
            }
        }
        assertThat(pages).hasSize(3);
        assertThat(pages.get(0)).contains("<h1>Hello from Knit</h1>", "Instance hello-0-");
        assertThat(pages.get(1)).isEqualTo("<h1>Hello again</h1>");
        assertThat(pages.get(2)).contains("<h1>Hello from Knit</h1>", "Instance hello-0-");
        assertThat(done("status", "-o", "name")).doesNotContain("hello");
    }

    /** At the only instance's port, fetched on the engine's host. */
    private String page() throws IOException {
        JsonNode port = json("status", "hello", "-o", "json").at("/instances/0/ports/0");
        return fleet.exec(
                        1,
                        "curl",
                        "-sS",
                        "--retry",
                        "5",
                        "--retry-connrefused",
                        "http://" + port.path("host_ip").asText() + ":"
                                + port.path("host_port").asInt() + "/")
                .orFail();
    }

    @Test
    @DisplayName("exec, with its input and its code; on a terminal, as large as that; cp there and back; stats")
    void inside() throws IOException {
        assertThat(knit("exec", "box", "sh", "-c", "echo one; echo two >&2; exit 3"))
                .isEqualTo(new Typed(3, "one\n", "two\n"));
        assertThat(Typed.given("a\nb", () -> knit("exec", "-i", "box", "cat"))).isEqualTo(new Typed(0, "a\nb", ""));
        assertThat(knit("exec", "-t", "box", "sh", "-c", "[ -t 1 ] && echo terminal")
                        .out())
                .isEqualTo("terminal\r\n");
        // an engine tells of the size once the command runs
        assertThat(onTerminal("stty cols 91 rows 17; bin/knit exec -it box sh -c"
                        + " 'until busybox stty size | busybox grep \"17 91\"; do sleep 0.1; done'"))
                .contains("17 91");

        byte[] large = new byte[1_000_000];
        new Random(7).nextBytes(large);
        Path there = Files.createDirectories(folder.resolve("there"));
        Files.write(there.resolve("large"), large);
        done("cp", there.toString(), "box:/tmp/");
        assertThat(done("exec", "box", "ls", "/tmp/there")).isEqualTo("large\n");
        done("cp", "box:/tmp/there", folder.resolve("back").toString());
        assertThat(folder.resolve("back/large")).hasBinaryContent(large);

        assertThat(json("stats", "box", "-o", "json").findValue("memory_bytes").asLong())
                .isPositive();
    }

    /** What is seen on a terminal that {@code script} of util-linux makes. */
    private String onTerminal(String line) {
        return Shell.run(environment, List.of("script", "-qec", "cd '" + Fleet.HOME + "' && " + line, "/dev/null"))
                .output();
    }

    @Test
    @DisplayName(
            "logs -f goes on with what is written, attach until the process ends, by its code; run is a job with both outputs and its code")
    void asItIsWritten() throws Exception {
        done("run", "-d", "--name", "joined", "nginx:alpine", "sh", "-c", TICKS_UNTIL_TOLD);
        Reader log = new Reader();
        CompletableFuture<Typed> logs = typing(log, "logs", "-f", "box");
        await().atMost(SOON)
                .until(() -> json("status", "joined", "-o", "json")
                        .at("/instances/0/state")
                        .asText()
                        .equals("running"));
        Reader own = new Reader();
        CompletableFuture<Typed> attach = typing(own, "attach", "joined");
        awaitText(log, text -> text.lines().count() > 5);
        awaitText(own, text -> text.contains("tick\ntick\n"));

        assertThat(knit("run", "--name", "once", "nginx:alpine", "sh", "-c", "echo out; echo err >&2; exit 3"))
                .isEqualTo(new Typed(3, "out\n", "err\n"));

        assertThat(logs).isNotDone();
        log.leave();
        assertThat(logs.get(SOON.toSeconds(), SECONDS).exitCode()).isEqualTo(1);
        assertThat(log.text().lines()).allMatch(line -> line.endsWith("tick"));
        assertThat(attach).isNotDone();
        done("exec", "joined", "busybox", "touch", "/tmp/end");
        assertThat(attach.get(SOON.toSeconds(), SECONDS).exitCode()).isEqualTo(5);
        assertThat(own.text()).endsWith("tick\nover\n");
        done("undeploy", "joined", "--wait");
    }

    private CompletableFuture<Typed> typing(Reader reader, String... words) {
        return CompletableFuture.supplyAsync(() -> Typed.into(reader, environment, words));
    }

    private static void awaitText(Reader reader, Predicate<String> there) {
        await().atMost(SOON).until(() -> there.test(reader.text()));
    }

    /** What is there of another cluster is named, its line removes that alone, and nothing of this one's is named. */
    private void leftByOthers(String data) throws IOException, InterruptedException {
        String[] doctor = {
            "doctor",
            "--local",
            "--engine",
            fleet.dockerHost(1).substring("unix://".length()),
            "--data-dir",
            data,
            "-o",
            "json"
        };
        fleet.docker(1, "volume", "create", "--label", "knit.cluster=c9", "--label", "knit.node=gone", "left");
        fleet.docker(1, "network", "create", "--label", "knit.cluster=c9", "left");
        int own = fleet.docker(1, "ps", "-aq").lines().toList().size();
        List<String> lines = new ArrayList<>();
        for (JsonNode finding : JSON.readTree(knit(doctor).out())) {
            if (finding.path("mend").asText().contains("remove them")) {
                lines.add(finding.path("mend").asText().replaceFirst("^[^:]*: ", ""));
            }
        }
        assertThat(lines).hasSize(2);
        for (String line : lines) {
            assertThat(new ProcessBuilder("sh", "-c", line).inheritIO().start().waitFor())
                    .as(line)
                    .isZero();
        }
        assertThat(knit(doctor).out()).doesNotContain("remove them");
        assertThat(fleet.docker(1, "ps", "-aq").lines().toList()).hasSize(own);
    }

    @Test
    @DisplayName("doctor finds nothing, here and on the host; a backup is one that a server's folder is made of")
    void kept() throws Exception {
        done("var", "set", "GREETING", "hello");
        assertThat(done("doctor")).contains("nothing is the matter");
        String data = folder.resolve("data").toString();
        Typed local = knit(
                "doctor",
                "--local",
                "--engine",
                fleet.dockerHost(1).substring("unix://".length()),
                "--data-dir",
                data,
                "-o",
                "name");
        assertThat(local.out()).doesNotContain("engine");
        leftByOthers(data);

        String file = folder.resolve("knit.backup").toString();
        done("backup", file);
        String restored = folder.resolve("restored").toString();
        assertThat(done("restore", file, "--data-dir", restored)).isNotEmpty();
        done("var", "rm", "GREETING");
        assertThat(knit("var", "get", "GREETING").exitCode()).isEqualTo(3);
    }
}
