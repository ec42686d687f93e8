package io.knit.launcher.remote;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.model.InstanceState;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.RemoteShell;
import io.knit.client.ShellOutput;
import io.knit.client.ShellTerms;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.launcher.Typed;
import io.knit.testkit.TarBytes;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reaching into instances, by the API and by what is typed: a real server, broker and agents, whose engines alone are fakes. */
@Timeout(100)
class InsideTest {
    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
    private static final Map<String, FakeEngine> ENGINES = new HashMap<>();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static KnitServer started;
    private static String server = "";

    @BeforeAll
    static void start() throws IOException {
        started = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0")
                .build();
        OPEN.push(() -> await(started.close()));
        await(started.start());
        server = Objects.requireNonNull(started.endpoints().get("http"));
        for (String id : new String[] {"n1", "n2"}) {
            ThreadLoop loop = new ThreadLoop(id);
            OPEN.push(loop);
            FakeEngine engine = new FakeEngine(id, loop).withImage("web:1");
            ENGINES.put(id, engine);
            KnitAgent agent = KnitAgent.builder()
                    .nodeId(id)
                    .dataDir(folder.resolve(id))
                    .config(
                            "nats-url",
                            Objects.requireNonNull(started.endpoints().get("transport")))
                    .runtime(new FakeRuntime(engine, loop))
                    .discovery(FixedDiscovery.none())
                    .build();
            OPEN.push(() -> await(agent.close()));
            await(agent.start());
        }
        Awaitility.await().until(() -> knit("nodes", "-o", "name").out().lines().count() == 2);
        Path spec = folder.resolve("web.yaml");
        Files.writeString(
                spec,
                "name: web\nimage: web:1\npull: never\nreplicas: 2\nargs: ['echo hello']\n"
                        + "sidecars: [{name: ship, image: 'web:1', args: ['echo beside']}]\n");
        assertThat(knit("deploy", "--wait", spec.toString()).exitCode()).isZero();
    }

    @AfterAll
    static void close() throws Exception {
        while (!OPEN.isEmpty()) {
            OPEN.pop().close();
        }
    }

    private static Typed knit(String... words) {
        return Typed.knit(Map.of("KNIT_SERVER", server), words);
    }

    private static String instance(int slot) {
        return started.deployment("web").orElseThrow().instances().stream()
                .filter(one -> one.slot() == slot && one.state() == InstanceState.RUNNING)
                .findFirst()
                .orElseThrow()
                .id();
    }

    /** Keeps what a command writes. */
    private static final class Kept implements ShellOutput {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();

        @Override
        public synchronized void output(byte[] bytes) {
            out.writeBytes(bytes);
        }

        @Override
        public synchronized void error(byte[] bytes) {
            err.writeBytes(bytes);
        }

        synchronized String text() {
            return out.toString(StandardCharsets.UTF_8);
        }

        synchronized byte[] bytes() {
            return out.toByteArray();
        }
    }

    private static KnitClient client() {
        return KnitClient.of(URI.create(server));
    }

    @Test
    @DisplayName(
            "exec: a command's outputs, and its exit code for one's own; a deployment's name means one of its instances")
    void exec() {
        for (String name : new String[] {instance(0), "web"}) {
            Typed typed = knit("exec", name, "sh", "-c", "echo one; echo two >&2; exit 3");
            assertThat(typed.out()).as(typed.err()).isEqualTo("one\n");
            assertThat(typed.err()).isEqualTo("two\n");
            assertThat(typed.exitCode()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("logs and exec of a part: the sidecar's and not the main container's; what there is not is said")
    void parts() {
        assertThat(knit("logs", "web", "--part", "ship").out().lines())
                .hasSize(2)
                .allMatch(line -> line.endsWith("beside"));
        assertThat(knit("logs", instance(0)).out()).isEqualTo("hello\n");
        assertThat(knit("logs", instance(0), "--part", "ship").out()).isEqualTo("beside\n");
        Typed where = knit("exec", "--part", "ship", instance(1), "hostname");
        assertThat(where.out()).as(where.err()).contains("-ship");
        assertThat(knit("exec", instance(1), "hostname").out()).doesNotContain("-ship");
        Typed none = knit("exec", "--part", "proxy", instance(1), "hostname");
        assertThat(none.exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(none.err()).contains("has no container proxy on node");
        assertThat(knit("logs", instance(1), "--part", "proxy").err()).contains("has no container proxy on node");
        assertThat(knit("logs", instance(1), "--part", "Proxy").err()).contains("the parameter part is \"Proxy\"");
    }

    @Test
    @DisplayName("exec -i: what is read here it reads, to its end")
    void execReads() {
        byte[] large = new byte[1_000_000];
        new Random(3).nextBytes(large);
        assertThat(Typed.given("hello\nworld", () -> knit("exec", "-i", instance(1), "cat"))
                        .out())
                .isEqualTo("hello\nworld");
        Kept kept = new Kept();
        try (RemoteShell shell =
                client().exec(instance(1), List.of("cat"), ShellTerms.plain().withInput(), kept)) {
            shell.write(large);
            shell.endInput();
            assertThat(shell.await()).isZero();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(kept.bytes()).isEqualTo(large);
    }

    @Test
    @DisplayName("exec -it with what is no terminal as its input has the command have none, and says so")
    void execPiped() {
        String said = "-t is passed over: what is read here is no terminal\n";
        String[] words = {"sh", "-c", "echo one; echo two >&2; exit 3"};
        Typed piped = Typed.given("ls\n", () -> knit("exec", "-it", instance(0), words[0], words[1], words[2]));
        assertThat(piped).isEqualTo(new Typed(3, "one\n", said + "two\n"));
        Typed unread = knit("exec", "-t", instance(0), words[0], words[1], words[2]);
        assertThat(unread).isEqualTo(new Typed(3, "one\ntwo\n", ""));
    }

    @Test
    @DisplayName("exec -t: the terminal's size goes along, at first and later")
    void execResizes() throws Exception {
        Kept kept = new Kept();
        try (RemoteShell shell =
                client().exec(instance(0), List.of("size"), new ShellTerms(true, true, 91, 17), kept)) {
            Awaitility.await().until(() -> kept.text().equals("17 91\n"));
            shell.resize(62, 33);
            Awaitility.await().until(() -> kept.text().equals("17 91\n33 62\n"));
            shell.endInput();
            assertThat(shell.await()).isZero();
        }
    }

    @Test
    @DisplayName("attach: of what has no input, or no terminal, it is said which field of the spec gives it one")
    void attachNeedsWhatItIsGiven() {
        Typed closed = knit("attach", "-i", instance(0));
        assertThat(closed.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(closed.err())
                .contains(
                        "the input of " + instance(0) + " is closed", "deploy it with stdin: true, or join it without");
        Typed none = knit("attach", "-t", instance(0));
        assertThat(none.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(none.err()).contains("has no terminal", "deploy it with tty: true, or join it without");
    }

    @Test
    @DisplayName("attach: the process of the instance, and Ctrl-C's way out, which is no end of it")
    void attach() throws Exception {
        Kept kept = new Kept();
        deployTalk();
        String talk =
                started.deployment("talk").orElseThrow().instances().get(0).id();
        RemoteShell shell = client().attach(talk, ShellTerms.plain().withInput(), kept);
        shell.write("to the process".getBytes(StandardCharsets.UTF_8));
        Awaitility.await().until(() -> kept.text().equals("to the process"));
        shell.close();
        assertThatThrownBy(shell::await).hasMessage("it was left");
        assertThat(engineOfTalk()).isNotNull();
        Kept sized = new Kept();
        try (RemoteShell terminal = client().attach(talk, new ShellTerms(true, true, 91, 17), sized)) {
            Awaitility.await().until(() -> sized.text().equals("17 91\n"));
            terminal.resize(62, 33);
            Awaitility.await().until(() -> sized.text().equals("17 91\n33 62\n"));
        }
    }

    private static void deployTalk() {
        Path spec = folder.resolve("talk.yaml");
        try {
            Files.writeString(spec, "name: talk\nimage: web:1\npull: never\nstdin: true\ntty: true\nargs: [size]\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        assertThat(knit("deploy", "--wait", spec.toString()).exitCode()).isZero();
    }

    /** Where it runs now; null: nowhere. */
    private static @Nullable FakeEngine engineOfTalk() {
        return ENGINES.values().stream()
                .filter(engine -> containerOfTalk(engine) != null)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String containerOfTalk(FakeEngine engine) {
        return engine.containers().stream()
                .filter(it -> "talk".equals(it.labels().get(KnitLabels.DEPLOYMENT)))
                .filter(it -> it.state() == ContainerState.RUNNING)
                .map(ContainerSnapshot::id)
                .findFirst()
                .orElse(null);
    }

    @Test
    @DisplayName("knit attach -i gives the process what is read here, and shows what it writes")
    void attachTyped() throws Exception {
        deployTalk();
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        CompletableFuture<Typed> attach = CompletableFuture.supplyAsync(() -> Typed.given(
                "to the process", () -> Typed.into(shown, Map.of("KNIT_SERVER", server), "attach", "-i", "talk")));
        Awaitility.await().until(() -> shown.toString(StandardCharsets.UTF_8).equals("to the process"));
        // what it is given has ended, and it goes on
        FakeEngine engine = Objects.requireNonNull(engineOfTalk());
        engine.end(Objects.requireNonNull(containerOfTalk(engine)), 3);
        assertThat(attach.get(30, TimeUnit.SECONDS)).isEqualTo(new Typed(3, "", ""));
    }

    @Test
    @DisplayName("what can't be begun is refused before the WebSocket is, in the API's words")
    void refusals() throws Exception {
        assertThatThrownBy(() -> client().exec("web-0-none", List.of("sh"), ShellTerms.plain(), new Kept()))
                .isInstanceOfSatisfying(
                        KnitClientException.class,
                        e -> assertThat(e.kind()).isEqualTo(KnitClientException.Kind.NOT_FOUND))
                .hasMessageContaining("there is no instance named");
        Typed typed = knit("exec", "none", "sh");
        assertThat(typed.exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(typed.err().lines().count()).isEqualTo(2);
        assertThat(get("/instances/" + instance(0) + "/exec?command=sh").statusCode())
                .isEqualTo(400);
        assertThat(get("/instances/" + instance(0) + "/exec?command=sh").body()).contains("this is a WebSocket");
    }

    @Test
    @DisplayName("no page of another site opens a WebSocket here, though it is opened by GET")
    void keepsOutOtherSites() throws Exception {
        HttpClient own = HttpClient.newHttpClient();
        for (String origin : List.of("http://elsewhere.example", "null")) {
            assertThat(own.newWebSocketBuilder()
                            .header("Origin", origin)
                            .buildAsync(
                                    URI.create(server.replace("http", "ws") + "/instances/" + instance(0)
                                            + "/exec?command=sh"),
                                    new java.net.http.WebSocket.Listener() {})
                            .handle((made, why) -> why == null ? "opened" : String.valueOf(why.getCause()))
                            .get())
                    .contains("WebSocketHandshakeException");
        }
    }

    @Test
    @DisplayName("cp: a folder in and out again is the same; a file by another name; into a folder")
    void cp(@TempDir Path here) throws IOException {
        Path folder = here.resolve("conf");
        Files.createDirectories(folder.resolve("sub"));
        byte[] large = new byte[3_000_000];
        new Random(4).nextBytes(large);
        Files.writeString(folder.resolve("a.txt"), "hello");
        Files.write(folder.resolve("sub/large"), large);
        String id = instance(0);
        Typed in = knit("cp", folder.toString(), id + ":/tmp/");
        assertThat(in.exitCode()).as(in.err()).isZero();
        Typed back = knit("cp", id + ":/tmp/conf", here.resolve("back").toString());
        assertThat(back.exitCode()).as(back.err()).isZero();
        assertThat(here.resolve("back/a.txt")).hasContent("hello");
        assertThat(here.resolve("back/sub/large")).hasBinaryContent(large);
        assertThat(knit("cp", folder.resolve("a.txt").toString(), id + ":/tmp/b.txt")
                        .exitCode())
                .isZero();
        assertThat(knit("cp", id + ":/tmp/b.txt", here.toString()).err()).contains("1 file copied to");
        assertThat(here.resolve("b.txt")).hasContent("hello");
    }

    @Test
    @DisplayName("cp: of a link what it leads to is copied, by the link's name")
    void cpOfLinks(@TempDir Path here) throws IOException {
        String id = instance(0);
        Path real = Files.createDirectories(here.resolve("v2"));
        Files.writeString(real.resolve("a.txt"), "hello");
        Path link = Files.createSymbolicLink(here.resolve("current"), Path.of("v2"));
        Path file = Files.createSymbolicLink(here.resolve("c.txt"), Path.of("v2/a.txt"));
        Path back = here.resolve("back");

        assertThat(knit("cp", link.toString(), id + ":/tmp/").err()).endsWith(":/tmp/current\n");
        knit("cp", id + ":/tmp/current", back.toString());
        assertThat(back.resolve("a.txt")).hasContent("hello");

        assertThat(knit("cp", file.toString(), id + ":/tmp/").err()).endsWith(":/tmp/c.txt\n");
        knit("cp", id + ":/tmp/c.txt", here.resolve("file").toString());
        assertThat(here.resolve("file")).isRegularFile().hasContent("hello");

        assertThat(knit("cp", link + "/../v2/.", id + ":/tmp/").err()).endsWith(":/tmp/v2\n");
        Typed all = knit("cp", "/", id + ":/tmp/");
        assertThat(all.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(all.err()).contains("/ has no name");
    }

    @Test
    @DisplayName("cp: what is not there, here or there, is said, and what to do; nothing is made")
    void cpSaysWhatIsMissing(@TempDir Path here) {
        Typed there = knit("cp", "web:/no/such", here.toString());
        assertThat(there.exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(there.err()).contains("there is no /no/such in the container\n      name a path that is there");
        assertThat(here).isEmptyDirectory();
        Typed local = knit("cp", here.resolve("none").toString(), "web:/tmp/");
        assertThat(local.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(knit("cp", "a", "b").exitCode()).isEqualTo(Exit.USAGE);
        assertThat(knit("cp", "web:/tmp", "web:/tmp").exitCode()).isEqualTo(Exit.USAGE);
    }

    @Test
    @DisplayName("a copy that is large is never whole in the server's memory: it goes as it comes, in order")
    void largeCopies() throws Exception {
        byte[] large = new byte[20_000_000];
        new Random(5).nextBytes(large);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("large", large);
        HttpResponse<String> put = HTTP.send(
                HttpRequest.newBuilder(URI.create(server + "/v1/instances/" + instance(1) + "/files?path=%2Ftmp"))
                        .PUT(BodyPublishers.ofByteArray(TarBytes.of(files)))
                        .build(),
                BodyHandlers.ofString());
        assertThat(put.statusCode()).as(put.body()).isEqualTo(204);
        try (InputStream tar = client().copyFrom(instance(1), "/tmp/large")) {
            assertThat(TarBytes.read(tar.readAllBytes()).get("large")).isEqualTo(large);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /files, 400, the parameter path is missing",
        "GET, /files?path=etc, 400, absolute path",
        "PUT, /files?path=etc, 400, absolute path",
        "PUT, /files?pat=/etc, 400, did you mean path?",
        "PUT, /files?path=/none, 404, there is no /none in the container",
        "GET, /exec, 400, there is no command",
        "GET, /exec?command=a&tty=perhaps, 400, give true or false",
        "GET, /exec?command=a&columns=0, 400, a number from 1 to 9999",
        "GET, /exec?command=a&stdin=true&stdin=true, 400, given twice",
        "GET, /stats?a=1, 400, there is no query parameter",
    })
    void wrongInputs(String method, String path, int status, String words) throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(server + "/instances/" + instance(0) + path))
                        .method(method, BodyPublishers.ofString("x".repeat(method.equals("PUT") ? 100_000 : 0)))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(words);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(server + path)).build(), BodyHandlers.ofString());
    }

    @Test
    @DisplayName("stats: of an instance, of a deployment, of the nodes' hosts")
    void stats() throws Exception {
        JsonNode one = new ObjectMapper()
                .readTree(get("/instances/" + instance(0) + "/stats").body());
        assertThat(one.path("cpus").asDouble()).isEqualTo(0.5);
        assertThat(one.path("memory_bytes").asLong()).isEqualTo(64L << 20);
        assertThat(knit("stats", "web").out().lines().skip(1))
                .hasSize(2)
                .allMatch(line -> line.matches("web-\\d-\\w+ +0\\.50 +64\\.0 MiB +1\\.0 GiB .*"));
        assertThat(knit("stats", "-o", "name").out().lines()).containsExactlyInAnyOrder("n1", "n2");
        JsonNode host = new ObjectMapper().readTree(get("/nodes/n1/stats").body());
        assertThat(host.path("cpu_count").asInt())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(host.path("memory_bytes").asLong())
                .isPositive()
                .isLessThan(host.path("memory_total_bytes").asLong());
        assertThat(host.path("disk_bytes").asLong())
                .isPositive()
                .isLessThan(host.path("disk_total_bytes").asLong());
        assertThat(get("/nodes/none/stats").statusCode()).isEqualTo(404);
        assertThat(get("/deployments/none/stats").statusCode()).isEqualTo(404);
        assertThat(get("/instances/none/stats").statusCode()).isEqualTo(404);
    }
}
