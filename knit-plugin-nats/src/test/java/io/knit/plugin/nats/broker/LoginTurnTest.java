package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.access.Accounts;
import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.access.Claim;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.access.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The clock of a login is the client's: it stands still while the broker is the one that is waited for. Thousands are {@code -Dknit.flood.agents=5000}; most of
 * what they cost is to sign what they say.
 */
class LoginTurnTest {
    private static final Optional<User> KNOWN = Optional.of(new User("known", Permissions.ALL));
    private static final String CONNECT = AccessTable.connect("\"user\":\"a\",\"pass\":\"b\"");

    /** Answers one after the other, each after a while, as a busy directory does. */
    private static final class OneByOne implements Authenticator, AutoCloseable {
        private final LinkedBlockingQueue<Promise<Optional<User>>> waiting = new LinkedBlockingQueue<>();
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

        OneByOne(Duration each) {
            var unused = timer.scheduleAtFixedRate(this::next, each.toMillis(), each.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void next() {
            Promise<Optional<User>> first = waiting.poll();
            if (first != null) {
                first.complete(KNOWN);
            }
        }

        @Override
        public Future<Optional<User>> authenticate(Claim claim) {
            Promise<Optional<User>> answer = Promise.promise();
            waiting.add(answer);
            return answer.future();
        }

        @Override
        public void close() {
            timer.shutdownNow();
        }
    }

    @Test
    @DisplayName("who waits because others are asked for first is let in when its turn comes")
    void queue() {
        try (OneByOne slow = new OneByOne(Duration.ofMillis(20))) {
            EmbeddedNats nats = await(EmbeddedNats.builder()
                    .access(slow)
                    .authTimeout(Duration.ofMillis(200))
                    .start());
            List<RawClient> clients = IntStream.range(0, 50)
                    .mapToObj(i -> new RawClient(nats.port()).send(CONNECT))
                    .toList();
            try {
                clients.forEach(client -> assertThat(client.answers()).isEmpty());
            } finally {
                clients.forEach(RawClient::close);
                await(nats.close());
            }
        }
    }

    @Test
    @DisplayName("what a client sent in time counts, though the broker reads it late")
    void busyLoop() throws Exception {
        EmbeddedNats nats = await(EmbeddedNats.builder()
                .access(claim -> Future.succeededFuture(KNOWN))
                .authTimeout(Duration.ofMillis(200))
                .eventLoops(1)
                .start());
        try (RawClient client = new RawClient(nats.port())) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch never = new CountDownLatch(1);
            nats.loops().next().execute(() -> {
                begun.countDown();
                hold(never); // far beyond the deadline
            });
            begun.await();
            client.send(CONNECT);
            assertThat(client.answers()).isEmpty();
        } finally {
            await(nats.close());
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            var unused = latch.await(600, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("however many come at once, all are let in")
    void atOnce() throws Exception {
        int many = Integer.getInteger("knit.flood.agents", 1000);
        EmbeddedNats nats = await(EmbeddedNats.builder()
                .access(Accounts.builder()
                        .nkey(TestKeys.KNOWN, "agent", Permissions.ALL)
                        .build())
                .eventLoops(1)
                .start());
        List<Socket> all = new ArrayList<>();
        try {
            for (int i = 0; i < many; i++) {
                Socket socket = new Socket();
                socket.setSoTimeout(10_000);
                all.add(socket);
                socket.connect(new InetSocketAddress("127.0.0.1", nats.port()), 10_000);
                introduce(socket);
            }
            int in = 0;
            for (Socket socket : all) {
                in += hears(socket, "PONG") ? 1 : 0;
            }
            assertThat(in).isEqualTo(many);
        } finally {
            for (Socket socket : all) {
                socket.close();
            }
            await(nats.close());
        }
    }

    private static void introduce(Socket socket) throws IOException {
        StringBuilder info = new StringBuilder();
        for (int next = socket.getInputStream().read();
                next != '\n';
                next = socket.getInputStream().read()) {
            info.append((char) next);
        }
        String nonce = new JsonObject(info.substring("INFO ".length())).getString("nonce");
        String proof =
                "\"nkey\":\"" + TestKeys.KNOWN + "\",\"sig\":\"" + TestKeys.signature(TestKeys.known(), nonce) + '"';
        socket.getOutputStream().write((AccessTable.connect(proof) + "PING\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean hears(Socket socket, String word) {
        try {
            StringBuilder heard = new StringBuilder();
            int next = socket.getInputStream().read();
            while (next >= 0 && heard.indexOf(word) < 0) {
                heard.append((char) next);
                next = socket.getInputStream().read();
            }
            return heard.indexOf(word) >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
