package io.knit.plugin.nats;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Role;
import io.knit.api.spi.transport.Transport;
import io.knit.plugin.nats.broker.EmbeddedTestBroker;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NatsPluginTest {
    private static final byte[] HI = {'h', 'i'};

    private final TestTransports transports = new TestTransports();
    private final List<Transport> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(transport -> await(transport.close()));
        transports.close();
    }

    private NatsTransport open(Role role, String name, Map<String, String> config) {
        NatsTransport transport = await(transports.make(role, name, config));
        opened.add(transport);
        return transport;
    }

    private NatsTransport server() {
        return open(Role.SERVER, "server", Map.of(NatsPlugin.ADDRESS, "127.0.0.1:0"));
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Futures.PATIENCE);
    }

    @Test
    @DisplayName("a server without nats-url starts a broker, and agents reach it")
    void embedded() {
        NatsTransport server = server();
        assertThat(server.url()).matches("nats://127\\.0\\.0\\.1:[1-9]\\d+").isEqualTo(server.endpoint());
        TestTransports.admitAll(server, "ask");
        NatsTransport agent = open(Role.AGENT, "n1", Map.of(NatsPlugin.URL, server.url()));
        TestTransports.awaitConnection(agent);
        await(server.subscribe("ask", message -> message.reply(message.payload())));
        assertThat(await(agent.request("ask", HI, Futures.PATIENCE))).isEqualTo(HI);
    }

    @Test
    @DisplayName("a server with nats-url uses that NATS and tells of no peers")
    void outside() {
        EmbeddedTestBroker broker = new EmbeddedTestBroker();
        try {
            NatsTransport server = open(Role.SERVER, "server", Map.of(NatsPlugin.URL, broker.url()));
            assertThat(server.url()).isEqualTo(broker.url());
            assertThat(server.admitBy(claim -> Future.failedFuture("never asked")))
                    .isFalse();
            TestTransports.awaitConnection(server);
            await(server.close());
        } finally {
            broker.close();
        }
    }

    @Test
    @DisplayName("peers are told when they come and when their last connection goes")
    void peers() {
        NatsTransport server = server();
        List<String> seen = new CopyOnWriteArrayList<>();
        TestTransports.admitAll(server);
        server.onPeer((name, here) -> seen.add(name + (here ? " came" : " went")));
        NatsTransport one = open(Role.AGENT, "n1", Map.of(NatsPlugin.URL, server.url()));
        TestTransports.awaitConnection(one);
        NatsTransport again = open(Role.AGENT, "n1", Map.of(NatsPlugin.URL, server.url()));
        TestTransports.awaitConnection(again);
        await(one.close());
        NatsTransport other = open(Role.AGENT, "n2", Map.of(NatsPlugin.URL, server.url()));
        TestTransports.awaitConnection(other);
        await(again.close());
        patiently().until(() -> seen.contains("n1 went"));
        assertThat(seen).containsExactly("n1 came", "n2 came", "n1 went");
    }

    @Test
    @DisplayName("an agent may start before its server; what it subscribed to stands once the server is there")
    void agentFirst() {
        EmbeddedTestBroker broker = new EmbeddedTestBroker();
        broker.stop();
        NatsTransport agent = open(Role.AGENT, "n1", Map.of(NatsPlugin.URL, broker.url()));
        List<String> seen = new CopyOnWriteArrayList<>();
        Future<Transport.Subscription> standing = agent.subscribe("news", message -> seen.add(message.subject()));
        assertThat(failure(agent.publish("news", HI)).code()).isEqualTo(ErrorCode.TRANSPORT_UNAVAILABLE);
        assertThat(standing.isComplete()).isFalse();
        broker.start();
        try {
            await(standing);
            TestTransports.awaitConnection(agent);
            await(agent.publish("news", HI));
            patiently().until(() -> seen.equals(List.of("news")));
        } finally {
            await(agent.close());
            broker.close();
        }
    }

    @Test
    @DisplayName("closing before the first connection ends the tries and fails what waits")
    void closedEarly() {
        EmbeddedTestBroker broker = new EmbeddedTestBroker();
        broker.stop();
        NatsTransport agent = open(Role.AGENT, "n1", Map.of(NatsPlugin.URL, broker.url()));
        Future<Transport.Subscription> standing = agent.subscribe("news", message -> {});
        await(agent.close());
        assertThat(failure(standing).code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(failure(agent.publish("news", HI)).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    @DisplayName("closing a server frees its port and ends its threads")
    void closingFreesThePort() throws IOException {
        NatsTransport server = server();
        int port = Integer.parseInt(server.url().replaceAll(".*:", ""));
        await(server.close());
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
        }
    }

    @Test
    @DisplayName("a port in use is a clear failure")
    void portInUse() {
        NatsTransport server = server();
        String address = server.url().replace("nats://", "");
        KnitException failure = failure(transports.make(Role.SERVER, "second", Map.of(NatsPlugin.ADDRESS, address)));
        assertThat(failure.code()).isEqualTo(ErrorCode.IN_USE);
        assertThat(failure).hasMessageContaining(address).hasMessageContaining("--nats-addr");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4222", "host", "host:", ":4222", "127.0.0.1:65536", "127.0.0.1:-1", "a b:1", "::1:4222"})
    void wrongListenAddresses(String address) {
        KnitException failure = failure(transports.make(Role.SERVER, "server", Map.of(NatsPlugin.ADDRESS, address)));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(failure).hasMessageContaining("nats-addr is \"" + address + "\"; give HOST:PORT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1:4222", "nowhere.invalid:4222"})
    void foreignListenAddress(String address) {
        KnitException failure = failure(transports.make(Role.SERVER, "server", Map.of(NatsPlugin.ADDRESS, address)));
        assertThat(failure.code()).isEqualTo(ErrorCode.ADDRESS_UNAVAILABLE);
        assertThat(failure).hasMessageContaining(address + " is no address of this machine");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://me:secret@host:4222",
                "nats://me:secret@:4222",
                "nats://me:secret@host:0",
                "nats://me:secret@host:70000",
                "nats://me:secret@host:4222,",
                "nats://me:secret@ho st:4222"
            })
    @DisplayName("a wrong address is refused without repeating its password")
    void wrongUrls(String url) {
        KnitException failure = failure(transports.make(Role.AGENT, "n1", Map.of(NatsPlugin.URL, url)));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(failure.toString()).contains("give nats://HOST:PORT").doesNotContain("secret");
        assertThat(failure.getCause()).isNull();
    }

    @Test
    void credentialsAreNeverShown() {
        NatsAddresses addresses = NatsAddresses.parse("nats-url", "nats://me:se%40cret@one:4222, token@two");
        assertThat(addresses).hasToString("nats://one:4222,nats://two");
        assertThat(addresses.withCredentials()).containsExactly("nats://me:se%40cret@one:4222", "nats://token@two");
    }
}
