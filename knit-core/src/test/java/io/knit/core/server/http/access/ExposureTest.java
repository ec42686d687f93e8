package io.knit.core.server.http.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.http.tls.TlsFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On which addresses a server listens without being told more. */
class ExposureTest {
    private static final Vertx VERTX = Vertx.vertx();

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, LOOPBACK",
        "127.8.8.8, LOOPBACK",
        "::1, LOOPBACK",
        "::ffff:127.0.0.1, LOOPBACK",
        "10.54.0.1, PRIVATE",
        "172.16.0.1, PRIVATE",
        "172.31.255.255, PRIVATE",
        "192.168.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "100.127.255.255, PRIVATE",
        "169.254.1.1, PRIVATE",
        "fd00::1, PRIVATE",
        "fc00::1, PRIVATE",
        "fe80::1, PRIVATE",
        "172.32.0.1, PUBLIC",
        "100.63.255.255, PUBLIC",
        "100.128.0.1, PUBLIC",
        "192.0.2.1, PUBLIC",
        "8.8.8.8, PUBLIC",
        "2001:db8::1, PUBLIC",
        "0.0.0.0, ALL",
        "::, ALL"
    })
    void eachAddress(String address, Exposure reach) throws UnknownHostException {
        assertThat(Exposure.of(InetAddress.getByName(address))).isEqualTo(reach);
    }

    @DisplayName("a wildcard or public address takes tokens over TLS, or the word that it is meant")
    @ParameterizedTest(name = "{0}, tokens {1}, TLS {2}, insecure {3}, mesh {4}: {5}")
    @CsvSource({
        "127.0.0.1, false, false, false, -,         yes",
        "localhost, false, false, false, -,         yes",
        "10.54.0.1, false, false, false, -,         yes",
        "fd00::7,   false, false, false, -,         yes",
        "0.0.0.0,   false, false, false, -,         every address of this machine: whoever reaches it could do everything",
        "::,        false, false, false, -,         every address of this machine: whoever reaches it could do everything",
        "0.0.0.0,   true,  false, false, -,         every address of this machine: tokens that are shown there could be read on the way",
        "0.0.0.0,   false, true,  false, -,         every address of this machine: whoever reaches it could do everything",
        "0.0.0.0,   true,  true,  false, -,         yes",
        "0.0.0.0,   false, false, true,  -,         yes",
        "192.0.2.1, false, false, false, -,         a public address: whoever reaches it could do everything",
        "192.0.2.1, false, false, false, 192.0.2.9, a public address: whoever reaches it could do everything",
        "192.0.2.1, false, false, false, 192.0.2.1, yes",
        "192.0.2.1, false, false, false, broken,    whether it is this host's on the mesh is not known: no mesh",
        "192.0.2.1, true,  true,  false, -,         yes",
        "192.0.2.1, false, false, true,  -,         yes",
        "0.0.0.0,   false, false, false, 0.0.0.0,   every address of this machine: whoever reaches it could do everything"
    })
    void admitted(String host, boolean tokens, boolean tls, boolean insecure, String mesh, String outcome) {
        TlsFiles files = tls ? new TlsFiles(Path.of("a"), Path.of("b"), null) : null;
        Future<Optional<String>> asked = mesh.equals("broken")
                ? Future.failedFuture(new IllegalStateException("no mesh"))
                : Future.succeededFuture(mesh.equals("-") ? Optional.empty() : Optional.of(mesh));
        // once the mesh answers it may be right
        ErrorCode code = mesh.equals("broken") ? ErrorCode.DISCOVERY_UNAVAILABLE : ErrorCode.INVALID_CONFIGURATION;
        Future<Void> admitted = Exposure.admit(VERTX, new Listening(host, 8080, tokens, files), insecure, () -> asked);
        String said;
        try {
            admitted.toCompletionStage().toCompletableFuture().join();
            said = "yes";
        } catch (CompletionException e) {
            assertThat(e.getCause())
                    .isInstanceOfSatisfying(
                            KnitException.class, why -> assertThat(why.code()).isEqualTo(code))
                    .hasMessageContaining("--insecure");
            said = String.valueOf(Objects.requireNonNull(e.getCause()).getMessage());
        }
        assertThat(said).contains(outcome);
        assertThat(said.equals("yes")).isEqualTo(outcome.equals("yes"));
    }

    @Test
    @DisplayName(
            "an address of an interface that is no tunnel's is not the mesh's, and is not waited for; one that nobody has yet may be")
    void notTheMeshes() throws Exception {
        assertThat(Exposure.isElsewhere(InetAddress.getLoopbackAddress())).isTrue();
        assertThat(Exposure.isElsewhere(InetAddress.getByName("192.0.2.1"))).isFalse();
    }

    @Test
    @DisplayName("a name that leads nowhere yet is not let in unseen, to lead anywhere a moment later")
    void leadsNowhere() {
        Future<Void> admitted = Exposure.admit(
                VERTX,
                new Listening("nowhere.invalid", 8080, false, null),
                false,
                () -> Future.succeededFuture(Optional.empty()));
        assertThatThrownBy(
                        () -> admitted.toCompletionStage().toCompletableFuture().join())
                .cause()
                .isInstanceOfSatisfying(
                        KnitException.class, why -> assertThat(why.code()).isEqualTo(ErrorCode.ADDRESS_UNAVAILABLE))
                .hasMessageContaining("nowhere.invalid");
    }
}
