package io.knit.core.agent.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.RegistryAuth;
import io.knit.testkit.Futures;
import io.knit.testkit.loop.ThreadLoop;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files like Docker's, and helpers, which are real programs here. */
class HostLoginsTest {
    private static final RegistryAuth CI = new RegistryAuth("ci", "hush");

    @TempDir
    Path folder;

    private final ThreadLoop loop = new ThreadLoop("agent");

    @AfterEach
    void close() {
        loop.close();
    }

    private Logins.Login of(String registry, String config) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), config.replace('\'', '"'));
        return Futures.await(new HostLogins(loop, file, folder + "/").of(registry));
    }

    /** A helper that runs this. */
    private Path helper(String name, String script) throws IOException {
        Path file = folder.resolve("docker-credential-" + name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String auth(String both) {
        return "{'auth':'" + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)) + "'}";
    }

    @Test
    @DisplayName("auths are by host, Docker's own registry by the name that it has there")
    void auths() throws IOException {
        String config = "{'auths':{'ghcr.io':" + auth("ci:hush") + ",'https://index.docker.io/v1/':" + auth("hub:a:b")
                + ",'token.example':{'auth':'','identitytoken':'mArKeR'},'helped.example':{}}}";
        assertThat(of("token.example", config).auth())
                .isEqualTo(new RegistryAuth(RegistryAuth.IDENTITY_TOKEN, "mArKeR"))
                .asString()
                .doesNotContain("mArKeR");
        assertThat(of("ghcr.io", config).auth()).isEqualTo(CI);
        assertThat(of("docker.io", config).auth()).isEqualTo(new RegistryAuth("hub", "a:b"));
        assertThat(of("helped.example", config)).isEqualTo(Logins.Login.NONE);
        assertThat(of("other.example", config)).isEqualTo(Logins.Login.NONE);
        assertThat(of("other.example", "{}")).isEqualTo(Logins.Login.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "ghcr.io, https://ghcr.io",
        "ghcr.io, http://ghcr.io/",
        "registry.example.com, registry.example.com/v1/",
        "registry.example.com:5000, https://registry.example.com:5000/v2/",
        "docker.io, index.docker.io",
        "docker.io, docker.io"
    })
    @DisplayName("an address of a host is its name, as with Docker")
    void addresses(String registry, String key) throws IOException {
        assertThat(of(registry, "{'auths':{'other.example':" + auth("a:b") + ",'" + key + "':" + auth("ci:hush") + "}}")
                        .auth())
                .isEqualTo(CI);
    }

    @Test
    @DisplayName("the name to the letter goes before an address, and another host is never taken for it")
    void nameFirst() throws IOException {
        String config = "{'auths':{'https://ghcr.io/v1/':" + auth("a:b") + ",'ghcr.io':" + auth("ci:hush") + "}}";
        assertThat(of("ghcr.io", config).auth()).isEqualTo(CI);
        for (String other : List.of("https://ghcr.io.example", "example/ghcr.io", "ghcr.io:443", "https://")) {
            assertThat(of("ghcr.io", "{'auths':{'" + other + "':" + auth("ci:hush") + "}}"))
                    .as(other)
                    .isEqualTo(Logins.Login.NONE);
        }
    }

    @Test
    @DisplayName("a user and a password may stand apart; what is in auth goes first")
    void apart() throws IOException {
        String apart = "'username':'ci','password':'hush'";
        assertThat(of("ghcr.io", "{'auths':{'ghcr.io':{" + apart + "}}}").auth())
                .isEqualTo(CI);
        assertThat(of("ghcr.io", "{'auths':{'ghcr.io':{'auth':''," + apart + "}}}")
                        .auth())
                .isEqualTo(CI);
        String both = auth("other:word").replace("}", "," + apart + "}");
        assertThat(of("ghcr.io", "{'auths':{'ghcr.io':" + both + "}}").auth())
                .isEqualTo(new RegistryAuth("other", "word"));
        assertThat(of("ghcr.io", "{'auths':{'ghcr.io':{'username':'ci'}}}")).isEqualTo(Logins.Login.NONE);
    }

    @Test
    @DisplayName("a helper is asked for the host on standard input; of its registry first, else the store of all")
    void helpers() throws IOException {
        String name = "of-a-test";
        Path program = helper(name, """
                read server
                case "$1 $server" in
                  "get ghcr.io") echo noise >&2; echo '{"ServerURL":"ghcr.io","Username":"ci","Secret":"hush"}' ;;
                  "get https://index.docker.io/v1/") echo '{"Username":"<token>","Secret":"mArKeR"}' ;;
                  "get broken.example") echo mArKeR; exit 3 ;;
                  "get no.example") echo mArKeR ;;
                  *) echo "credentials not found in native keychain"; exit 1 ;;
                esac""");
        try {
            String helpers = "{'credHelpers':{'ghcr.io':'" + name + "','broken.example':'" + name + "'}}";
            assertThat(of("ghcr.io", helpers).auth()).isEqualTo(CI);
            assertThat(of("docker.io", helpers)).isEqualTo(Logins.Login.NONE);
            String store = "{'credsStore':'" + name + "','auths':{'ghcr.io':" + auth("other:word") + "}}";
            assertThat(of("ghcr.io", store).auth()).isEqualTo(CI);
            assertThat(of("unknown.example", store)).isEqualTo(Logins.Login.NONE);
            assertThat(of("docker.io", store).auth())
                    .isEqualTo(new RegistryAuth(RegistryAuth.IDENTITY_TOKEN, "mArKeR"));
            assertThat(of("broken.example", helpers).why())
                    .contains("docker-credential-" + name + " ended with 3; ask it by hand")
                    .doesNotContain("mArKeR");
            assertThat(of("no.example", store).why()).contains("it is no JSON").doesNotContain("mArKeR");
        } finally {
            Files.delete(program);
        }
        assertThat(of("ghcr.io", "{'credsStore':'" + name + "'}").why()).contains("docker-credential-" + name);
    }

    @Test
    @DisplayName("what can't be read or is no helper's name is said, and nothing is run")
    void wrong() throws IOException {
        assertThat(of("ghcr.io", "mArKeR").why())
                .contains("config.json", "it is no JSON")
                .doesNotContain("mArKeR");
        assertThat(of("ghcr.io", "{'credsStore':'../../bin/sh'}").why()).contains("a helper that is none");
        assertThat(of("ghcr.io", "{'auths':{'ghcr.io':{'auth':'!'}}}").auth()).isNull();
        Logins.Login gone = Futures.await(new HostLogins(loop, folder.resolve("none.json")).of("ghcr.io"));
        assertThat(gone.auth()).isNull();
        assertThat(gone.why()).contains("none.json");
    }

    @Test
    @DisplayName("the server's goes first, and what neither knows is said of both")
    void inOrder() {
        Logins server = registry -> Future.succeededFuture(new Logins.Login(null, "the server did not answer"));
        Logins host = registry -> Future.succeededFuture(new Logins.Login(CI, ""));
        Logins broken = registry -> Future.succeededFuture(new Logins.Login(null, "no file"));
        assertThat(server.or(host).of("ghcr.io").result().auth()).isEqualTo(CI);
        assertThat(host.or(broken).of("ghcr.io").result().auth()).isEqualTo(CI);
        assertThat(server.or(broken).of("ghcr.io").result().why()).isEqualTo("the server did not answer; no file");
        assertThat(server.or(Logins.NONE).of("ghcr.io").result().why()).isEqualTo("the server did not answer");
    }
}
