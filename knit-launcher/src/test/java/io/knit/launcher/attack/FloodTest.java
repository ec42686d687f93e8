package io.knit.launcher.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.launcher.Main;
import io.knit.launcher.OwnJava;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Strangers with fresh keys, which a server without a join token lets in, do all at once what they may; the server is a process of its own with a small
 * heap, which must outlive them. How many: {@code -Dknit.flood.subscriptions=360000 -Dknit.flood.strangers=1 -Dknit.flood.agents=5000}.
 */
class FloodTest {
    private static final int SUBSCRIPTIONS = Integer.getInteger("knit.flood.subscriptions", 40_000);
    private static final int STRANGERS = Integer.getInteger("knit.flood.strangers", 10);
    private static final int AGENTS = Integer.getInteger("knit.flood.agents", 300);
    private static final int AT_ONCE = 100;
    /** A client has two seconds to say who it is. */
    private static final long PROMPT_NANOS = 1_500_000_000;

    private static final Pattern READY = Pattern.compile("ready: (http://\\S+) .* (nats://[^\\s,]+),");

    @TempDir
    Path folder;

    private Process server;
    private String http;
    private String nats;

    @BeforeEach
    void start() throws IOException {
        Path log = folder.resolve("server.log");
        List<String> command = OwnJava.command(
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "server",
                "start",
                "--http-addr=127.0.0.1:0",
                "--nats-addr=127.0.0.1:0",
                "--data-dir=" + folder.resolve("data"));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KNIT_"));
        server = builder.start();
        Matcher[] ready = new Matcher[1];
        Awaitility.await("the server is ready").atMost(Duration.ofMinutes(3)).until(() -> {
            ready[0] = READY.matcher(Files.readString(log));
            return ready[0].find();
        });
        http = ready[0].group(1);
        nats = ready[0].group(2);
    }

    @AfterEach
    void end() {
        server.destroyForcibly();
    }

    private static <T> List<T> all(int threads, List<Callable<T>> work) throws Exception {
        ExecutorService crew = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> each : crew.invokeAll(work)) {
                results.add(each.get());
            }
            return results;
        } finally {
            crew.shutdownNow();
        }
    }

    @Test
    @DisplayName("who subscribes without end within its own inbox gets no more than an agent needs, and ends nothing")
    void subscriptions() throws Exception {
        List<Callable<Long>> floods = IntStream.range(0, STRANGERS)
                .mapToObj(i -> (Callable<Long>) () -> flood("stranger-" + i, SUBSCRIPTIONS / STRANGERS))
                .toList();
        long taken = all(STRANGERS, floods).stream().mapToLong(Long::longValue).sum();
        assertThat(taken).isBetween(1L, 64L * STRANGERS);
        assertServes();
    }

    /** How many of its subscriptions were taken. */
    private long flood(String name, int count) throws Exception {
        try (RawSocket socket = introduced(name, Key.make())) {
            assertThat(socket.line()).isEqualTo("PONG");
            int block = 500;
            long refused = 0;
            for (int sent = 0; sent < count; sent += block) {
                int first = sent;
                String line = socket.send(IntStream.range(first, first + block)
                                .mapToObj(
                                        i -> "SUB _INBOX." + name + "." + "x".repeat(200) + i + " " + (i + 1) + "\r\n")
                                .collect(Collectors.joining())
                        + "PING\r\n");
                for (; line != null && !line.equals("PONG"); line = socket.line()) {
                    assertThat(line).isEqualTo("-ERR 'maximum subscriptions exceeded'");
                    refused++;
                }
                if (line == null) {
                    return 0; // it was sent away
                }
            }
            return count - refused;
        }
    }

    @Test
    @DisplayName("agents that come all at once are all let in: those that nobody knew, and when they come again")
    void logins() throws Exception {
        List<Key> keys = IntStream.range(0, AGENTS).mapToObj(i -> Key.make()).toList();
        List<Callable<String>> joins = IntStream.range(0, AGENTS)
                .mapToObj(i -> (Callable<String>) () -> join("agent-" + i, keys.get(i)))
                .toList();
        assertThat(counted(all(AT_ONCE, joins))).containsExactlyEntriesOf(Map.of("taken", (long) AGENTS));

        List<RawSocket> again = new ArrayList<>();
        try {
            for (int i = 0; i < AGENTS; i++) {
                again.add(introduced("agent-" + i, keys.get(i)));
            }
            List<String> answers = new ArrayList<>();
            for (RawSocket socket : again) {
                answers.add(String.valueOf(socket.line()));
            }
            assertThat(counted(answers)).containsExactlyEntriesOf(Map.of("PONG", (long) AGENTS));
        } finally {
            for (RawSocket socket : again) {
                socket.close();
            }
        }
        assertServes();
    }

    /** Says who it is, and begins again where that took too long: agents have a machine each, here one signs for all. */
    private RawSocket introduced(String node, Key key) throws IOException {
        while (true) {
            long began = System.nanoTime();
            RawSocket socket = new RawSocket(nats);
            socket.tell("CONNECT " + socket.claim(node, key).encode() + "\r\nPING\r\n");
            if (System.nanoTime() - began < PROMPT_NANOS) {
                return socket;
            }
            socket.close();
        }
    }

    private static Map<String, Long> counted(List<String> answers) {
        return answers.stream().collect(Collectors.groupingBy(word -> word, Collectors.counting()));
    }

    /** As an agent begins: it comes in, and tells of its node. */
    private String join(String node, Key key) throws IOException {
        try (RawSocket socket = introduced(node, key)) {
            String answer = String.valueOf(socket.line());
            if (!answer.equals("PONG")) {
                return answer;
            }
            String heartbeat =
                    new String(WireCodec.encode(Attacker.heartbeat(node, "identity-" + node)), StandardCharsets.UTF_8);
            String inbox = "_INBOX." + node + ".1";
            String heard = socket.send("SUB " + inbox + " 1\r\nPUB " + Subjects.heartbeat(node) + " " + inbox + " "
                    + heartbeat.length() + "\r\n" + heartbeat + "\r\n");
            return String.valueOf(heard).startsWith("MSG " + inbox) ? "taken" : String.valueOf(heard);
        }
    }

    /** People and agents. */
    @Test
    @DisplayName("Compose files that would grow without end end nothing, however many come at once")
    void composeFiles() throws Exception {
        StringBuilder aliases = new StringBuilder(
                "name: s\nx: &a \"" + "x".repeat(400_000) + "\"\nservices: {s: {image: a, environment: {");
        for (int i = 0; i < 40_000; i++) {
            aliases.append("A").append(i).append(": *a, ");
        }
        StringBuilder doubles = new StringBuilder("A=" + "x".repeat(1_000) + "\\n" + "B=" + "$A".repeat(2_000) + "\\n");
        for (int i = 0; i < 1_000; i++) {
            doubles.append("C").append(i).append("=$B\\n");
        }
        String file = "\"file\":\"name: s\\nservices: {s: {image: a, env_file: [" + "e, ".repeat(40_000) + "]}}\"";
        List<Callable<Integer>> posts = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            posts.add(() -> posted("application/yaml", aliases + "}}}\n"));
            posts.add(() -> posted("application/json", "{" + file + ",\"env_file\":\"" + doubles + "\"}"));
            posts.add(() -> posted("application/json", "{" + file + ",\"files\":{\"e\":\"" + doubles + "\"}}"));
        }
        assertThat(all(AT_ONCE, posts)).contains(400).isSubsetOf(400, 503);
        assertServes();
    }

    private int posted(String type, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(http + "/compose"))
                                .header("Content-Type", type)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private void assertServes() throws Exception {
        String spec = "{\"name\": \"web\", \"image\": \"web:1\"}";
        HttpRequest post = HttpRequest.newBuilder(URI.create(http + "/deployments"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(spec))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(post, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(202);
        try (RawSocket honest = introduced("honest", Key.make())) {
            assertThat(honest.line()).isEqualTo("PONG");
        }
        assertThat(server.isAlive()).isTrue();
    }
}
