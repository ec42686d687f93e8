package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom a NATS broker lets in, and for what. Runs against nats-server too, as {@link BrokerContract} does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AccessContract {
    private final Map<AccessSetup, TestBroker> brokers = new EnumMap<>(AccessSetup.class);

    /** A started broker. */
    abstract TestBroker broker(AccessSetup setup);

    /** Whose answers it gives. */
    NatsServerGeneration generation() {
        return NatsServerGeneration.TODAY;
    }

    @AfterAll
    void stopBrokers() {
        brokers.values().forEach(TestBroker::close);
    }

    private int port(AccessSetup setup) {
        return brokers.computeIfAbsent(setup, this::broker).port();
    }

    static Stream<AccessCase> cases() {
        return Stream.of(AccessTable.CASES, PermissionsTable.CASES).flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void answersAsExpected(AccessCase each) {
        each.exchange().of(generation()).play(port(each.setup()), Integer.MAX_VALUE / 2);
    }

    @ParameterizedTest(name = "{0}, byte by byte")
    @MethodSource("cases")
    void answersAsExpectedByteByByte(AccessCase each) {
        each.exchange().of(generation()).play(port(each.setup()), 1);
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN, false, false",
        "TOKEN, true, false",
        "USERS, true, false",
        "NKEYS, true, true",
        "DEFAULT_USER, false, false"
    })
    @DisplayName("INFO has nats-server's fields, and says whether credentials are wanted")
    void info(AccessSetup setup, boolean authRequired, boolean nonce) {
        JsonObject info = info(port(setup));
        assertThat(info.fieldNames())
                .contains("server_id", "server_name", "version", "proto", "go", "host", "port", "headers")
                .contains("max_payload", "client_id", "client_ip")
                .doesNotContain("tls_required", "tls_available", "ldm");
        assertThat(info.fieldNames().contains("auth_required")).isEqualTo(authRequired);
        assertThat(info.getBoolean("auth_required", false)).isEqualTo(authRequired);
        assertThat(info.fieldNames().contains("nonce")).isEqualTo(nonce);
        assertThat(info.getBoolean("jetstream", false)).isFalse();
        assertThat(info.getString("server_id")).matches("N[A-Z2-7]{55}").isEqualTo(info.getString("server_name"));
        assertThat(info.getString("version")).isEqualTo(generation().version());
        assertThat(info.getString("go")).isNotEmpty();
        assertThat(info.getString("host")).isEqualTo("127.0.0.1");
        assertThat(info.getInteger("port")).isEqualTo(port(setup));
        assertThat(info.getInteger("proto")).isEqualTo(1);
        assertThat(info.getInteger("max_payload")).isEqualTo(1024 * 1024);
        assertThat(info.getInteger("client_id")).isPositive();
        assertThat(info.getString("client_ip")).isEqualTo("127.0.0.1");
    }

    static JsonObject info(int port) {
        try (RawClient client = new RawClient(port)) {
            return new JsonObject(client.info().substring("INFO ".length()));
        }
    }

    @Test
    @DisplayName("an nkey is proven by signing the nonce, which is another one each time")
    void nkey() {
        int port = port(AccessSetup.NKEYS);
        try (RawClient client = new RawClient(port)) {
            String nonce = nonce(client);
            assertThat(nonce)
                    .matches("[A-Za-z0-9_-]{15}")
                    .isNotEqualTo(info(port).getString("nonce"));
            client.send(proof(TestKeys.KNOWN, TestKeys.signature(TestKeys.known(), nonce)) + "PUB b 0\r\n\r\n");
            assertThat(client.answers()).isEqualTo("-ERR 'Permissions Violation for Publish to \"b\"'\r\n");
        }
        refused(nonce -> proof(TestKeys.STRANGE, TestKeys.signature(TestKeys.strange(), nonce)));
        refused(nonce -> proof(TestKeys.KNOWN, TestKeys.signature(TestKeys.strange(), nonce)));
        refused(nonce -> proof(TestKeys.KNOWN, TestKeys.signature(TestKeys.known(), nonce + "x")));
        refused(nonce -> proof(TestKeys.KNOWN, TestKeys.signature(TestKeys.known(), "AAAAAAAAAAAAAAA")));
        refused(nonce -> proof(
                TestKeys.KNOWN.substring(0, 55) + (TestKeys.KNOWN.endsWith("A") ? "B" : "A"),
                TestKeys.signature(TestKeys.known(), nonce)));
    }

    private void refused(java.util.function.UnaryOperator<String> connect) {
        try (RawClient client = new RawClient(port(AccessSetup.NKEYS))) {
            client.send(connect.apply(nonce(client)) + "PING\r\n");
            assertThat(client.untilClosed()).isEqualTo("-ERR 'Authorization Violation'\r\n");
        }
    }

    private static String nonce(RawClient client) {
        return new JsonObject(client.info().substring("INFO ".length())).getString("nonce");
    }

    private static String proof(String key, String signature) {
        return AccessTable.connect("\"nkey\":\"" + key + "\",\"sig\":\"" + signature + '"');
    }

    @Test
    @DisplayName("who may answer may answer thousands of requests that it was asked before")
    void manyOpenRequests() {
        int many = 3000;
        try (RawClient asker = new RawClient(port(AccessSetup.USERS));
                RawClient responder = new RawClient(port(AccessSetup.USERS))) {
            responder.send(AccessTable.as("once", "p") + "SUB svc 1\r\n").answers();
            asker.send(AccessTable.as("all", "p") + "SUB open.> 1\r\n").answers();
            String name = "open." + "x".repeat(40) + '.';
            asker.send(lines(many, i -> "PUB svc " + name + i + " 0\r\n\r\n")).answers();
            responder.answers();
            responder.send(lines(many, i -> "PUB " + name + i + " 0\r\n\r\n"));
            assertThat(responder.answers()).isEmpty();
            assertThat(asker.answers()).isEqualTo(lines(many, i -> "MSG " + name + i + " 1 0\r\n\r\n"));
        }
    }

    private static String lines(int many, IntFunction<String> line) {
        return IntStream.range(0, many).mapToObj(line).collect(Collectors.joining());
    }

    @Test
    @DisplayName("more connections than there may be are told so; one that goes makes room")
    void maxConnections() {
        int port = port(AccessSetup.TWO_CONNECTIONS);
        try (RawClient first = RawClient.quiet(port)) {
            first.answers();
            try (RawClient second = RawClient.quiet(port)) {
                // nats-server lets those that come together in in no order
                second.answers();
                try (RawClient third = new RawClient(port)) {
                    assertThat(third.untilClosed()).isEqualTo("-ERR 'maximum connections exceeded'\r\n");
                }
                first.answers();
                second.answers();
            }
            Awaitility.await().until(() -> {
                try (RawClient fourth = RawClient.quiet(port)) {
                    fourth.answers();
                    return true;
                } catch (IllegalStateException | java.io.UncheckedIOException e) {
                    return false;
                }
            });
        }
    }

    @Test
    @DisplayName("who is known in time, or is the default user by what it does, stays")
    void notTooLate() {
        try (RawClient known = new RawClient(port(AccessSetup.IMPATIENT));
                RawClient other = new RawClient(port(AccessSetup.IMPATIENT_DEFAULT));
                RawClient silent = new RawClient(port(AccessSetup.IMPATIENT))) {
            known.send(AccessTable.connect("\"auth_token\":\"s3cret\"")).answers();
            other.send("PING\r\n").answers(1);
            assertThat(silent.untilClosed()).isEqualTo("-ERR 'Authentication Timeout'\r\n");
            known.answers();
            other.answers();
        }
    }
}
