package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.nats.broker.settings.ClientListener;
import io.knit.plugin.nats.broker.settings.NatsClient;
import io.knit.testkit.Futures;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EmbeddedNatsTest {
    private final List<String> clients = new CopyOnWriteArrayList<>();
    private final EmbeddedNats nats =
            await(EmbeddedNats.builder().onClient(new Listener()).start());

    @AfterEach
    void close() {
        await(nats.close());
        await(nats.close());
    }

    private final class Listener implements ClientListener {
        @Override
        public void opened(NatsClient client) {
            clients.add("+" + client.name() + "/" + client.lang());
            if (client.name().equals("thrower")) {
                throw new IllegalStateException("thrown by a listener on purpose");
            }
        }

        @Override
        public void closed(NatsClient client) {
            clients.add("-" + client.name());
        }
    }

    @Test
    @DisplayName("with the level DEBUG each client that comes or goes is a line, with why it went")
    void linesOfComingAndGoing() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.knit.plugin.nats");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        Level before = logger.getLevel();
        logger.setLevel(Level.DEBUG);
        try (RawClient client = RawClient.quiet(nats.port())) {
            client.trySend("nonsense\r\n".getBytes(StandardCharsets.US_ASCII));
            client.untilClosed();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(lines.list)
                            .extracting(ILoggingEvent::getFormattedMessage)
                            .anyMatch(line -> line.matches("NATS client \\d+ of 127\\.0\\.0\\.1\\S* has connected"))
                            .anyMatch(line ->
                                    line.matches("NATS client \\d+ of 127\\.0\\.0\\.1\\S* has left: .*Protocol.*")));
        } finally {
            logger.setLevel(before);
            logger.detachAppender(lines);
        }
    }

    @Test
    @DisplayName("random bytes in random pieces harm nobody else")
    void randomBytes() {
        Random random = new Random(7);
        try (RawClient reader = RawClient.quiet(nats.port());
                RawClient publisher = RawClient.quiet(nats.port())) {
            reader.send("SUB fine 1\r\n").answers();
            for (int i = 0; i < 300; i++) {
                try (RawClient wild = new RawClient(nats.port())) {
                    String start = "CONNECT {}\r\nPUB x " + random.nextInt(20) + "\r\n";
                    wild.trySend(start.getBytes(StandardCharsets.US_ASCII));
                    for (int piece = 0; piece < 5; piece++) {
                        byte[] bytes = new byte[random.nextInt(400)];
                        random.nextBytes(bytes);
                        wild.trySend(bytes);
                    }
                }
                publisher.send("PUB fine 2\r\nok\r\n").answers();
                assertThat(reader.answers()).isEqualTo("MSG fine 1 2\r\nok\r\n");
            }
        }
    }

    @Test
    @DisplayName("clients are told by name, once each, after CONNECT; a listener that throws harms nobody")
    void listener() {
        try (RawClient silent = new RawClient(nats.port());
                RawClient thrower = new RawClient(nats.port())) {
            silent.answers();
            String connect = "CONNECT {\"verbose\":false,\"name\":\"thrower\",\"lang\":\"java\"}\r\n";
            assertThat(thrower.send(connect).send(connect).answers()).isEmpty();
        }
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> nats.clients() == 0);
        assertThat(clients).containsExactly("+thrower/java", "-thrower");
    }

    @Test
    @DisplayName("what it was started with can be read back")
    void settings() {
        assertThat(nats.settings().port()).isZero();
        assertThat(nats.settings().host()).isEqualTo("127.0.0.1");
    }

    @Test
    @DisplayName("a port in use is a clear failure")
    void portInUse() {
        KnitException failure =
                failure(EmbeddedNats.builder().address("127.0.0.1", nats.port()).start());
        assertThat(failure.code()).isEqualTo(ErrorCode.IN_USE);
        assertThat(failure).hasMessageContaining("127.0.0.1:" + nats.port() + " is in use");
    }

    @Test
    @DisplayName("the README's example")
    void example() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        // [readme]
        EmbeddedNats broker = EmbeddedNats.builder()
                .address("127.0.0.1", 0) // any free port
                .start()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        Connection client = Nats.connect(broker.url());
        try {
            client.createDispatcher(message -> heard.add(message.getSubject())).subscribe("greet.*");
            client.publish("greet.world", new byte[0]);
            client.drain(Duration.ofSeconds(10)).get(10, TimeUnit.SECONDS); // until all is handled
        } finally {
            client.close();
            broker.close();
        }
        // [readme]
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> heard.equals(List.of("greet.world")));
        assertThat(readme()).contains(snippet());
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    /** The lines between the marks, without their indentation. */
    private static String snippet() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/knit/plugin/nats/broker/EmbeddedNatsTest.java"));
        return source.split("// \\[readme]\n", -1)[1].stripTrailing().stripIndent();
    }

    @Test
    @DisplayName("closing disconnects the clients")
    void closing() {
        try (RawClient client = RawClient.quiet(nats.port())) {
            client.answers();
            await(nats.close());
            assertThat(client.untilClosed()).isEmpty();
        }
    }

    @Test
    void listensOnAllAddresses() {
        EmbeddedNats all = await(
                EmbeddedNats.builder().address("0.0.0.0", 0).maxPayload(10).start());
        assertThat(all.url()).isEqualTo("nats://0.0.0.0:" + all.port());
        assertThat(all.localUrl()).isEqualTo("nats://127.0.0.1:" + all.port());
        ProtocolCase.closed("over", RawClient.QUIET + "PUB a 11\r\n", "-ERR 'Maximum Payload Violation'\r\n")
                .play(all.port(), 100);
        await(all.close());
    }

    @Test
    void refusesWrongSettings() {
        EmbeddedNatsBuilder builder = EmbeddedNats.builder();
        assertThatThrownBy(() -> builder.address("h", 65_536)).hasMessage("port is 65536; give 0 to 65535");
        assertThatThrownBy(() -> builder.maxPayload(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.maxPending(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.pingInterval(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.eventLoops(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
