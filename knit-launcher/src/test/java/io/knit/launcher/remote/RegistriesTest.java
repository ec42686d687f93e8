package io.knit.launcher.remote;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.knit.core.KnitServer;
import io.knit.launcher.Typed;
import io.knit.testkit.discovery.FixedDiscovery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins of registries typed at a real server. */
class RegistriesTest {
    private static final Path HOME = Path.of(System.getProperty("knit.home", ".."));

    @TempDir
    Path folder;

    private KnitServer started;

    @BeforeEach
    void start() {
        started = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0")
                .build();
        await(started.start());
    }

    @AfterEach
    void close() {
        await(started.close());
    }

    private Typed knit(String... words) {
        return Typed.knit(
                Map.of("KNIT_SERVER", Objects.requireNonNull(started.endpoints().get("http"))), words);
    }

    private String done(String... words) {
        Typed typed = knit(words);
        assertThat(typed.err()).as(typed.out()).isEmpty();
        assertThat(typed.exitCode()).as(typed.out()).isZero();
        return typed.out().strip();
    }

    private String file(String content) throws IOException {
        return Files.writeString(folder.resolve("token.txt"), content).toString();
    }

    @Test
    @DisplayName("the page's commands, as they stand there")
    void ofThePage() throws IOException {
        String page = Files.readString(HOME.resolve("docs/images.md"));
        String token = file("mArKeR-of-a-token\n");
        List<String> answers = new ArrayList<>();
        for (String line :
                page.split("```sh\n")[1].replaceFirst("(?s)```.*", "").lines().toList()) {
            answers.add(done(
                    line.replace("token.txt", token).substring("knit ".length()).split(" ")));
        }
        assertThat(answers.get(0)).isEqualTo("nodes log in to registry.example:5000 as ci when they pull next");
        assertThat(answers.get(1)).containsPattern("registry.example:5000 +ci +1 ");
        assertThat(answers.get(2)).isEqualTo("nodes do not log in to registry.example:5000 any more");
        assertThat(done("registry", "ls")).startsWith("no registries; ");
    }

    @Test
    @DisplayName("what is wrong is said where it is, and nothing of the password with it")
    void wrong() throws IOException {
        String token = file("mArKeR-of-a-token\n");
        assertThat(knit("registry", "set", "https://ghcr.io", "-u", "ci", "--from-file", token)
                        .err())
                .contains("is no host of a registry");
        String long200 = "r".repeat(60) + "." + "e".repeat(60) + "." + "g".repeat(60) + "." + "i".repeat(17);
        assertThat(knit("registry", "set", long200 + "x", "-u", "ci", "--from-file", token)
                        .err())
                .contains("is longer than 200 characters");
        assertThat(done("registry", "set", long200, "-u", "ci", "--from-file", token))
                .contains(long200);
        assertThat(done("registry", "rm", long200)).contains(long200);
        assertThat(knit("registry", "set", "index.docker.io", "-u", "ci", "--from-file", token)
                        .err())
                .contains("give docker.io");
        assertThat(knit("registry", "set", "GHCR.io", "-u", "ci", "--from-file", token)
                        .err())
                .contains("give ghcr.io");
        assertThat(knit("registry", "set", "ghcr.io", "-u", "c:i", "--from-file", token)
                        .err())
                .contains("without colons");
        assertThat(knit("registry", "set", "ghcr.io", "-u", "ci", "--from-file", file("\n"))
                        .err())
                .contains("the password is empty");
        Typed lines = knit("registry", "set", "ghcr.io", "-u", "ci", "--from-file", file("mArKeR\nmArKeR\n"));
        assertThat(lines.err()).contains("without control characters").doesNotContain("mArKeR");
        assertThat(knit("registry", "set", "ghcr.io").exitCode()).isEqualTo(2);
        assertThat(knit("registry", "rm", "ghcr.io").err()).contains("there is no such registry");
    }

    @Test
    @DisplayName("the password is in no file of the server's, and a rotation seals it anew")
    void sealed() throws IOException {
        done("registry", "set", "ghcr.io", "-u", "ci", "--from-file", file("mArKeR-of-a-token\n"));
        done("registry", "set", "quay.io", "-u", "other", "--from-file", file("mArKeR-of-a-token\n"));
        assertThat(done("registry", "get", "ghcr.io").lines())
                .hasSize(2)
                .last(STRING)
                .matches("ghcr.io +ci +1 .*");
        assertThat(done("registry", "get", "ghcr.io", "-o", "json"))
                .contains("\"username\" : \"ci\"")
                .doesNotContain("mArKeR");
        assertThat(knit("registry", "get", "docker.io").exitCode()).isEqualTo(Exit.NOT_FOUND);
        done("registry", "rm", "quay.io");
        assertThat(done("secret", "rotate")).startsWith("1 secrets are sealed");
        assertThat(done("registry", "ls", "-o", "json"))
                .contains("\"username\" : \"ci\"")
                .doesNotContain("mArKeR");
        done("backup", folder.resolve("server/backup.zip").toString());
        await(started.close());
        try (Stream<Path> files = Files.walk(folder.resolve("server"))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1))
                        .as(each.toString())
                        .doesNotContain("mArKeR");
            }
        }
        start();
        assertThat(done("registry", "ls")).containsPattern("ghcr.io +ci +1 ");
    }
}
