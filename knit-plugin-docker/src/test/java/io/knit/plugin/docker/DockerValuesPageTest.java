package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PullPolicy;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The example of docs/values.md is run by a server, an agent and a real engine. */
class DockerValuesPageTest extends EngineServerTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");
    private static final List<Path> MEMORIES = List.of(Path.of("/run"), Path.of("/dev/shm"));

    private Set<Path> before = Set.of();

    DockerValuesPageTest() {
        super("values");
    }

    @BeforeEach
    void lookAround() throws IOException {
        before = memories();
    }

    private static Set<Path> memories() throws IOException {
        Set<Path> found = new TreeSet<>();
        for (Path memory : MEMORIES) {
            try (Stream<Path> all = Files.list(memory)) {
                found.addAll(
                        all.filter(path -> String.valueOf(path.getFileName()).startsWith("knit-"))
                                .collect(Collectors.toSet()));
            }
        }
        return found;
    }

    private static DeploymentSpec example() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "values.md"));
        int at = page.indexOf("```json");
        String json = page.substring(at + 7, page.indexOf("```", at + 7));
        return new Admission(new TemplateEngine()).admit(SpecReader.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    private void set(Kind kind, String key, String text) {
        await(server.run(new Command.SetValue(kind, key, Content.of(text)), ANN));
    }

    private Instance one(int revision) {
        until(() -> server.snapshot().deployment(name).orElseThrow().instances().stream()
                        .allMatch(it -> it.revision() == revision && it.isHealthy())
                && running() == 1);
        return server.snapshot().deployment(name).orElseThrow().instances().get(0);
    }

    private String container() {
        return await(runtime.snapshot(server.snapshot().cluster()))
                .containers()
                .get(0)
                .id();
    }

    private String in(String script) {
        return await(runtime.exec(container(), List.of("sh", "-c", script), Duration.ofSeconds(10)))
                .output();
    }

    @Test
    @DisplayName(
            "secrets are files in memory with their owner and mode, environment and templates have what they read; another content is a revision, and nothing is left")
    void arrives() throws IOException, InterruptedException {
        await(agent.start());
        set(Kind.SECRET, "db-password", "hu/sh");
        set(Kind.SECRET, "tls-key", "key of tls");
        set(Kind.SECRET, "api-token", "token of api");
        set(Kind.VAR, "DB_HOST", "db.example");
        set(Kind.FILE, "app.env", "MODE=prod\n");
        set(Kind.FILE, "app.conf", "node {{ node.id }}, host {{ var('DB_HOST') }}\n");
        set(Kind.FILE, "logo.svg", "<svg>{{ not ours }}</svg>");
        DeploymentSpec spec = SpecTable.SPEC.with(
                example(),
                Map.of(
                        "name",
                        name,
                        "image",
                        engine.image,
                        "pull",
                        PullPolicy.NEVER,
                        "command",
                        List.of("sh", "-c", "exec sleep 1000")));
        await(server.deploy(spec));
        one(1);
        assertThat(in("cat /run/secrets/db-password; echo; cat /etc/tls/key.pem; echo; ls -ln /etc/tls/key.pem"))
                .startsWith("hu/sh\nkey of tls\n-r--------")
                .contains(" 1000 ", " 1000 ");
        assertThat(in("cat /etc/app/db.url; echo; cat /etc/app/app.conf /etc/app/logo.svg"))
                .isEqualTo(
                        "postgres://app:hu%2Fsh@db.example/app\nnode n1, host db.example\n<svg>{{ not ours }}</svg>");
        assertThat(in("cat /etc/app/alerts.yml")).isEqualTo("host: db.example\nsummary: {{ $labels.job }} is down\n");
        assertThat(in("ls -ln /etc/app/"))
                .containsPattern("-r-------- +1 1000 .*db.url\n")
                .containsPattern("-rw-r--r-- .*app.conf\n");
        assertThat(in("env")).contains("NODE=n1\n", "DB_HOST=db.example\n", "MODE=prod\n", "API_TOKEN=token of api\n");
        assertThat(in("echo x > /run/secrets/db-password || echo only read")).contains("only read");
        Process inspected = new ProcessBuilder("docker", "inspect", container())
                .redirectErrorStream(true)
                .start();
        String told = new String(inspected.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(inspected.waitFor()).isZero();
        assertThat(told).contains("/run/secrets/db-password").doesNotContain("hu/sh", "key of tls");

        set(Kind.SECRET, "db-password", "other");
        one(2);
        assertThat(in("cat /run/secrets/db-password /etc/app/db.url"))
                .isEqualTo("otherpostgres://app:other@db.example/app");

        await(server.undeploy(name));
        until(() -> server.snapshot().deployments().isEmpty());
        Set<Path> ours = memories();
        ours.removeAll(before);
        for (Path folder : ours) {
            until(() -> {
                try (Stream<Path> left = Files.list(folder)) {
                    return left.findAny().isEmpty();
                }
            });
            Files.delete(folder);
        }
    }
}
