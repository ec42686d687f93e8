package io.knit.core.agent.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetSocketsTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0:0::1", "0000:0000:0000:0000:0000:0000:0000:0001"})
    @DisplayName("a name server is heard, however its address is written")
    void spelling(String address) throws Exception {
        byte[] question = {1, 2, 3};
        DatagramSocket server =
                vertx.createDatagramSocket(new DatagramSocketOptions().setIpV6(address.indexOf(':') >= 0));
        server.handler(packet -> server.send(
                packet.data(), packet.sender().port(), packet.sender().host()));
        server.listen(0, address).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        byte[] answer = new NetSockets(vertx)
                .ask(address, server.localAddress().port(), question, false, bytes -> true, Duration.ofSeconds(5))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(answer).isEqualTo(question);
    }
}
