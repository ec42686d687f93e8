package io.knit.core.agent.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.agent.names.TestBook;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsSection;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes in, bytes out; what comes back is read by Netty's own decoder. */
class NameServerTest {
    private static final String ASKER = "172.17.0.2";
    private static final int A = 1;
    private static final int SOA = 6;
    private static final int AAAA = 28;
    private static final int SRV = 33;

    /** Other servers, as the test has them. */
    private static final class Others implements DnsSockets {
        final List<String> asked = new ArrayList<>();
        final List<byte[]> queries = new ArrayList<>();
        final List<Promise<byte[]>> open = new ArrayList<>();
        final List<Predicate<byte[]>> meant = new ArrayList<>();
        boolean full;

        @Override
        public Future<Hearing> hear(String address, int port, Answerer answerer) {
            throw new IllegalStateException("nobody hears here");
        }

        @Override
        public Future<byte[]> ask(
                String server, int port, byte[] query, boolean whole, Predicate<byte[]> isMeant, Duration timeout) {
            if (full) {
                throw new IllegalStateException("too many open files");
            }
            asked.add(server + (whole ? " tcp" : ""));
            queries.add(query);
            meant.add(isMeant);
            Promise<byte[]> answer = Promise.promise();
            open.add(answer);
            return answer.future();
        }
    }

    private final Others others = new Others();
    private int words;
    private final NameServer server = new NameServer(
            TestBook.of("n1", 40), others, length -> "word" + words++, address -> address.equals("172.17.0.1"));

    static byte[] query(String name, int type, int udp) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (udp > 0 ? 1 : 0)});
        for (String label : name.split("\\.")) {
            byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
        out.writeBytes(new byte[] {0, (byte) (type >> 8), (byte) type, 0, 1});
        if (udp > 0) {
            out.writeBytes(new byte[] {0, 0, 41, (byte) (udp >> 8), (byte) udp, 0, 0, 0, 0, 0, 0});
        }
        return out.toByteArray();
    }

    private byte @Nullable [] bytes(byte[] query, boolean whole) {
        return server.answer(query, ASKER, whole).result().orElse(null);
    }

    private DatagramDnsResponse ask(String name, int type) {
        return read(Objects.requireNonNull(bytes(query(name, type, 0), false)));
    }

    private static DatagramDnsResponse read(byte[] bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new DatagramDnsResponseDecoder());
        InetSocketAddress any = InetSocketAddress.createUnresolved("any", 53);
        channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(bytes), any, any));
        return Objects.requireNonNull(channel.readInbound());
    }

    private static List<String> addresses(DatagramDnsResponse answer) {
        return IntStream.range(0, answer.count(DnsSection.ANSWER))
                .mapToObj(i -> {
                    ByteBuf content = ((DnsRawRecord) answer.<DnsRecord>recordAt(DnsSection.ANSWER, i))
                            .content()
                            .slice();
                    return content.getUnsignedByte(0) + "." + content.getUnsignedByte(1) + "."
                            + content.getUnsignedByte(2) + "." + content.getUnsignedByte(3);
                })
                .toList();
    }

    @Test
    @DisplayName("addresses hold for a second, and the answer is to the question as it was spelled")
    void addresses() {
        DatagramDnsResponse answer = ask("Web.KNIT", A);
        assertThat(answer.id()).isEqualTo(0x1234);
        assertThat(answer.code().intValue()).isZero();
        assertThat(answer.isAuthoritativeAnswer()).isTrue();
        assertThat(answer.isRecursionAvailable()).isTrue();
        assertThat(answer.isTruncated()).isFalse();
        assertThat(answer.<DnsRecord>recordAt(DnsSection.QUESTION).name()).isEqualTo("Web.KNIT.");
        assertThat(addresses(answer)).containsExactlyInAnyOrder("10.54.0.1", "10.54.0.2");
        DnsRecord first = answer.recordAt(DnsSection.ANSWER, 0);
        assertThat(first.timeToLive()).isEqualTo(1);
        assertThat(first.name()).isEqualTo("Web.KNIT.");
        assertThat(ask("web6.knit", AAAA).count(DnsSection.ANSWER)).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "a word that is a deployment's name is answered to a container, as programs ask that know no search list; other words, and others' words, are the host's")
    void words() {
        server.use(new HostResolvers(List.of("192.0.2.1"), List.of()));
        DatagramDnsResponse answer = read(
                server.answer(query("Many", A, 0), TestBook.WEB, false).result().orElseThrow());
        assertThat(answer.<DnsRecord>recordAt(DnsSection.QUESTION).name()).isEqualTo("Many.");
        assertThat(addresses(answer)).hasSizeGreaterThan(10).allMatch(it -> it.startsWith("10.54.1."));
        assertThat(others.asked).isEmpty();

        server.answer(query("printer", A, 0), TestBook.WEB, false);
        server.answer(query("many", A, 0), ASKER, false);
        server.answer(query("many.example", A, 0), TestBook.WEB, false);
        assertThat(others.asked).hasSize(3);
    }

    @Test
    @DisplayName("no such name, or a name with nothing of the kind: both for a second alone")
    void nothing() {
        for (String name : List.of("nothing.knit", "web.nothing.knit")) {
            assertThat(ask(name, A).code().intValue()).as(name).isEqualTo(3);
        }
        for (String name : List.of("idle.knit", "knit", "web6.knit", "_tcp.web.knit")) {
            DatagramDnsResponse answer = ask(name, A);
            assertThat(answer.code().intValue()).as(name).isZero();
            assertThat(answer.count(DnsSection.ANSWER)).as(name).isZero();
            DnsRawRecord start = answer.recordAt(DnsSection.AUTHORITY, 0);
            assertThat(start.type().intValue()).isEqualTo(SOA);
            assertThat(start.name()).isEqualTo("knit.");
            ByteBuf content = start.content().slice();
            assertThat(content.getInt(content.writerIndex() - 4)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("services name their port and who has it, and his address comes along")
    void services() {
        DatagramDnsResponse answer = ask("_80._tcp.web.knit", SRV);
        assertThat(answer.count(DnsSection.ANSWER)).isEqualTo(2);
        assertThat(answer.count(DnsSection.ADDITIONAL)).isEqualTo(2);
        DnsRawRecord first = answer.recordAt(DnsSection.ANSWER, 0);
        assertThat(first.content().slice().getUnsignedShort(4)).isBetween(8000, 8100);
        String target = answer.<DnsRecord>recordAt(DnsSection.ADDITIONAL, 0).name();
        assertThat(target).endsWith(".web.knit.");
        assertThat(ask(target.substring(0, target.length() - 1), A).count(DnsSection.ANSWER))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("what is too long for UDP is cut and says so; by TCP it is whole")
    void cut() {
        byte[] small = Objects.requireNonNull(bytes(query("_any._tcp.many.knit", SRV, 0), false));
        assertThat(small).hasSizeLessThanOrEqualTo(512);
        assertThat(read(small).isTruncated()).isTrue();
        assertThat(read(small).count(DnsSection.ANSWER)).isPositive();
        byte[] larger = Objects.requireNonNull(bytes(query("_any._tcp.many.knit", SRV, 4096), false));
        assertThat(larger).hasSizeBetween(513, 1232);
        byte[] whole = Objects.requireNonNull(bytes(query("_any._tcp.many.knit", SRV, 4096), true));
        assertThat(read(whole).isTruncated()).isFalse();
        assertThat(read(whole).count(DnsSection.ANSWER)).isEqualTo(32);
    }

    @Test
    @DisplayName("answers, two questions, pointers, other operations and classes are not answered, or refused")
    void notAsked() {
        byte[] plain = query("web.knit", A, 0);
        byte[] answer = plain.clone();
        answer[2] |= (byte) 0x80;
        assertThat(bytes(answer, false)).isNull();
        assertThat(bytes(new byte[11], false)).isNull();
        assertThat(bytes(new byte[5000], false)).isNull();
        byte[] two = plain.clone();
        two[5] = 2;
        assertThat(read(Objects.requireNonNull(bytes(two, false))).code().intValue())
                .isEqualTo(1);
        byte[] operation = plain.clone();
        operation[2] = 0x28;
        assertThat(read(Objects.requireNonNull(bytes(operation, false))).code().intValue())
                .isEqualTo(4);
        byte[] other = plain.clone();
        other[other.length - 1] = 3;
        assertThat(read(Objects.requireNonNull(bytes(other, false))).code().intValue())
                .isEqualTo(5);
        byte[] loop = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, (byte) 0xc0, 12, 0, 1, 0, 1};
        assertThat(read(Objects.requireNonNull(bytes(loop, false))).code().intValue())
                .isEqualTo(1);
        byte[] head = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 'w', 'e', 'b', (byte) 0xc0, 2, 0, 1, 0, 1};
        assertThat(read(Objects.requireNonNull(bytes(head, false))).code().intValue())
                .isEqualTo(1);
        assertThat(others.asked).isEmpty();
    }

    @Test
    @DisplayName("bytes of any kind are answered or not, and nothing else comes of them")
    void fuzz() {
        List<byte[]> seeds = List.of(
                query("web.knit", A, 0),
                query("_80._tcp.web.knit", SRV, 1232),
                query("db.shop.knit", 255, 512),
                query("example.com", AAAA, 4096));
        server.use(HostResolvers.of("nameserver 10.0.0.1"));
        int answered = 0;
        for (int seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                switch (random.nextInt(4)) {
                    case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                    case 1 -> bytes[random.nextInt(bytes.length)] = (byte) (0xc0 | random.nextInt(64));
                    case 2 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 20));
                    default -> bytes[random.nextInt(Math.min(12, bytes.length))] = (byte) random.nextInt(3);
                }
            }
            Future<Optional<byte[]>> answer = server.answer(bytes, ASKER, random.nextBoolean());
            others.open.forEach(open -> open.tryFail("away"));
            others.open.clear();
            assertThat(answer.succeeded()).as("seed %s", seed).isTrue();
            if (answer.result().isPresent()) {
                answered++;
                byte[] said = answer.result().get();
                assertThat(said.length).as("seed %s", seed).isGreaterThanOrEqualTo(12);
                assertThat(said[0]).isEqualTo(bytes[0]);
                assertThat(said[2] & 0x80).isEqualTo(0x80);
            }
        }
        assertThat(answered).isBetween(10_000, 49_000);
    }

    private static byte[] answer(byte[] query, int id, int code) {
        byte[] answer = query.clone();
        answer[0] = (byte) (id >> 8);
        answer[1] = (byte) id;
        answer[2] |= (byte) 0x80;
        answer[3] = (byte) code;
        return answer;
    }

    private int sentId(int which) {
        byte[] sent = others.queries.get(which);
        return (sent[0] & 0xff) << 8 | sent[1] & 0xff;
    }

    @Test
    @DisplayName(
            "other names are the host's to ask for, under another number, and never of itself; only the answer to that question counts")
    void others() {
        server.use(HostResolvers.of(
                "search example.org\nnameserver 172.17.0.1\nnameserver 10.0.0.1\n nameserver 10.0.0.2 # two\n"));
        byte[] query = query("example.com", A, 0);
        Future<Optional<byte[]>> answer = server.answer(query, ASKER, false);
        assertThat(others.asked).containsExactly("10.0.0.1");
        assertThat(sentId(0)).isNotEqualTo(0x1234);
        Predicate<byte[]> meant = others.meant.get(0);
        assertThat(meant.test(answer(query, sentId(0) + 1, 0))).isFalse();
        assertThat(meant.test(answer(query("example.net", A, 0), sentId(0), 0))).isFalse();
        assertThat(meant.test(answer(query("example.com", AAAA, 0), sentId(0), 0)))
                .isFalse();
        assertThat(meant.test(others.queries.get(0))).isFalse();
        assertThat(meant.test(answer(query("EXAMPLE.com", A, 0), sentId(0), 0))).isTrue();
        others.open.get(0).fail("late");
        assertThat(others.asked).containsExactly("10.0.0.1", "10.0.0.2");
        others.open.get(1).complete(answer(query, sentId(1), 3));
        assertThat(answer.result().orElseThrow()).isEqualTo(answer(query, 0x1234, 3));

        Future<Optional<byte[]>> failed = server.answer(query, ASKER, true);
        assertThat(others.asked.get(2)).isEqualTo("10.0.0.1 tcp");
        others.open.get(2).fail("away");
        others.open.get(3).fail("away");
        assertThat(read(failed.result().orElseThrow()).code().intValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5})
    @DisplayName(
            "who can't answer, or will not, is passed over as by the host's own programs; if nobody can, it is told what the first one said")
    void passedOver(int code) {
        server.use(HostResolvers.of("nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3"));
        byte[] query = query("example.com", A, 0);
        Future<Optional<byte[]>> answer = server.answer(query, ASKER, true);
        others.open.get(0).complete(answer(query, sentId(0), code));
        assertThat(others.asked).containsExactly("10.0.0.1 tcp", "10.0.0.2 tcp");
        others.open.get(1).complete(answer(query, sentId(1), 0));
        assertThat(answer.result().orElseThrow()).isEqualTo(answer(query, 0x1234, 0));
        assertThat(others.asked).hasSize(2);

        Future<Optional<byte[]>> none = server.answer(query, ASKER, false);
        others.open.get(2).fail("late");
        others.open.get(3).complete(answer(query, sentId(3), code));
        others.open.get(4).complete(answer(query, sentId(4), code == 2 ? 5 : 2));
        assertThat(none.result().orElseThrow()).isEqualTo(answer(query, 0x1234, code));
        assertThat(others.asked).hasSize(5);
    }

    @Test
    @DisplayName("that there is no such name, or that a question can't be read, is an answer: nobody else is asked")
    void said() {
        server.use(HostResolvers.of("nameserver 10.0.0.1\nnameserver 10.0.0.2"));
        byte[] query = query("example.com", A, 0);
        for (int code : new int[] {0, 1, 3}) {
            Future<Optional<byte[]>> answer = server.answer(query, ASKER, false);
            int last = others.open.size() - 1;
            others.open.get(last).complete(answer(query, sentId(last), code));
            assertThat(answer.result().orElseThrow()).isEqualTo(answer(query, 0x1234, code));
        }
        assertThat(others.asked).containsOnly("10.0.0.1");
    }

    @Test
    @DisplayName("of a refusal the question may be missing; it is handed on with it. An answer without one is none")
    void headAlone() {
        server.use(HostResolvers.of("nameserver 10.0.0.1"));
        byte[] query = query("example.com", A, 0);
        for (int code : new int[] {1, 2, 4, 5}) {
            Future<Optional<byte[]>> answer = server.answer(query, ASKER, false);
            int last = others.open.size() - 1;
            byte[] head = head(answer(query, sentId(last), code));
            Predicate<byte[]> meant = others.meant.get(last);
            assertThat(meant.test(head)).as("code %s", code).isTrue();
            assertThat(meant.test(head(answer(query, sentId(last) + 1, code)))).isFalse();
            assertThat(meant.test(head(query))).isFalse();
            assertThat(meant.test(Arrays.copyOf(head, 11))).isFalse();
            assertThat(meant.test(head(answer(query, sentId(last), 0)))).isFalse();
            assertThat(meant.test(head(answer(query, sentId(last), 3)))).isFalse();
            others.open.get(last).complete(head);
            DatagramDnsResponse said = read(answer.result().orElseThrow());
            assertThat(said.id()).isEqualTo(0x1234);
            assertThat(said.code().intValue()).isEqualTo(code);
            assertThat(said.<DnsRecord>recordAt(DnsSection.QUESTION).name()).isEqualTo("example.com.");
        }
    }

    private static byte[] head(byte[] message) {
        byte[] head = Arrays.copyOf(message, 12);
        head[5] = 0;
        return head;
    }

    @Test
    @DisplayName("so many questions are under way and no more, of one asker and of all; what is answered makes room")
    void bounded() {
        server.use(HostResolvers.of("nameserver 10.0.0.1"));
        byte[] query = query("example.com", A, 0);
        for (int i = 0; i < Forwarding.MOST_OF_ONE; i++) {
            assertThat(server.answer(query, ASKER, false).isComplete()).isFalse();
        }
        assertThat(server.answer(query, ASKER, false).isComplete()).isTrue();
        for (int i = Forwarding.MOST_OF_ONE; i < Forwarding.MOST; i++) {
            assertThat(server.answer(query, "172.17.1." + i / 2, false).isComplete())
                    .isFalse();
        }
        assertThat(server.answer(query, "172.17.2.1", false).isComplete()).isTrue();
        others.open.get(0).fail("late");
        assertThat(server.answer(query, "172.17.2.1", false).isComplete()).isFalse();
        assertThat(server.answer(query("web.knit", A, 0), "172.17.2.1", false).succeeded())
                .isTrue();
    }

    @Test
    @DisplayName("a question for which no socket can be opened ends, and takes no other's room")
    void noSocket() {
        server.use(HostResolvers.of("nameserver 10.0.0.1\nnameserver 10.0.0.2"));
        byte[] query = query("example.com", A, 0);
        others.full = true;
        for (int i = 0; i < Forwarding.MOST + 100; i++) {
            Future<Optional<byte[]>> failed = server.answer(query, "172.17.0." + i % 10, false);
            assertThat(read(failed.result().orElseThrow()).code().intValue()).isEqualTo(2);
        }
        others.full = false;
        Future<Optional<byte[]>> answer = server.answer(query, ASKER, false);
        others.open.get(0).complete(answer(query, sentId(0), 0));
        assertThat(answer.result().orElseThrow()).isEqualTo(answer(query, 0x1234, 0));
    }

    @Test
    void resolvConf() {
        assertThat(HostResolvers.of("# a\nsearch a.org b.org .\nnameserver fe80::1\nnameserver x\noptions ndots:2\n"))
                .isEqualTo(new HostResolvers(List.of("fe80::1"), List.of("a.org", "b.org")));
        assertThat(HostResolvers.of("")).isEqualTo(HostResolvers.NONE);
    }
}
