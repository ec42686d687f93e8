package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.PortBinding;
import io.knit.core.KnitAgentBuilder;
import io.knit.core.KnitServerBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twelve Compose files of the kinds that people run, with real servers of Debian's packages, beside each other on three nodes of a real engine. In each {@code web} counts, in what another node keeps and is found
 * by its name, how often it was asked.
 */
class DockerStacksTest extends MeshedNodesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");
    private static final List<String> STACKS = List.of(
            "shop", "films", "home", "post", "watch", "edge", "jobs", "forge", "photos", "wiki", "vpn", "count");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> variables = new TreeMap<>();

    @TempDir
    static Path pages;

    DockerStacksTest() {
        super(3);
    }

    @Override
    KnitServerBuilder served(KnitServerBuilder builder) {
        return builder.httpAddress("127.0.0.1:0");
    }

    @Override
    KnitAgentBuilder granted(KnitAgentBuilder builder) {
        return builder.allow("cap:NET_ADMIN")
                .allow("device:/dev/net/tun")
                .allow("bind:" + pages.toAbsolutePath() + ":rw");
    }

    private static String read(String name) throws IOException {
        try (var in = DockerStacksTest.class.getResourceAsStream("/stacks/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** One command. */
    private void deploy(String stack, String mark) throws IOException, InterruptedException {
        variables.put("MARK", mark);
        Map<String, Object> body = Map.of(
                "file",
                read(stack + ".yaml"),
                "env",
                variables,
                "files",
                Map.of(
                        "./serve",
                        read("serve"),
                        "photos.env",
                        "REDIS_PORT=6380\n",
                        "count.env",
                        "PGHOST=db\nPGPORT=5433\nPGUSER=app\nPGDATABASE=postgres\n"));
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(server.endpoints().get("http") + "/compose"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s: %s", stack, answer.body()).isEqualTo(202);
        JsonNode json = JSON.readTree(answer.body());
        assertThat(json.path("deployments")).as(answer.body()).isNotEmpty();
    }

    /** What it has counted, with this once; empty: it can't say yet. */
    private String count(String stack) {
        PortBinding at = server.snapshot().deployment(stack + "-web").orElseThrow().instances().stream()
                .filter(Instance::isHealthy)
                .findFirst()
                .map(it -> it.ports().get(0))
                .orElse(null);
        if (at == null) {
            return "";
        }
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://" + at.hostIp() + ":" + at.hostPort() + "/cgi-bin/count"))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.body().strip();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of all stacks. */
    private Map<String, Integer> counted() {
        Map<String, Integer> found = new TreeMap<>();
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> {
                    List<String> silent = new ArrayList<>();
                    for (String stack : STACKS) {
                        if (!found.containsKey(stack)) {
                            String said = count(stack);
                            if (said.matches("[0-9]+")) {
                                found.put(stack, Integer.parseInt(said));
                            } else {
                                silent.add(stack + " says \"" + said + "\" " + states(stack));
                            }
                        }
                    }
                    assertThat(silent).isEmpty();
                });
        return found;
    }

    private List<String> states(String stack) {
        return server.snapshot().deployments().stream()
                .filter(it -> it.name().startsWith(stack + "-"))
                .flatMap(it -> it.instances().stream())
                .map(it -> it.id() + " " + it.state() + " " + it.reason())
                .toList();
    }

    private static void until(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(condition);
    }

    private static String key(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said.strip();
    }

    @Test
    @DisplayName(
            "each comes up by one command, its parts find each other by name across nodes, its data outlive an update and a node's death, and it goes without a trace")
    void all() throws Exception {
        Assumptions.assumeTrue(
                System.getenv("CI") != null || ServersImage.missing().isEmpty(),
                () -> "of Debian's packages there is not: " + ServersImage.missing());
        try (ServersImage made =
                new ServersImage("knit-stacks-" + UUID.randomUUID().toString().substring(0, 8) + ":1")) {
            variables.put("IMAGE", made.name);
            variables.put("DB_PASSWORD", "s3cret");
            variables.put("FOLDER", pages.toAbsolutePath().toString());
            for (String peer : List.of("HUB", "PEER")) {
                String secret = key("wg", "genkey");
                variables.put(peer + "_KEY", secret);
                variables.put(peer + "_PUBLIC", key("sh", "-c", "echo '" + secret + "' | wg pubkey"));
            }
            comeAndGo();
        }
    }

    private void comeAndGo() throws Exception {
        for (String stack : STACKS) {
            deploy(stack, "one");
        }
        Map<String, Integer> counts = counted();
        counts = assertMore(counts, "at once");
        assertOnSeveralNodes();

        for (String stack : STACKS) {
            deploy(stack, "two");
        }
        until(() -> server.snapshot().deployments().stream()
                .noneMatch(it -> it.deployment().rollout().isUnderWay()
                        && it.deployment().revision() > 1));
        counts = assertMore(counts, "after an update of what keeps the data");

        await(agents.get(2).close());
        until(() -> STACKS.stream()
                .allMatch(stack -> server.snapshot().deployment(stack + "-web").orElseThrow().instances().stream()
                        .anyMatch(it -> it.isHealthy() && "n1".equals(it.node()))));
        assertMore(counts, "from the node that is left");

        agents.set(2, agent(2));
        await(agents.get(2).start());
        String cluster = server.snapshot().cluster();
        for (DeploymentView each : server.snapshot().deployments()) {
            await(server.run(new Command.Undeploy(each.deployment().name(), null, true), ANN));
        }
        until(() -> server.snapshot().deployments().isEmpty());
        until(() -> await(runtime.volumes(cluster)).isEmpty());
        assertThat(await(runtime.snapshot(cluster)).containers()).isEmpty();
    }

    private Map<String, Integer> assertMore(Map<String, Integer> before, String when) {
        Map<String, Integer> after = counted();
        for (String stack : STACKS) {
            assertThat(after.get(stack)).as("%s %s", stack, when).isGreaterThan(before.get(stack));
        }
        return after;
    }

    /** What counts and what keeps are apart. */
    private void assertOnSeveralNodes() {
        for (String stack : STACKS) {
            long nodes = server.snapshot().deployments().stream()
                    .filter(it -> it.name().startsWith(stack + "-"))
                    .flatMap(it -> it.instances().stream())
                    .map(Instance::node)
                    .filter(Objects::nonNull)
                    .distinct()
                    .count();
            assertThat(nodes).as(stack).isGreaterThan(1);
        }
    }
}
