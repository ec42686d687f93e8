package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients ask a broker of itself, and what it tells them unasked: nats-server of today and the embedded broker. */
class SystemQuestionsTest {
    static Stream<Named<Supplier<TestBroker>>> brokers() {
        return Stream.of(
                Named.of("embedded", EmbeddedTestBroker::new),
                Named.of(
                        "nats-server of today",
                        () -> new NatsServerProcess(NatsServerGeneration.TODAY, TestBroker.Limits.USUAL, "")));
    }

    static Stream<Named<Supplier<TestBroker>>> guarded() {
        return Stream.of(
                Named.of("embedded", AccessSetup.USERS::embedded),
                Named.of("nats-server of today", () -> AccessSetup.USERS.natsServer(NatsServerGeneration.TODAY)));
    }

    @ParameterizedTest
    @MethodSource("brokers")
    @DisplayName("after the first answer to a ping a client that understands it is told who it is, once")
    void informsAgain(Supplier<TestBroker> brokers) {
        try (TestBroker broker = brokers.get();
                RawClient client = RawClient.full(broker.port());
                RawClient old = RawClient.quiet(broker.port());
                RawClient silent = new RawClient(broker.port())) {
            client.send("PING\r\n");
            assertThat(client.line()).isEqualTo(RawClient.PONG);
            JsonObject info = new JsonObject(client.line().substring("INFO ".length()));
            assertThat(info.getBoolean("connect_info")).isTrue();
            assertThat(info.getString("remote_account")).isEqualTo("$G");
            assertThat(info.getInteger("max_payload")).isEqualTo(1024 * 1024);
            client.send("PING\r\nPING\r\n");
            assertThat(client.line() + client.line()).isEqualTo(RawClient.PONG.repeat(2));
            for (RawClient each : List.of(old, silent)) {
                each.send("PING\r\nPING\r\n");
                assertThat(each.line() + each.line()).isEqualTo(RawClient.PONG.repeat(2));
            }
        }
    }

    private static JsonObject ask(RawClient client, String subject, String question) {
        client.send("SUB answer 1\r\nPUB " + subject + " answer " + question.length() + "\r\n" + question + "\r\n");
        String line = client.line();
        assertThat(line).startsWith("MSG answer 1 ");
        int length = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1).strip());
        JsonObject answer = new JsonObject(client.bytes(length + 2).strip());
        client.send("UNSUB 1\r\n");
        assertThat(answer.getJsonObject("server").getMap()).containsKeys("name", "host", "id", "ver", "seq", "time");
        assertThat(answer.getJsonObject("server").getString("ver")).isEqualTo("2.15.3");
        return answer;
    }

    @ParameterizedTest
    @MethodSource("brokers")
    @DisplayName("who may ask is told who it is and who is there")
    void questions(Supplier<TestBroker> brokers) {
        try (TestBroker broker = brokers.get();
                RawClient client = RawClient.quiet(broker.port())) {
            client.answers();
            JsonObject user = ask(client, "$SYS.REQ.USER.INFO", "").getJsonObject("data");
            assertThat(user.getMap()).containsEntry("user", "").containsEntry("account", "$G");
            String connections = "$SYS.REQ.ACCOUNT.PING.CONNZ";
            // a process is looked for by a connection, which it may count until it has seen it go
            Awaitility.await()
                    .until(() ->
                            ask(client, connections, "").getJsonObject("data").getInteger("num_connections") == 1);
            JsonObject all = ask(client, connections, "").getJsonObject("data");
            assertThat(all.getJsonArray("connections").getJsonObject(0).getInteger("subscriptions"))
                    .isEqualTo(1);
            JsonObject listed = ask(client, connections, "{\"limit\":7,\"subscriptions\":true}")
                    .getJsonObject("data");
            assertThat(listed.getInteger("limit")).isEqualTo(7);
            assertThat(listed.getJsonArray("connections").getJsonObject(0).getJsonArray("subscriptions_list"))
                    .containsExactly("answer");
            assertThat(ask(client, connections, "{x").getJsonObject("error").getInteger("code"))
                    .isEqualTo(400);
            client.send("PUB $SYS.REQ.NOTHING.OF.IT answer 0\r\n\r\n");
            assertThat(client.answers()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("guarded")
    @DisplayName("a user is told its permissions; one that may not ask is told so")
    void users(Supplier<TestBroker> brokers) {
        try (TestBroker broker = brokers.get();
                RawClient all = new RawClient(broker.port());
                RawClient some = new RawClient(broker.port())) {
            all.send(AccessTable.as("all", "p")).answers();
            JsonObject user = ask(all, "$SYS.REQ.USER.INFO", "").getJsonObject("data");
            assertThat(user.getMap()).containsEntry("user", "all").doesNotContainKey("permissions");
            some.send(AccessTable.as("pub", "p") + "PUB $SYS.REQ.USER.INFO x 0\r\n\r\n");
            assertThat(some.answers())
                    .isEqualTo("-ERR 'Permissions Violation for Publish to \"$SYS.REQ.USER.INFO\"'\r\n");
        }
    }
}
