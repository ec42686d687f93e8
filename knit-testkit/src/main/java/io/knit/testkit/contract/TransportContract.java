package io.knit.testkit.contract;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.spi.transport.Transport;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a {@link Transport} must do. All transports of one test share a bus. */
public abstract class TransportContract {
    private static final int LARGEST = 1024 * 1024;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final AtomicInteger TESTS = new AtomicInteger();

    private final List<Transport> opened = new ArrayList<>();
    private final String prefix = "contract." + ProcessHandle.current().pid() + "x" + TESTS.incrementAndGet();

    /** A new transport that is connected to the test's bus. */
    protected abstract Future<? extends Transport> connect();

    /** Cuts every connection to the bus (stops the broker, say) and keeps new ones from standing until {@link #restore()}. */
    protected abstract void interrupt();

    /** Ends what {@link #interrupt()} began; transports reconnect by themselves. */
    protected abstract void restore();

    /** Whether the transport itself refuses payloads over 1 MiB. */
    protected boolean limitsPayload() {
        return true;
    }

    /** Gives back what the test's components needed; runs after they were closed, where a subclass's own AfterEach runs before. */
    protected void afterClosing() {}

    @AfterEach
    void closeAll() {
        for (Transport transport : opened) {
            await(transport.close());
            await(transport.close());
        }
        afterClosing();
    }

    private Transport connected() {
        Transport transport = await(connect());
        opened.add(transport);
        return transport;
    }

    private String subject(String name) {
        return prefix + "." + name;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Futures.PATIENCE);
    }

    /** Subscribes and collects what arrives, as text. */
    private static List<String> collect(Transport transport, String subject) {
        List<String> arrived = new CopyOnWriteArrayList<>();
        await(transport.subscribe(subject, message -> arrived.add(text(message.payload()))));
        return arrived;
    }

    @Test
    @DisplayName("a message reaches everyone who subscribed, the sender too, and nobody else")
    void delivers() {
        Transport a = connected();
        Transport b = connected();
        List<String> atA = collect(a, subject("news"));
        List<String> atB = collect(b, subject("news"));
        List<String> elsewhere = collect(b, subject("other"));
        await(a.publish(subject("news"), bytes("hello")));
        patiently().until(() -> atA.size() + atB.size() == 2);
        assertThat(atA).containsExactly("hello");
        assertThat(atB).containsExactly("hello");
        assertThat(elsewhere).isEmpty();
    }

    @Test
    @DisplayName("an asterisk in a subscription stands for one token")
    void wildcards() {
        Transport a = connected();
        Transport b = connected();
        List<String> seen = new CopyOnWriteArrayList<>();
        await(b.subscribe(subject("node.*.up"), message -> seen.add(message.subject())));
        for (String name : List.of("node.up", "node.x.y.up", "node.x.down", "node.n1.up", "node.n2.up")) {
            await(a.publish(subject(name), bytes("")));
        }
        patiently().until(() -> seen.size() >= 2);
        assertThat(seen).containsExactly(subject("node.n1.up"), subject("node.n2.up"));
    }

    @Test
    @DisplayName("an ended subscription gets nothing more")
    void unsubscribes() {
        Transport a = connected();
        Transport b = connected();
        List<String> ended = new CopyOnWriteArrayList<>();
        Transport.Subscription subscription =
                await(b.subscribe(subject("s"), message -> ended.add(text(message.payload()))));
        List<String> kept = collect(b, subject("s"));
        await(subscription.unsubscribe());
        await(a.publish(subject("s"), bytes("after")));
        patiently().until(() -> kept.contains("after"));
        assertThat(ended).isEmpty();
    }

    @Test
    @DisplayName("4. many subscriptions made at once do not cost the connection")
    void subscribesAtOnce() {
        Transport a = connected();
        List<Boolean> connection = new CopyOnWriteArrayList<>();
        a.onConnection(connection::add);
        List<Future<Transport.Subscription>> made = IntStream.range(0, 50)
                .mapToObj(i -> a.subscribe(subject("many." + i), message -> {}))
                .toList();
        made.forEach(Futures::await);
        List<String> seen = collect(a, subject("end"));
        await(a.publish(subject("end"), bytes("end")));
        patiently().until(() -> seen.contains("end"));
        assertThat(connection).doesNotContain(false);
    }

    @Test
    @DisplayName("a request gets its answer")
    void answers() {
        Transport a = connected();
        Transport b = connected();
        await(b.subscribe(subject("ask"), message -> message.reply(bytes("re:" + text(message.payload())))));
        List<Future<byte[]>> answers = IntStream.range(0, 50)
                .mapToObj(i -> a.request(subject("ask"), bytes("q" + i), LONG))
                .toList();
        for (int i = 0; i < answers.size(); i++) {
            assertThat(text(await(answers.get(i)))).isEqualTo("re:q" + i);
        }
    }

    @Test
    @DisplayName("1. while not connected, publish and request neither block nor throw; a request fails")
    void withoutConnection() {
        Transport a = connected();
        Transport b = connected();
        List<Boolean> connections = new CopyOnWriteArrayList<>();
        a.onConnection(connections::add);
        await(b.subscribe(subject("s"), message -> message.reply(bytes("here"))));
        interrupt();
        patiently().until(() -> connections.contains(false));
        await(a.publish(subject("s"), bytes("lost")).otherwiseEmpty());
        assertThat(failure(a.request(subject("s"), bytes("lost"), SHORT)).code())
                .isEqualTo(ErrorCode.TRANSPORT_UNAVAILABLE);
        restore();
        patiently().until(() -> connections.lastIndexOf(true) > connections.lastIndexOf(false));
    }

    @Test
    @DisplayName("2. messages of one publisher on one subject keep their order")
    void keepsOrder() {
        Transport a = connected();
        List<String> arrived = collect(connected(), subject("ordered"));
        List<String> sent = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
        sent.forEach(text -> a.publish(subject("ordered"), bytes(text)));
        patiently().until(() -> arrived.size() == sent.size());
        assertThat(arrived).isEqualTo(sent);
    }

    @Test
    @DisplayName("3. a request fails at once with TRANSPORT_UNAVAILABLE where nobody listens")
    void nobodyListens() {
        Transport a = connected();
        connected();
        assertThat(failure(a.request(subject("nobody"), bytes("?"), LONG)).code())
                .isEqualTo(ErrorCode.TRANSPORT_UNAVAILABLE);
    }

    @Test
    @DisplayName("3. a request fails after the timeout with TRANSPORT_UNAVAILABLE where nobody answers")
    void nobodyAnswers() {
        Transport a = connected();
        List<String> arrived = collect(connected(), subject("silent"));
        assertThat(failure(a.request(subject("silent"), bytes("?"), SHORT)).code())
                .isEqualTo(ErrorCode.TRANSPORT_UNAVAILABLE);
        assertThat(arrived).containsExactly("?");
    }

    @Test
    @DisplayName("4. it reconnects and keeps its subscriptions")
    void reconnects() {
        Transport a = connected();
        Transport b = connected();
        List<String> arrived = collect(b, subject("kept"));
        for (int round = 0; round < 2; round++) {
            interrupt();
            restore();
            String text = "round " + round;
            // at most once: what is sent before both are back may be lost, so it is sent until it arrives
            patiently().until(() -> {
                a.publish(subject("kept"), bytes(text)).onFailure(notYetConnected -> {});
                return arrived.contains(text);
            });
        }
    }

    @Test
    @DisplayName("5. payloads up to 1 MiB pass unchanged")
    void largePayloads() {
        Transport a = connected();
        Transport b = connected();
        List<byte[]> arrived = new CopyOnWriteArrayList<>();
        await(b.subscribe(subject("large"), message -> arrived.add(message.payload())));
        byte[] largest = new byte[LARGEST];
        new Random(1).nextBytes(largest);
        await(a.publish(subject("large"), largest));
        await(a.publish(subject("large"), new byte[0]));
        patiently().until(() -> arrived.size() == 2);
        assertThat(arrived.get(0)).isEqualTo(largest);
        assertThat(arrived.get(1)).isEmpty();
    }

    @Test
    @DisplayName("5. larger payloads fail, and harm nothing")
    void tooLargePayloads() {
        if (!limitsPayload()) {
            return;
        }
        Transport a = connected();
        Transport b = connected();
        List<String> arrived = collect(b, subject("large"));
        byte[] tooLarge = new byte[LARGEST + 1];
        assertThatThrownBy(() -> await(a.publish(subject("large"), tooLarge))).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> await(a.request(subject("large"), tooLarge, LONG)))
                .isInstanceOf(RuntimeException.class);
        await(a.publish(subject("large"), bytes("small")));
        patiently().until(() -> arrived.contains("small"));
        assertThat(arrived).containsExactly("small");
    }

    @Test
    @DisplayName("6. a handler that throws harms neither itself nor others")
    void throwingHandler() {
        Transport a = connected();
        Transport b = connected();
        List<String> thrower = new CopyOnWriteArrayList<>();
        await(b.subscribe(subject("s"), message -> {
            thrower.add(text(message.payload()));
            throw new IllegalStateException("thrown by the contract test on purpose");
        }));
        List<String> other = collect(b, subject("s"));
        await(a.publish(subject("s"), bytes("one")));
        await(a.publish(subject("s"), bytes("two")));
        patiently().until(() -> thrower.size() == 2 && other.size() == 2);
        assertThat(thrower).containsExactly("one", "two");
    }

    @Test
    @DisplayName("7. one message at a time per subscription, from however many publishers")
    void oneAtATime() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        await(connected().subscribe(subject("busy"), message -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            Thread.yield();
            inside.decrementAndGet();
            done.incrementAndGet();
        }));
        List<Transport> publishers = List.of(connected(), connected(), connected());
        for (int i = 0; i < 200; i++) {
            publishers.forEach(publisher -> publisher.publish(subject("busy"), bytes("x")));
        }
        patiently().until(() -> done.get() == 600);
        assertThat(most).hasValue(1);
    }
}
