package io.knit.launcher.remote;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.core.KnitServer;
import io.knit.launcher.Typed;
import io.knit.testkit.discovery.FixedDiscovery;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens from the first to the last, typed at a real server that asks for them. */
class TokensTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private KnitServer started;
    private String server = "";
    private String admin = "";

    @BeforeEach
    void start() throws IOException {
        started = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0")
                .tokens()
                .build();
        await(started.start());
        server = Objects.requireNonNull(started.endpoints().get("http"));
        admin = Files.readString(firstToken()).strip();
    }

    @AfterEach
    void close() {
        await(started.close());
    }

    private Path firstToken() {
        return folder.resolve("server").resolve("admin.token");
    }

    private Typed knit(String token, String... words) {
        Map<String, String> environment = new HashMap<>(Map.of("KNIT_SERVER", server));
        if (!token.isEmpty()) {
            environment.put("KNIT_TOKEN", token);
        }
        return Typed.knit(environment, words);
    }

    private String done(String token, String... words) {
        Typed typed = knit(token, words);
        assertThat(typed.err()).as(typed.out()).isEmpty();
        assertThat(typed.exitCode()).isZero();
        return typed.out().strip();
    }

    private void refused(Typed typed, String what, String toDo) {
        assertThat(typed.out()).isEmpty();
        assertThat(typed.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(typed.err().lines())
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("knit: " + what),
                        second -> assertThat(second.strip()).startsWith(toDo));
    }

    private String spec(String name, String more) throws IOException {
        Path file = folder.resolve(name + ".yaml");
        Files.writeString(file, "name: " + name + "\nimage: web:1\n" + more);
        return file.toString();
    }

    @Test
    @DisplayName("the first token lies in a file of its owner's; who shows none is told what to do")
    void theFirst() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(firstToken())))
                .isEqualTo("rw-------");
        refused(knit("", "status"), "this server asks for a token", "send one as");
        assertThat(done(admin, "status")).contains("nothing is deployed");
        Typed byFile = Typed.knit(
                Map.of("KNIT_SERVER", server),
                "nodes",
                "--token-file",
                firstToken().toString());
        assertThat(byFile.exitCode()).as(byFile.err()).isZero();
        assertThat(Typed.knit(
                                Map.of(
                                        "KNIT_SERVER",
                                        server,
                                        "KNIT_TOKEN_FILE",
                                        firstToken().toString()),
                                "nodes")
                        .exitCode())
                .isZero();
    }

    @Test
    @DisplayName(
            "a viewer sees and changes nothing, a deployer changes what its pattern has, and the history names them")
    void eachItsOwn() throws IOException {
        String viewer = done(admin, "token", "create", "eve", "--role", "viewer");
        String deployer =
                done(admin, "token", "create", "ci", "--role", "deployer", "--deployments", "web-*", "--ttl", "30d");
        String web = spec("web-1", "");

        assertThat(done(viewer, "status")).contains("nothing is deployed");
        refused(
                knit(viewer, "deploy", web),
                "eve may not POST /deployments: that takes the role deployer",
                "use another token");
        assertThat(done(deployer, "deploy", web)).contains("web-1 deployed");
        refused(
                knit(deployer, "deploy", spec("db", "")),
                "ci may not deploy db: ci is for the deployments web-*",
                "use");
        refused(
                knit(deployer, "deploy", spec("web-2", "no_new_privileges: false\n")),
                "ci may not deploy web-2: no_new_privileges: false is asked for: that takes the role admin",
                "use");
        refused(
                knit(deployer, "node", "drain", "n1"),
                "ci may not POST /nodes/n1/drain: that takes the role admin",
                "use");
        refused(knit(deployer, "token", "list"), "ci may not GET /tokens", "use");
        assertThat(done(admin, "history", "web-1")).containsPattern("1\\* .* ci +deploy web-1");
        JsonNode history = JSON.readTree(get(admin, "/history").body());
        assertThat(history.path("history").path(0).path("caller").path("name").asText())
                .isEqualTo("ci");
        assertThat(history.toString())
                .doesNotContain(deployer)
                .doesNotContain(viewer)
                .doesNotContain(admin);
    }

    @Test
    @DisplayName("a token is worth nothing from the moment when it is revoked, and what is listed is no token")
    void revoked() throws IOException {
        String token = done(admin, "token", "create", "--role", "deployer");
        String name = token.split("_", 3)[1];
        assertThat(done(admin, "token", "list"))
                .containsPattern(name + " +deployer +\\* +admin +never")
                .doesNotContain(token);
        assertThat(done(token, "status")).isNotEmpty();
        assertThat(done(admin, "token", "revoke", name)).contains(name + " is worth nothing any more");
        refused(
                knit(token, "status"),
                "the token is not one of this server's, has expired or was revoked",
                "have an admin");
        assertThat(knit(admin, "token", "revoke", name).exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(get("", "/deployments").headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer realm=\"knit\"");
        assertThat(get(token, "/deployments").headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer realm=\"knit\", error=\"invalid_token\"");
    }

    @Test
    @DisplayName("what was made before a restart is worth the same after it, and no second first token is made")
    void restarted() throws IOException {
        String viewer = done(admin, "token", "create", "--role", "viewer");
        await(started.close());
        Files.delete(firstToken());
        started = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0")
                .tokens()
                .build();
        await(started.start());
        server = Objects.requireNonNull(started.endpoints().get("http"));
        assertThat(firstToken()).doesNotExist();
        assertThat(done(viewer, "status")).isNotEmpty();
        assertThat(done(admin, "token", "list").lines()).hasSize(3);
    }

    private HttpResponse<String> get(String token, String path) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
