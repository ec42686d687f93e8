package io.knit.launcher.attack;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.knit.api.error.ErrorCode;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.discovery.FixedDiscovery;
import io.nats.client.AuthenticationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A server that takes invited agents only. */
class ClosedClusterTest {
    private static final String TOKEN = "open-sesame-open-sesame";
    private static final String WRONG = "open-barley-open-barley";

    @TempDir
    @Nullable
    Path folder;

    private final Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private TestCluster cluster;

    @BeforeEach
    void start() {
        log.start();
        root.addAppender(log);
        cluster = new TestCluster(
                Objects.requireNonNull(folder), Map.of("nats-addr", "127.0.0.1:0", "join-token", TOKEN));
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
        root.detachAppender(log);
        assertThat(logged())
                .doesNotContain("sesame", "barley", proof(TOKEN, "x").substring(1));
        assertThat(cluster.server.eventsAfter(0).toString()).doesNotContain("sesame", "barley");
    }

    private String logged() {
        StringBuilder text = new StringBuilder();
        for (ILoggingEvent event : java.util.List.copyOf(log.list)) {
            text.append(event.getFormattedMessage()).append('\n');
            if (event.getThrowableProxy() != null) {
                text.append(event.getThrowableProxy().getMessage()).append('\n');
            }
        }
        return text.toString();
    }

    private static String proof(String token, String publicKey) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(("knit join " + publicKey).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void onlyWhoIsInvitedJoinsAndNeedsNoInvitationAgain() throws Exception {
        KnitAgent first = cluster.joined("n1", Map.of("join-token", TOKEN));
        await(first.close());
        cluster.joined("n1", Map.of());

        assertThat(cluster.started("n2", "n2", Map.of()).joined().isComplete()).isFalse();
        assertThat(cluster.started("n3", "n3", Map.of("join-token", WRONG))
                        .joined()
                        .isComplete())
                .isFalse();
        Awaitility.await()
                .until(() -> cluster.server.eventsAfter(0).stream()
                                .filter(event -> event.type().equals("node.refused"))
                                .count()
                        == 2);
        Awaitility.await().until(() -> logged().contains("wants another --join-token"));
        assertThat(logged()).contains("wants a --join-token");
        assertThat(cluster.knows("n2") || cluster.knows("n3")).isFalse();
    }

    @Test
    void aProofFitsOneKeyAndTheTokenItselfIsNone() throws Exception {
        Key invited = Key.make();
        Key thief = Key.make();
        String url = cluster.natsUrl();
        String proof = proof(TOKEN, invited.publicKey());
        assertThatThrownBy(() -> Attacker.as("n1", thief, proof, url)).isInstanceOf(AuthenticationException.class);
        assertThatThrownBy(() -> Attacker.as("n1", thief, TOKEN, url)).isInstanceOf(AuthenticationException.class);
        assertThatThrownBy(() -> Attacker.as("n1", invited, url)).isInstanceOf(AuthenticationException.class);
        try (Attacker right = Attacker.as("n1", invited, proof, url)) {
            assertThat(right.connected()).isTrue();
        }
    }

    @Test
    void aRefusedAgentTriesOnSlowlyAndSaysSoOnce() {
        cluster.started("n2", "n2", Map.of());
        Awaitility.await().until(() -> logged().contains("wants a --join-token"));
        // and it is in at once when it is invited: nothing has to be started again at the server
        cluster.joined("n3", Map.of("join-token", TOKEN));
        assertThat(logged().split("refuses this agent", -1)).hasSize(2);
        assertThat(logged()).doesNotContain("Authorization Violation");
    }

    @Test
    void whatCouldNotKeepAnybodyOutIsRefusedAtTheStart() {
        KnitServer outside = KnitServer.builder()
                .withoutHttp()
                .dataDir(Objects.requireNonNull(folder).resolve("other"))
                .discovery(FixedDiscovery.none())
                .config("nats-url", cluster.natsUrl())
                .joinToken(TOKEN)
                .build();
        assertThat(failure(outside.start()).code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThatThrownBy(() -> KnitServer.builder().joinToken("short").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16")
                .hasMessageNotContaining("short");
    }
}
