package io.knit.plugin.nats;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.Role;
import io.knit.plugin.nats.broker.EmbeddedNats;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import io.knit.testkit.Futures;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says of TLS, done as it says. */
class TlsReadmeTest {
    private static final byte[] HI = {'h', 'i'};

    @TempDir
    private Path folder;

    @BeforeEach
    void makeCertificates() throws Exception {
        Process shell = new ProcessBuilder("sh", "-e", "-c", block("CURVE="))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Assumptions.assumeFalse(said.contains("not found"), "openssl is not installed");
        assertThat(shell.exitValue()).as(said).isZero();
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    /** The block of commands that begins so. */
    private static String block(String beginning) throws IOException {
        return Arrays.stream(readme().split("```", -1))
                .filter(block -> block.startsWith("sh\n" + beginning))
                .findFirst()
                .orElseThrow()
                .substring(3);
    }

    /** The settings of a command, with files of the folder. */
    private Map<String, String> settings(String command) {
        Map<String, String> settings = new HashMap<>();
        String[] words = command.split(" ", -1);
        for (int i = 3; i + 1 < words.length; i += 2) {
            String value = words[i].startsWith("--nats-tls")
                    ? folder.resolve(words[i + 1]).toString()
                    : words[i + 1];
            settings.put(words[i].substring(2), value);
        }
        return settings;
    }

    @Test
    @DisplayName("its commands make certificates with which its server and agent find each other")
    void cluster() throws Exception {
        List<String> commands = block("knit server").lines().toList();
        Map<String, String> ofServer = settings(commands.get(0));
        Map<String, String> ofAgent = settings(commands.get(1));
        assertThat(ofServer.put(NatsPlugin.ADDRESS, "127.0.0.1:0")).isEqualTo("10.54.0.1:4222");
        TestTransports transports = new TestTransports();
        NatsTransport server = await(transports.make(Role.SERVER, "server", ofServer));
        TestTransports.admitAll(server, "ask");
        assertThat(ofAgent.put(NatsPlugin.URL, server.url())).isEqualTo("tls://10.54.0.1:4222");
        NatsTransport agent = await(transports.make(Role.AGENT, "n1", ofAgent));
        try {
            TestTransports.awaitConnection(agent);
            await(server.subscribe("ask", message -> message.reply(message.payload())));
            assertThat(await(agent.request("ask", HI, Futures.PATIENCE))).isEqualTo(HI);
        } finally {
            await(agent.close());
            await(server.close());
            transports.close();
        }
    }

    @Test
    @DisplayName("its example works")
    void example() throws Exception {
        // [readme]
        TlsOptions tls = TlsOptions.builder()
                .certificate(folder.resolve("server.pem"))
                .key(folder.resolve("server.key"))
                .clientCa(folder.resolve("ca.pem")) // only if clients must show a certificate
                .build();
        EmbeddedNats broker = EmbeddedNats.builder()
                .tls(tls)
                .start()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        Connection client = Nats.connect(Options.builder()
                .server(broker.url()) // tls://…
                .sslContext(broker.clientTls()) // for this program: trusts this broker alone
                .build());
        // [readme]
        assertThat(client.getStatus()).isEqualTo(Connection.Status.CONNECTED);
        client.close();
        await(broker.close());
        String source = Files.readString(Path.of("src/test/java/io/knit/plugin/nats/TlsReadmeTest.java"));
        assertThat(readme())
                .contains(source.split("// \\[readme]\n", -1)[1].stripTrailing().stripIndent());
    }
}
