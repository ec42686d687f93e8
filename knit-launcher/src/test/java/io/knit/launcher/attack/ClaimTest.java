package io.knit.launcher.attack;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.KnitEvent;
import io.knit.api.model.NodeState;
import io.knit.core.KnitAgent;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.nats.client.AuthenticationException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who tries to be somebody else at the server's own broker. */
class ClaimTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'";
    private static final String PONG = "PONG";

    private final Key keyOfOne = Key.make();
    private final Key stranger = Key.make();

    @TempDir
    @Nullable
    Path folder;

    private TestCluster cluster;
    private String url;

    @BeforeEach
    void start() throws Exception {
        Path data = Objects.requireNonNull(folder);
        keyOfOne.putInto(data.resolve("n1"));
        cluster = new TestCluster(data, Map.of("nats-addr", "127.0.0.1:0"));
        url = cluster.natsUrl();
        cluster.joined("n1", Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        // whatever was tried, the real one is there and heard
        assertThat(cluster.node("n1").state()).isEqualTo(NodeState.READY);
        assertThat(cluster.node("n1").key()).isEqualTo(keyOfOne.publicKey());
        cluster.close();
    }

    private List<KnitEvent> refusals() {
        return cluster.server.eventsAfter(0).stream()
                .filter(event -> event.type().equals("node.refused"))
                .toList();
    }

    @Test
    void anotherKeyDoesNotGetTheNameAndPeopleAreTold() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Attacker.as("n1", stranger, url)).isInstanceOf(AuthenticationException.class);
        }
        Awaitility.await().until(() -> !refusals().isEmpty());
        assertThat(refusals()).singleElement().satisfies(event -> {
            assertThat(event.node()).isEqualTo("n1");
            assertThat(event.message()).contains("127.0.0.1:", stranger.publicKey(), "DELETE /nodes/n1");
        });
    }

    @Test
    void aSignatureIsGoodForOneConnection() throws Exception {
        try (RawSocket first = new RawSocket(url);
                RawSocket second = new RawSocket(url)) {
            JsonObject overheard = first.claim("n1", keyOfOne);
            assertThat(second.nonce()).isNotEqualTo(first.nonce());
            assertThat(second.connect(overheard)).isEqualTo(VIOLATION);
            assertThat(second.line()).isNull();
            assertThat(first.connect(overheard)).isEqualTo(PONG);
        }
    }

    @Test
    void aKeyWithoutItsSignatureProvesNothing() throws Exception {
        for (JsonObject changed : List.of(
                new JsonObject().put("sig", ""),
                new JsonObject().put("sig", "AAAA"),
                new JsonObject().put("sig", stranger.sign("another nonce")),
                new JsonObject().put("nkey", ""),
                new JsonObject().put("nkey", stranger.publicKey()))) {
            try (RawSocket socket = new RawSocket(url)) {
                assertThat(socket.connect(socket.claim("n1", keyOfOne).mergeIn(changed)))
                        .as("%s", changed)
                        .isEqualTo(VIOLATION);
            }
        }
    }

    @Test
    void withoutAKeyNobodyIsLetIn() throws Exception {
        assertThatThrownBy(() -> Attacker.unproven("n1", url)).isInstanceOf(AuthenticationException.class);
        for (JsonObject claim : List.of(
                new JsonObject(),
                new JsonObject().put("user", "knit-server").put("pass", ""),
                new JsonObject().put("user", "$knit-server").put("pass", ""),
                new JsonObject().put("user", "$knit-server"),
                new JsonObject().put("user", "$knit-server").put("pass", "guess"),
                new JsonObject().put("auth_token", "guess"),
                new JsonObject().put("name", "n1").put("user", "n1").put("pass", "n1"))) {
            try (RawSocket socket = new RawSocket(url)) {
                assertThat(socket.connect(claim)).as("%s", claim).isEqualTo(VIOLATION);
            }
        }
        try (RawSocket socket = new RawSocket(url)) {
            assertThat(socket.send("SUB > 1\r\nPING\r\n")).isEqualTo(VIOLATION);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ">", "*", "n2.>", "*.n1", "N2", "n1 ", "n2\r\nPUB x 0\r\n", "n1\u0000", "$knit-server"})
    void aNameThatIsNoNodeIdIsRefused(String name) throws Exception {
        try (RawSocket socket = new RawSocket(url)) {
            assertThat(socket.connect(socket.claim(name, stranger))).isEqualTo(VIOLATION);
        }
        assertThat(refusals()).isEmpty();
    }

    @Test
    void whoIsInDoesNotBecomeSomebodyElse() throws Exception {
        try (RawSocket socket = new RawSocket(url)) {
            assertThat(socket.connect(socket.claim("n2", stranger))).isEqualTo(PONG);
            String second = socket.connect(socket.claim("n1", stranger));
            // told so, or still n2: in neither case n1
            if (PONG.equals(second)) {
                assertThat(socket.send("SUB " + Subjects.deployTo("n1") + " 1\r\n"))
                        .startsWith("-ERR 'Permissions Violation");
            } else {
                assertThat(second).isEqualTo(VIOLATION);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_INBOX.>",
                "_INBOX.n2.>",
                "_INBOX.n2.*",
                "_INBOX.n2..",
                "_INBOX.n2.\u00e9",
                ">",
                "*",
                ".",
                "_INBOX.n1.x"
            })
    void anOddPlaceForAnAnswerStopsNobody(String replyTo) throws Exception {
        String beat = new String(WireCodec.encode(Attacker.heartbeat("n2", "identity-of-n2")), StandardCharsets.UTF_8);
        try (RawSocket socket = new RawSocket(url)) {
            assertThat(socket.connect(socket.claim("n2", stranger))).isEqualTo(PONG);
            String publish = "PUB knit.agent.heartbeat.n2 %s " + beat.length() + "\r\n" + beat + "\r\n";
            assertThat(socket.send("SUB _INBOX.n2.> 1\r\nPING\r\n")).isEqualTo(PONG);
            String answer = socket.send(publish.formatted(replyTo) + publish.formatted("_INBOX.n2.right"));
            if (answer != null && answer.startsWith("MSG _INBOX.n2") && !answer.contains("right")) {
                // below its own inboxes it may have what it likes
                socket.line();
                answer = socket.line();
            }
            assertThat(answer).startsWith("MSG _INBOX.n2.right 1");
            assertThat(socket.line()).contains("\"cluster\"");
        }
    }

    @Test
    void twoConnectionsOfOneAgentAreTheSameAgent() throws Exception {
        try (Attacker copy = Attacker.as("n1", keyOfOne, url)) {
            copy.listen("knit.tasks.>");
            copy.refused("Subscription", "knit.tasks.>");
            copy.listen(Subjects.deployTo("n1"));
            copy.allowed();
            String answer = copy.ask(Subjects.heartbeat("n1"), Attacker.heartbeat("n1", "a copy's identity"));
            assertThat(answer).contains("node_id_taken");
        }
        assertThat(cluster.node("n1").hostname()).isEqualTo("n1-host");
    }

    @Test
    void nothingAboutTheServersOwnWayInIsShown() throws Exception {
        assertThat(cluster.server.endpoints().get("transport")).matches("nats://127\\.0\\.0\\.1:\\d+");
        try (RawSocket socket = new RawSocket(url)) {
            assertThat(socket.info().getBoolean("auth_required")).isTrue();
            assertThat(socket.info().encode()).doesNotContain("knit-server", "pass");
        }
    }

    @Test
    void anAgentWithoutItsKeyJoinsAgainOnlyWhenItsNodeIsForgotten() throws Exception {
        KnitAgent lost = cluster.joined("n3", Map.of());
        await(lost.close());
        KnitAgent anew = cluster.started("n3", "n3-anew", Map.of());
        Awaitility.await().until(() -> refusals().stream().anyMatch(event -> "n3".equals(event.node())));
        assertThat(anew.joined().isComplete()).isFalse();

        Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(40))
                .until(() -> cluster.node("n3").state() == NodeState.DOWN);
        await(cluster.server.forgetNode("n3"));
        await(anew.joined());
        assertThat(cluster.node("n3").key()).isNotNull();
        assertThat(Files.readString(cluster.dataOf("n3-anew").resolve("agent.nkey")))
                .isNotEqualTo(Files.readString(cluster.dataOf("n3").resolve("agent.nkey")));
    }
}
