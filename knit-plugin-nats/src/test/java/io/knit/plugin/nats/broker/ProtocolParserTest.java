package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProtocolParserTest {
    private static final int LIMIT = 256;

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("whatever the pieces, the operations are the same, and no exception escapes")
    void piecesDoNotMatter(long seed) {
        Random random = new Random(seed);
        byte[] stream = stream(random).getBytes(StandardCharsets.ISO_8859_1);
        List<String> whole = parse(stream, random, stream.length);
        for (int piece : new int[] {1, 2, 7, 100, 5000}) {
            assertThat(parse(stream, random, piece))
                    .as("pieces up to %d", piece)
                    .isEqualTo(whole);
        }
    }

    private static List<String> parse(byte[] stream, Random random, int piece) {
        Recorder recorder = new Recorder();
        ProtocolParser parser = new ProtocolParser(recorder, LIMIT, PooledByteBufAllocator.DEFAULT);
        byte[] buffer = new byte[piece + 10];
        for (int start = 0; start < stream.length && !recorder.ended; ) {
            int end = Math.min(stream.length, start + (piece == stream.length ? piece : 1 + random.nextInt(piece)));
            // a buffer that is overwritten each time, as the event loop's is
            Arrays.fill(buffer, (byte) '#');
            System.arraycopy(stream, start, buffer, 5, end - start);
            parser.parse(buffer, 5, 5 + end - start);
            start = end;
        }
        parser.stop();
        return recorder.seen;
    }

    private static String stream(Random random) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            all.append(operation(random));
        }
        return all.toString();
    }

    private static String operation(Random random) {
        String payload = "p".repeat(random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(60));
        return switch (random.nextInt(25)) {
            case 0, 1, 2, 3, 4, 5 -> "PUB a.b " + payload.length() + "\r\n" + payload + "\r\n";
            case 6, 7, 8 -> "pub\ta.b  reply " + payload.length() + " \r\n" + payload + "\r\n";
            case 9, 10, 11 -> "HPUB a " + payload.length() / 2 + " " + payload.length() + "\r\n" + payload + "\r\n";
            case 12, 13, 14 -> "SUB a.* q " + random.nextInt(100) + "\r\n";
            case 15, 16 -> "UNSUB " + random.nextInt(100) + "\n";
            case 17, 18, 19 -> "PING\r\n";
            case 20 -> "PONG" + " ".repeat(random.nextInt(2000)) + "\r\n";
            case 21 -> "CONNECT {\"name\":\"x\"}\r\n";
            case 22 -> "+OK\r\nINFO {}\r\n";
            case 23 -> random.nextInt(4) > 0 ? "PING\r\n" : garbage(random);
            default -> random.nextInt(8) > 0 ? "PING\r\n" : "SUB " + "a".repeat(random.nextInt(600)) + " 1\r\n";
        };
    }

    private static String garbage(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static final class Recorder implements Operations {
        final List<String> seen = new ArrayList<>();
        boolean ended;

        @Override
        public void connect(byte[] bytes, int start, int end) {
            seen.add("connect " + new String(bytes, start, end - start, StandardCharsets.ISO_8859_1).strip());
        }

        @Override
        public boolean announced(Publication publication, boolean headers) {
            return true;
        }

        @Override
        public void publish(Publication publication) {
            byte[] payload = new byte[publication.length];
            if (publication.shared != null) {
                publication.shared.getBytes(0, payload);
            } else {
                System.arraycopy(publication.array, publication.arrayStart, payload, 0, payload.length);
            }
            seen.add("publish " + publication.subject() + ' ' + (publication.wantsAnswer() ? publication.reply() : "")
                    + ' ' + publication.headerLength + ' ' + new String(payload, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void subscribe(ControlLine words) {
            seen.add("subscribe " + words(words));
        }

        @Override
        public void unsubscribe(ControlLine words) {
            seen.add("unsubscribe " + words(words));
        }

        private static String words(ControlLine words) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < Math.min(4, words.count()); i++) {
                all.append(words.text(i)).append(' ');
            }
            return all.toString();
        }

        @Override
        public void ping() {
            seen.add("ping");
        }

        @Override
        public void pong() {
            seen.add("pong");
        }

        @Override
        public void violation(Violation violation) {
            seen.add(violation.name());
            ended = true;
        }
    }
}
