package io.knit.plugin.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.TestBroker;
import io.knit.testkit.Futures;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What jnats' users rely on, against whichever broker. */
abstract class JnatsContract {
    private static final Duration PATIENCE = Futures.PATIENCE;
    private static final int MANY = 20_000;
    private TestBroker broker;
    private Connection connection;
    private Connection other;

    abstract TestBroker broker();

    @BeforeEach
    void connect() throws Exception {
        broker = broker();
        connection = Nats.connect(options());
        other = Nats.connect(options());
    }

    @AfterEach
    void close() throws Exception {
        if (connection != null) {
            connection.close();
            other.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private Options options() {
        return new Options.Builder()
                .server(broker.url())
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(50))
                .reportNoResponders()
                .errorListener(new NatsErrors())
                .build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Message message) {
        return new String(message.getData(), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("requests are answered, with headers")
    void requests() throws Exception {
        other.createDispatcher(message -> other.publish(NatsMessage.builder()
                        .subject(message.getReplyTo())
                        .headers(new Headers().add("seen", message.getHeaders().getFirst("ask")))
                        .data("re:" + text(message))
                        .build()))
                .subscribe("service");
        other.flush(PATIENCE);
        Message answer = connection
                .request(NatsMessage.builder()
                        .subject("service")
                        .headers(new Headers().add("ask", "why"))
                        .data("q")
                        .build())
                .get(30, TimeUnit.SECONDS);
        assertThat(text(answer)).isEqualTo("re:q");
        assertThat(answer.getHeaders().getFirst("seen")).isEqualTo("why");
    }

    @Test
    @DisplayName("a request that nobody listens to fails at once")
    void noResponders() {
        Assertions.assertThatThrownBy(
                        () -> connection.request("nobody", bytes("?")).get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("503");
    }

    @Test
    @DisplayName("200,000 messages arrive in order, and one of each in a queue group")
    void manyInOrder() throws Exception {
        int count = 200_000;
        AtomicInteger next = new AtomicInteger();
        AtomicInteger disorder = new AtomicInteger();
        AtomicInteger grouped = new AtomicInteger();
        Dispatcher dispatcher = other.createDispatcher(message -> {
            if (Integer.parseInt(text(message)) != next.getAndIncrement()) {
                disorder.incrementAndGet();
            }
        });
        dispatcher.setPendingLimits(-1, -1);
        dispatcher.subscribe("many");
        for (int i = 0; i < 3; i++) {
            Dispatcher member = other.createDispatcher(message -> grouped.incrementAndGet());
            member.setPendingLimits(-1, -1);
            member.subscribe("many", "group");
        }
        other.flush(PATIENCE);
        for (int i = 0; i < count; i++) {
            connection.publish("many", bytes(Integer.toString(i)));
        }
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> next.get() == count && grouped.get() == count);
        assertThat(disorder).hasValue(0);
    }

    @Test
    @DisplayName("unsubscribing after some messages, and draining")
    void unsubscribeAndDrain() throws Exception {
        Subscription few = other.subscribe("few").unsubscribe(3);
        AtomicInteger handled = new AtomicInteger();
        Dispatcher dispatcher = other.createDispatcher(message -> handled.incrementAndGet());
        dispatcher.subscribe("few");
        other.flush(PATIENCE);
        IntStream.range(0, 10).forEach(i -> connection.publish("few", bytes("x")));
        connection.flush(PATIENCE);
        assertThat(dispatcher.drain(PATIENCE).get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(handled).hasValue(10);
        for (int i = 0; i < 3; i++) {
            assertThat(few.nextMessage(PATIENCE)).isNotNull();
        }
        assertThat(few.isActive()).isFalse();
        assertThat(other.drain(PATIENCE).get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName(
            "a subscription that is drained with thousands of messages under way gets each that was sent before, once")
    void drainsSubscription() throws Exception {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger handled = new AtomicInteger();
        Dispatcher dispatcher = other.createDispatcher(message -> {
            seen.add(Integer.parseInt(text(message)));
            handled.incrementAndGet();
        });
        dispatcher.setPendingLimits(-1, -1);
        dispatcher.subscribe("drained");
        other.flush(PATIENCE);
        IntStream.range(0, MANY).forEach(i -> connection.publish("drained", bytes(Integer.toString(i))));
        connection.flush(PATIENCE); // the broker has them all; the subscriber hardly
        CompletableFuture<Boolean> drained = dispatcher.drain(PATIENCE);
        assertThat(drained.get(30, TimeUnit.SECONDS)).isTrue();
        connection.publish("drained", bytes("-1"));
        connection.flush(PATIENCE);
        other.flush(PATIENCE);
        assertThat(handled).hasValue(MANY);
        assertThat(seen).hasSize(MANY).doesNotContain(-1);
    }

    @Test
    @DisplayName(
            "a connection that is drained publishes what it still has to, and handles what is under way, once each")
    void drainsConnection() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        Dispatcher counter = connection.createDispatcher(message -> answers.incrementAndGet());
        counter.setPendingLimits(-1, -1);
        counter.subscribe("answers");
        connection.flush(PATIENCE);
        Dispatcher echo = other.createDispatcher(message -> other.publish("answers", message.getData()));
        echo.setPendingLimits(-1, -1);
        echo.subscribe("questions");
        other.flush(PATIENCE);
        IntStream.range(0, MANY).forEach(i -> connection.publish("questions", bytes("?")));
        connection.flush(PATIENCE);
        assertThat(other.drain(PATIENCE).get(30, TimeUnit.SECONDS)).isTrue();
        Awaitility.await().atMost(PATIENCE).until(() -> other.getStatus() == Connection.Status.CLOSED);
        connection.flush(PATIENCE);
        assertThat(answers).hasValue(MANY);
    }

    @Test
    @DisplayName("after the broker's restart clients are back with their subscriptions")
    void restart() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        other.createDispatcher(message -> seen.add(text(message))).subscribe("news.*");
        other.flush(PATIENCE);
        broker.stop();
        Awaitility.await().atMost(PATIENCE).until(() -> connection.getStatus() != Connection.Status.CONNECTED);
        broker.start();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            connection.publish("news.today", bytes("back"));
            return seen.contains("back");
        });
    }
}
