package io.knit.launcher.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Main;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
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
    private static final int AT_ONCE = 500;
    private static final Pattern READY = Pattern.compile("ready: (http://\\S+) .* (nats://[^\\s,]+),");

    @TempDir
    Path folder;

    private Process server;
    private String http;
    private String nats;

    @BeforeEach
    void start() throws IOException {
        Path log = folder.resolve("server.log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
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
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KNIT_"));
        server = builder.start();
        Matcher[] ready = new Matcher[1];
        Awaitility.await("the server is ready").atMost(Duration.ofMinutes(1)).until(() -> {
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
        try (RawSocket socket = new RawSocket(nats)) {
            assertThat(socket.connect(socket.claim(name, Key.make()))).isEqualTo("PONG");
            int block = 500;
            long refused = 0;
            for (int sent = 0; sent < count; sent += block) {
                int first = sent;
                String line = socket.send(IntStream.range(first, first + block)
                                .mapToObj(i -> "SUB _INBOX." + name + "." + "x".repeat(200) + i + " " + (i + 1) + "\r\n")
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
    @DisplayName("agents that come all at once are all let in")
    void logins() throws Exception {
        List<Callable<String>> agents = IntStream.range(0, AGENTS)
                .mapToObj(i -> (Callable<String>) () -> {
                    try (RawSocket socket = new RawSocket(nats)) {
                        return String.valueOf(socket.connect(socket.claim("agent-" + i, Key.make())));
                    }
                })
                .toList();
        Map<String, Long> answers =
                all(AT_ONCE, agents).stream().collect(Collectors.groupingBy(word -> word, Collectors.counting()));
        assertThat(answers).containsExactlyEntriesOf(Map.of("PONG", (long) AGENTS));
        assertServes();
    }

    /** People and agents. */
    private void assertServes() throws Exception {
        String spec = "{\"name\": \"web\", \"image\": \"web:1\"}";
        HttpRequest post = HttpRequest.newBuilder(URI.create(http + "/deployments"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(spec))
                .build();
        assertThat(HttpClient.newHttpClient().send(post, BodyHandlers.ofString()).statusCode())
                .isEqualTo(202);
        try (RawSocket honest = new RawSocket(nats)) {
            assertThat(honest.connect(honest.claim("honest", Key.make()))).isEqualTo("PONG");
        }
        assertThat(server.isAlive()).isTrue();
    }
}
