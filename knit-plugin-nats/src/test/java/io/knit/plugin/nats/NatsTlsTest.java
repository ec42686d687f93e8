package io.knit.plugin.nats;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Role;
import io.knit.api.spi.transport.Transport;
import io.knit.plugin.nats.access.NatsTls;
import io.knit.plugin.nats.broker.EmbeddedTestBroker;
import io.knit.plugin.nats.broker.NatsServerProcess;
import io.knit.plugin.nats.broker.TestBroker;
import io.knit.plugin.nats.broker.TestCertificates;
import io.knit.testkit.Futures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Knit's own use of TLS. */
class NatsTlsTest {
    private static final byte[] HI = {'h', 'i'};

    private final TestTransports transports = new TestTransports();
    private final List<Transport> opened = new ArrayList<>();

    @TempDir
    private Path folder;

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

    private static Map<String, String> shows(String name) {
        return new HashMap<>(Map.of(
                NatsTls.CERTIFICATE, TestCertificates.pemOf(name).toString(),
                NatsTls.KEY, TestCertificates.keyOf(name).toString()));
    }

    private static Map<String, String> with(Map<String, String> config, String key, String value) {
        Map<String, String> more = new HashMap<>(config);
        more.put(key, value);
        return more;
    }

    private static Map<String, String> trusting(Map<String, String> config) {
        return with(config, NatsTls.AUTHORITY, TestCertificates.pemOf("ca").toString());
    }

    private NatsTransport server(Map<String, String> config) {
        NatsTransport server = open(Role.SERVER, "server", with(config, NatsPlugin.ADDRESS, "127.0.0.1:0"));
        TestTransports.admitAll(server, "ask");
        return server;
    }

    private NatsTransport agent(String url, Map<String, String> config) {
        return open(Role.AGENT, "n1", with(config, NatsPlugin.URL, url));
    }

    private static void works(NatsTransport server, NatsTransport agent) {
        TestTransports.awaitConnection(agent);
        await(server.subscribe("ask", message -> message.reply(message.payload())));
        assertThat(await(agent.request("ask", HI, Futures.PATIENCE))).isEqualTo(HI);
    }

    @Test
    @DisplayName("a server's own broker speaks TLS, and the server trusts it whoever signed its certificate")
    void ownBroker() {
        NatsTransport server = server(shows("stranger"));
        assertThat(server.url()).startsWith("tls://127.0.0.1:");
        works(server, server);
    }

    @Test
    @DisplayName("agents that trust the authority work with it, by any spelling of the address")
    void agents() {
        NatsTransport server = server(shows("server"));
        works(server, agent(server.url(), trusting(Map.of())));
        works(server, agent(server.url().replace("tls:", "nats:"), trusting(Map.of())));
        works(server, agent(server.url().replace("127.0.0.1", "localhost"), trusting(Map.of())));
    }

    @Test
    @DisplayName("with nats-tls-ca a server lets in only agents with a certificate of that authority, and itself")
    void mutual() {
        NatsTransport server = server(trusting(shows("server")));
        works(server, agent(server.url(), trusting(shows("client"))));
        AtomicInteger changes = new AtomicInteger();
        agent(server.url(), trusting(Map.of())).onConnection(up -> changes.incrementAndGet());
        agent(server.url(), trusting(shows("stranger"))).onConnection(up -> changes.incrementAndGet());
        Awaitility.await().during(java.time.Duration.ofSeconds(2)).until(() -> changes.get() == 0);
    }

    @Test
    @DisplayName("a server of another name, or that only this JVM's authorities could vouch for, is not trusted")
    void untrusted() {
        NatsTransport elsewhere = server(shows("elsewhere"));
        AtomicInteger changes = new AtomicInteger();
        agent(elsewhere.url(), trusting(Map.of())).onConnection(up -> changes.incrementAndGet());
        agent(elsewhere.url(), Map.of()).onConnection(up -> changes.incrementAndGet());
        Awaitility.await().during(java.time.Duration.ofSeconds(2)).until(() -> changes.get() == 0);
    }

    @Test
    @DisplayName("with nats-tls-ca a broker without TLS is not used, so that nobody in between can take it away")
    void noDowngrade() {
        EmbeddedTestBroker plain = new EmbeddedTestBroker();
        AtomicInteger changes = new AtomicInteger();
        NatsTransport agent = agent(plain.url(), trusting(Map.of()));
        agent.onConnection(up -> changes.incrementAndGet());
        Awaitility.await().during(java.time.Duration.ofSeconds(1)).until(() -> changes.get() == 0);
        await(agent.close());
        plain.close();
    }

    @Test
    @DisplayName("an outside nats-server with client certificates")
    void outside() {
        TestBroker broker = new NatsServerProcess(
                TestCertificates.server().clientCa(TestCertificates.pemOf("ca")).build());
        try {
            String url = "tls://127.0.0.1:" + broker.port();
            NatsTransport server = open(Role.SERVER, "server", with(trusting(shows("server")), NatsPlugin.URL, url));
            TestTransports.awaitConnection(server);
            works(server, agent(url, trusting(shows("client"))));
        } finally {
            opened.forEach(transport -> await(transport.close()));
            broker.close();
        }
    }

    @Test
    @DisplayName("new files are used for the next connection, on both sides")
    void renewed() throws IOException {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        copy("stranger", certificate, key);
        Map<String, String> files = Map.of(NatsTls.CERTIFICATE, certificate.toString(), NatsTls.KEY, key.toString());
        NatsTransport server = server(files);
        NatsTransport agent = agent(server.url(), trusting(Map.of()));
        List<Boolean> seen = new ArrayList<>();
        agent.onConnection(seen::add);
        Awaitility.await().during(java.time.Duration.ofSeconds(1)).until(seen::isEmpty);
        copy("server", certificate, key);
        works(server, agent);
        works(server, server);
    }

    @Test
    @DisplayName(
            "an authority that is put right with nothing to be seen of it but its content, as by chown, is trusted")
    void putRight() throws IOException {
        Path authority = folder.resolve("ca.pem");
        Files.copy(TestCertificates.pemOf("stranger"), authority);
        FileTime when = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        byte[] right = Files.readAllBytes(TestCertificates.pemOf("ca"));
        byte[] wrong = new byte[right.length];
        Arrays.fill(wrong, (byte) 'x');
        NatsTransport server = server(shows("server"));
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.knit.plugin.nats.broker.tls.ClientTls");
        logger.addAppender(log);
        NatsTransport agent;
        try {
            agent = agent(server.url(), Map.of(NatsTls.AUTHORITY, authority.toString()));
            Files.write(authority, wrong);
            Files.setLastModifiedTime(authority, when);
            Awaitility.await()
                    .until(() -> List.copyOf(log.list).stream()
                            .anyMatch(line -> line.getFormattedMessage().contains("what they held before stays")));
        } finally {
            logger.detachAppender(log);
        }
        Files.write(authority, right);
        Files.setLastModifiedTime(authority, when);
        works(server, agent);
    }

    private static void copy(String name, Path certificate, Path key) throws IOException {
        Files.copy(TestCertificates.keyOf(name), key, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(TestCertificates.pemOf(name), certificate, StandardCopyOption.REPLACE_EXISTING);
    }

    private String refusal(Role role, Map<String, String> config) {
        return refusal(ErrorCode.INVALID_CONFIGURATION, role, config);
    }

    private String refusal(ErrorCode code, Role role, Map<String, String> config) {
        KnitException failure = failure(transports.make(role, "x", with(config, NatsPlugin.ADDRESS, "127.0.0.1:0")));
        assertThat(failure.code()).isEqualTo(code);
        return failure.getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SERVER", "AGENT"})
    void wrongSettings(Role role) {
        String file = TestCertificates.pemOf("server").toString();
        assertThat(refusal(role, Map.of(NatsTls.CERTIFICATE, file)))
                .isEqualTo("nats-tls-cert is given without nats-tls-key; give both or none");
        assertThat(refusal(role, Map.of(NatsTls.KEY, file))).startsWith("nats-tls-key is given without nats-tls-cert");
        assertThat(refusal(role, Map.of(NatsTls.CERTIFICATE, file, NatsTls.KEY, file)))
                .contains("are certificate and key interchanged?");
        assertThat(refusal(
                        ErrorCode.FILE_UNAVAILABLE,
                        role,
                        with(shows("server"), NatsTls.AUTHORITY, folder + "/none.pem")))
                .contains("none.pem does not exist");
    }

    @Test
    void authorityAloneIsNotEnoughForABroker() {
        assertThat(refusal(Role.SERVER, trusting(Map.of())))
                .contains("nats-tls-ca is given without nats-tls-cert and nats-tls-key");
    }
}
