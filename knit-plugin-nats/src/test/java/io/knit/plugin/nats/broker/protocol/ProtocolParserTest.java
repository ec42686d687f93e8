package io.knit.plugin.nats.broker.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
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
        return LongStream.range(0, 60);
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
        RecordedOperations recorder = new RecordedOperations(Integer.MAX_VALUE);
        ProtocolParser parser = new ProtocolParser(recorder, LIMIT, PooledByteBufAllocator.DEFAULT);
        recorder.whenEnded(parser::stop);
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
        String payload = "p".repeat(random.nextInt(40) == 0 ? random.nextInt(10_000) : random.nextInt(60));
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
}
