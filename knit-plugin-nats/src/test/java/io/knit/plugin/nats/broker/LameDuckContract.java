package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.testkit.Futures;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A broker that sees its clients off before it ends. */
abstract class LameDuckContract {
    private static final String NEW = "CONNECT {\"verbose\":false,\"protocol\":1}\r\n";
    private static final String OLD = "CONNECT {\"verbose\":false,\"protocol\":0}\r\n";
    private TestBroker broker;

    abstract TestBroker start();

    /** Begins to go: clients have a second to leave, and soon after all are disconnected. */
    abstract void goSlowly();

    @BeforeEach
    void startBroker() {
        broker = start();
    }

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private boolean refused() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @DisplayName("clients are told, can still work, and those that stay are disconnected; new ones are not let in")
    void seesOff() {
        try (RawClient told = new RawClient(broker.port()).send(NEW);
                RawClient old = new RawClient(broker.port()).send(OLD);
                RawClient silent = new RawClient(broker.port())) {
            told.send("SUB a 1\r\n").answers();
            // servers of today send INFO once more after the first PONG
            told.answers();
            old.answers();
            goSlowly();
            assertThat(told.line()).startsWith("INFO {").contains("\"ldm\":true");
            Awaitility.await().atMost(Futures.PATIENCE).until(this::refused);
            old.send("PUB a 2\r\nhi\r\n");
            assertThat(told.line() + told.line()).isEqualTo("MSG a 1 2\r\nhi\r\n");
            assertThat(withoutPings(told.untilClosed())).isEmpty();
            assertThat(withoutPings(old.untilClosed())).isEmpty();
            assertThat(silent.untilClosed()).isEmpty();
        }
    }

    private static String withoutPings(String heard) {
        return heard.replace("PING\r\n", "");
    }

    @Test
    @DisplayName("jnats hears that the broker is about to go, and then loses it")
    void jnats() throws Exception {
        List<Events> events = new CopyOnWriteArrayList<>();
        Connection connection = Nats.connect(new Options.Builder()
                .server(broker.url())
                .maxReconnects(0)
                .connectionListener((about, event) -> events.add(event))
                .build());
        goSlowly();
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> events.contains(Events.LAME_DUCK));
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> events.contains(Events.CLOSED));
        connection.close();
    }
}
