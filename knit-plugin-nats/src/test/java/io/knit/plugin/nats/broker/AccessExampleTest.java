package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.access.Accounts;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.testkit.Futures;
import io.nats.client.Connection;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The README's example of access. */
class AccessExampleTest {
    @Test
    void example() throws Exception {
        String hashOfHerPassword = "$2y$04$akTfXEzjGE7kGEHwZ0rjaeqF1iQa9vDfjErnqurd0dMFvnX6rudfW";
        NKey key = NKey.createUser(null);
        String publicKeyOfSensor = new String(key.getPublicKey());
        // [readme]
        Accounts accounts = Accounts.builder()
                .user("alice", hashOfHerPassword, Permissions.ALL)
                .nkey(
                        publicKeyOfSensor,
                        "sensor",
                        Permissions.builder()
                                .publish("readings.7.>")
                                .subscribe("orders.7", "orders.all")
                                .responses(1, Duration.ofMinutes(2)) // it may answer what it is asked
                                .build())
                .build();
        EmbeddedNats broker = EmbeddedNats.builder()
                .access(accounts)
                .maxConnections(1000)
                .start()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        // [readme]
        try {
            Options alice = new Options.Builder()
                    .server(broker.url())
                    .userInfo("alice", "wonderland")
                    .build();
            Options sensor = new Options.Builder()
                    .server(broker.url())
                    .authHandler(Nats.staticCredentials(null, key.getSeed()))
                    .build();
            try (Connection first = Nats.connect(alice);
                    Connection second = Nats.connect(sensor)) {
                second.createDispatcher(message -> second.publish(message.getReplyTo(), message.getData()))
                        .subscribe("orders.7");
                second.flush(Futures.PATIENCE);
                byte[] question = {1, 2, 3};
                assertThat(first.request("orders.7", question)
                                .get(30, TimeUnit.SECONDS)
                                .getData())
                        .isEqualTo(question);
            }
        } finally {
            Futures.await(broker.close());
        }
        assertThat(Files.readString(Path.of("README.md"))).contains(snippet());
    }

    /** The lines between the marks, without their indentation. */
    private static String snippet() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/knit/plugin/nats/broker/AccessExampleTest.java"));
        return source.split("// \\[readme]\n", -1)[1].stripTrailing().stripIndent();
    }
}
