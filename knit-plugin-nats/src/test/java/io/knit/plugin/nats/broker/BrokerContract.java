package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a NATS broker does with bytes. Runs against nats-server too, so that nothing is expected which that does not do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrokerContract {
    private static final String LINE_TOO_LONG = "-ERR 'maximum control line exceeded'\r\n";
    private TestBroker broker;

    /** A started broker. */
    abstract TestBroker broker(TestBroker.Limits limits);

    /** Whose answers it gives. */
    NatsServerGeneration generation() {
        return NatsServerGeneration.TODAY;
    }

    @BeforeAll
    void startBroker() {
        broker = broker(TestBroker.Limits.USUAL);
    }

    @AfterAll
    void stopBroker() {
        if (broker != null) {
            broker.close();
        }
    }

    int port() {
        return broker.port();
    }

    static Stream<ProtocolCase> cases() {
        return Stream.of(WordsTable.CASES, PublishTable.CASES, SubscribeTable.CASES, TodayTable.CASES)
                .flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void answersAsExpected(ProtocolCase each) {
        each.of(generation()).play(port(), Integer.MAX_VALUE / 2);
    }

    /**
     * nats-server tells a strict client of a wrong subject a second time where its read buffer happens to end between the line and the
     * payload: what it answers to pieces depends on how the network joins them, so there is nothing to expect.
     */
    static Stream<ProtocolCase> casesInPieces() {
        return cases().filter(each -> !each.expected().contains("Invalid Publish Subject"));
    }

    @ParameterizedTest(name = "{0}, byte by byte")
    @MethodSource("casesInPieces")
    void answersAsExpectedByteByByte(ProtocolCase each) {
        each.of(generation()).play(port(), 1);
    }

    @Test
    void saysWhatItIsFirst() {
        try (RawClient client = new RawClient(port())) {
            assertThat(client.info())
                    .startsWith("INFO {")
                    .contains("\"server_id\":\"N", "\"version\":\"2.", "\"proto\":1", "\"headers\":true")
                    .contains("\"max_payload\":1048576", "\"client_ip\":\"127.0.0.1\"", "\"client_id\":");
        }
    }

    @Test
    @DisplayName("arguments of 4096 bytes are taken, one more is not, whether the line ends or not")
    void controlLineLimit() {
        String longest = "a".repeat(4094) + " 1";
        ProtocolCase.open("longest", RawClient.QUIET + "SUB " + longest + "\r\n", "")
                .play(port(), 1000);
        for (String tooLong : List.of("SUB a" + longest, "PUB a" + longest, "CONNECT {\"name\":\"" + longest + "\"}")) {
            ProtocolCase.closed("whole", RawClient.QUIET + tooLong + "\r\n", LINE_TOO_LONG)
                    .play(port(), 10_000);
            ProtocolCase.closed("pieces", RawClient.QUIET + tooLong + "\r\n", LINE_TOO_LONG)
                    .play(port(), 1000);
        }
        String endless = "a".repeat(4097);
        ProtocolCase.closed("endless", RawClient.QUIET + "SUB " + endless, LINE_TOO_LONG)
                .play(port(), 10_000);
        ProtocolCase.open("ping", RawClient.QUIET + "PING" + " ".repeat(9000) + "\r\n", "PONG\r\n")
                .play(port(), 700);
    }

    @Test
    @DisplayName("payloads of every size come through, whole and in pieces")
    void payloadSizes() {
        try (RawClient client = RawClient.full(port())) {
            client.send("SUB big 1\r\n");
            for (int size : new int[] {1, 4093, 4094, 4095, 4096, 65_535, 65_536, 200_000, 1024 * 1024}) {
                String payload = payload(size);
                String head = "HPUB big " + Math.min(12, size) + " " + size + "\r\n";
                for (int piece : new int[] {10_000_000, 40_000}) {
                    send(client, head + payload + "\r\n", piece);
                    assertThat(client.line()).isEqualTo("HMSG big 1 " + Math.min(12, size) + " " + size + "\r\n");
                    assertThat(client.bytes(size + 2)).isEqualTo(payload + "\r\n");
                }
            }
        }
    }

    private static String payload(int size) {
        return IntStream.range(0, size)
                .collect(StringBuilder::new, (text, i) -> text.append((char) ('a' + i % 23)), StringBuilder::append)
                .toString();
    }

    private static void send(RawClient client, String text, int piece) {
        for (int start = 0; start < text.length(); start += piece) {
            client.send(text.substring(start, Math.min(text.length(), start + piece)));
        }
    }

    @Test
    @DisplayName("a thousand operations in one write are answered in order")
    void pipelining() {
        try (RawClient client = RawClient.quiet(port())) {
            String sent = "SUB p.* 7\r\n"
                    + String.join(
                            "",
                            IntStream.range(0, 1000)
                                    .mapToObj(i -> "PUB p." + i + " 1\r\nx\r\n")
                                    .toList());
            String expected = String.join(
                    "",
                    IntStream.range(0, 1000)
                            .mapToObj(i -> "MSG p." + i + " 7 1\r\nx\r\n")
                            .toList());
            assertThat(client.send(sent).answers()).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("a message goes to one member of each queue group, to each about as often, and to all others")
    void queueGroups() {
        try (RawClient a = RawClient.quiet(port());
                RawClient b = RawClient.quiet(port());
                RawClient publisher = RawClient.quiet(port())) {
            a.send("SUB q.x workers 1\r\nSUB q.* others 2\r\nSUB q.x 3\r\n").answers();
            b.send("SUB q.> workers 1\r\n").answers();
            publisher.send("PUB q.x 0\r\n\r\n".repeat(2000)).answers();
            String atA = a.answers();
            String atB = b.answers();
            int workersAtA = count(atA, "MSG q.x 1 ");
            assertThat(workersAtA).isBetween(700, 1300);
            assertThat(workersAtA + count(atB, "MSG q.x 1 ")).isEqualTo(2000);
            assertThat(count(atA, "MSG q.x 2 ")).isEqualTo(2000);
            assertThat(count(atA, "MSG q.x 3 ")).isEqualTo(2000);
        }
    }

    @Test
    @DisplayName("a queue group never picks a member that is gone, nor the sender without echo")
    void queueMembersThatCanNot() {
        try (RawClient a = RawClient.quiet(port());
                RawClient publisher = new RawClient(port())) {
            publisher.send("CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false}\r\n");
            a.send("SUB g workers 1\r\n").answers();
            publisher.send("SUB g workers 1\r\n").answers();
            try (RawClient gone = RawClient.quiet(port())) {
                gone.send("SUB g workers 1\r\nSUB g workers 2\r\nUNSUB 1\r\nUNSUB 2 1\r\n")
                        .answers();
            }
            publisher.send("PUB g 0\r\n\r\n".repeat(100)).answers();
            int first = count(a.answers(), "MSG g 1 ");
            assertThat(first).isGreaterThanOrEqualTo(99); // the gone one may have had its one message
            publisher.send("PUB g 0\r\n\r\n".repeat(100)).answers();
            assertThat(count(a.answers(), "MSG g 1 ")).isEqualTo(100);
        }
    }

    @Test
    @DisplayName("who understands no headers gets the payload alone")
    void headersAreLeftOut() {
        try (RawClient plain = RawClient.quiet(port());
                RawClient full = RawClient.full(port())) {
            plain.send("SUB h 1\r\n").answers();
            full.send("SUB h 2\r\nHPUB h r 12 14\r\nNATS/1.0\r\n\r\nok\r\n");
            assertThat(full.answers()).isEqualTo("HMSG h 2 r 12 14\r\nNATS/1.0\r\n\r\nok\r\n");
            assertThat(plain.answers()).isEqualTo("MSG h 1 r 2\r\nok\r\n");
            String big = "x".repeat(100_000);
            full.send("UNSUB 2\r\nHPUB h 12 100012\r\nNATS/1.0\r\n\r\n" + big + "\r\n")
                    .answers();
            assertThat(plain.answers()).isEqualTo("MSG h 1 100000\r\n" + big + "\r\n");
        }
    }

    @Test
    @DisplayName("who sends and says that nothing more comes is still answered")
    void halfClosed() {
        String sent = RawClient.QUIET + "SUB a 1\r\nPUB a 5000\r\n" + "z".repeat(5000) + "\r\nPING\r\n";
        for (int i = 0; i < 50; i++) {
            try (RawClient client = new RawClient(port())) {
                assertThat(client.send(sent).leave()).isEqualTo("MSG a 1 5000\r\n" + "z".repeat(5000) + "\r\nPONG\r\n");
            }
        }
    }

    @Test
    @DisplayName("one message reaches a hundred subscribers, small and large")
    void fanOut() {
        List<RawClient> subscribers =
                IntStream.range(0, 100).mapToObj(i -> RawClient.quiet(port())).toList();
        subscribers.forEach(each -> each.send("SUB fan.* 1\r\n").answers());
        try (RawClient publisher = RawClient.quiet(port())) {
            String large = "y".repeat(50_000);
            publisher
                    .send("PUB fan.a 2\r\nhi\r\nPUB fan.b 50000\r\n" + large + "\r\n")
                    .answers();
            String expected = "MSG fan.a 1 2\r\nhi\r\nMSG fan.b 1 50000\r\n" + large + "\r\n";
            subscribers.forEach(each -> assertThat(each.answers()).isEqualTo(expected));
        } finally {
            subscribers.forEach(RawClient::close);
        }
    }

    @Test
    @DisplayName("who leaves pings unanswered is sent away")
    void staleConnection() {
        TestBroker.Limits limits =
                new TestBroker.Limits(Duration.ofMillis(200), 2, TestBroker.Limits.USUAL.maxPending());
        try (TestBroker impatient = broker(limits);
                RawClient client = RawClient.quiet(impatient.port())) {
            String heard = client.untilClosed();
            assertThat(heard).startsWith("PING\r\n").endsWith("-ERR 'Stale Connection'\r\n");
            assertThat(count(heard, "PING\r\n")).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("who answers pings stays")
    void answeredPings() {
        TestBroker.Limits limits =
                new TestBroker.Limits(Duration.ofMillis(50), 1, TestBroker.Limits.USUAL.maxPending());
        try (TestBroker impatient = broker(limits);
                RawClient client = RawClient.quiet(impatient.port())) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.line()).isEqualTo("PING\r\n");
                client.send("PONG\r\n");
            }
        }
    }

    @Test
    @DisplayName("who does not read is dropped; the publisher and other subscribers go on")
    void slowConsumer() {
        TestBroker.Limits limits = new TestBroker.Limits(Duration.ofMinutes(2), 2, 4 * 1024 * 1024);
        try (TestBroker small = broker(limits);
                RawClient slow = RawClient.quiet(small.port());
                RawClient reader = RawClient.quiet(small.port());
                RawClient publisher = RawClient.quiet(small.port())) {
            slow.send("SUB s.a 1\r\n").answers();
            reader.send("SUB s.b 1\r\n").answers();
            byte[] block = ("PUB s.a 1000\r\n" + "z".repeat(1000) + "\r\n")
                    .repeat(1000)
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            // 60 MB for a client that reads none of it: its socket holds some, the broker 4 MiB
            for (int i = 0; i < 60; i++) {
                publisher.send(block).send("PUB s.b 1\r\nx\r\n").answers();
                assertThat(reader.answers()).isEqualTo("MSG s.b 1 1\r\nx\r\n");
            }
            assertThat(slow.untilClosed().length()).isLessThan(60_000_000);
        }
    }

    private static int count(String text, String part) {
        return Arrays.stream(text.split("\r\n", -1))
                .mapToInt(line -> (line + "\r\n").startsWith(part) ? 1 : 0)
                .sum();
    }
}
