package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One client with ten thousand subscriptions, on both brokers. */
class ManySubscriptionsTest {
    private static final int COUNT = 10_000;

    static Stream<Named<Supplier<TestBroker>>> brokers() {
        return Stream.of(
                Named.of("nats-server", NatsServerProcess::new),
                Named.of("the embedded broker", EmbeddedTestBroker::new));
    }

    @ParameterizedTest
    @MethodSource("brokers")
    @DisplayName("each of ten thousand subscriptions gets its message, also when half of them are gone, and then none")
    void eachGetsItsOwn(Supplier<TestBroker> brokers) {
        try (TestBroker broker = brokers.get();
                RawClient subscriber = RawClient.quiet(broker.port());
                RawClient publisher = RawClient.quiet(broker.port())) {
            String publishAll = all(i -> true, i -> "PUB many." + i + ".x 0\r\n\r\n");
            subscriber
                    .send(all(i -> true, i -> "SUB many." + i + ".* " + i + "\r\n"))
                    .answers();

            publisher.send(publishAll).answers();
            assertThat(subscriber.answers()).isEqualTo(all(i -> true, ManySubscriptionsTest::message));

            // in the middle of messages: who is unsubscribed before its message gets none
            subscriber.send(all(i -> i % 2 == 0, i -> "UNSUB " + i + "\r\n")).answers();
            publisher.send(publishAll).answers();
            assertThat(subscriber.answers()).isEqualTo(all(i -> i % 2 == 1, ManySubscriptionsTest::message));

            subscriber.send(all(i -> true, i -> "UNSUB " + i + "\r\n")).answers();
            publisher.send(publishAll).answers();
            assertThat(subscriber.answers()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("brokers")
    @DisplayName("ten thousand subscriptions to one subject each get the message, once, and end by themselves")
    void allGetOne(Supplier<TestBroker> brokers) {
        try (TestBroker broker = brokers.get();
                RawClient subscriber = RawClient.quiet(broker.port());
                RawClient publisher = RawClient.quiet(broker.port())) {
            subscriber
                    .send(all(i -> true, i -> "SUB one " + i + "\r\nUNSUB " + i + " 2\r\n"))
                    .answers();
            for (int expected : new int[] {COUNT, COUNT, 0}) {
                publisher.send("PUB one 0\r\n\r\n").answers();
                assertThat(subscriber.answers().split("MSG one", -1)).hasSize(expected + 1);
            }
        }
    }

    private static String message(int i) {
        return "MSG many." + i + ".x " + i + " 0\r\n\r\n";
    }

    private static String all(IntPredicate which, IntFunction<String> text) {
        return IntStream.range(0, COUNT).filter(which).mapToObj(text).collect(Collectors.joining());
    }
}
