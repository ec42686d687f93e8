package io.knit.example.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.knit.api.model.Peer;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsFilePluginTest {
    @TempDir
    Path folder;

    @Test
    void aServerFindsThePluginAndWhatItFinds() throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), """
                # our machines
                10.54.0.15 berlin   # the fast one
                10.54.0.16 paris
                """);
        KnitServer server = KnitServer.builder()
                .withoutHttp()
                .dataDir(folder.resolve("server"))
                .config("nats-addr", "127.0.0.1:0")
                .config("hosts-file", hosts.toString())
                .build();
        try {
            Futures.await(server.start());
            await().untilAsserted(() -> assertThat(server.snapshot().peers())
                    .extracting(Peer::hostname, Peer::meshIp)
                    .containsExactlyInAnyOrder(tuple("berlin", "10.54.0.15"), tuple("paris", "10.54.0.16")));
        } finally {
            Futures.await(server.close());
        }
    }
}
