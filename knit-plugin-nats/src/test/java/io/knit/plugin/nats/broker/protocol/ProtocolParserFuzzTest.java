package io.knit.plugin.nats.broker.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Any bytes in any pieces: no exception, the same operations whatever the pieces, and what is held is bounded and given back. */
class ProtocolParserFuzzTest {
    private static final int LIMIT = 256;
    private static final int MAX_PAYLOAD = 64 * 1024;
    /** A payload with its line end, in a buffer that grew by doubling. */
    private static final int MOST_HELD = 4 * MAX_PAYLOAD;

    /** The first bytes choose the pieces, the others are parsed. */
    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] input) {
        int begin = Math.min(4, input.length);
        byte[] stream = Arrays.copyOfRange(input, begin, input.length);
        SplittableRandom pieces = new SplittableRandom(Arrays.hashCode(Arrays.copyOf(input, begin)));
        List<String> whole = parse(stream, pieces, stream.length);
        expectSame(whole, parse(stream, pieces, 1));
        expectSame(whole, parse(stream, pieces, 1 + pieces.nextInt(60)));
        expectSame(whole, parse(stream, pieces, 1 + pieces.nextInt(5000)));
    }

    private static void expectSame(List<String> whole, List<String> inPieces) {
        if (!whole.equals(inPieces)) {
            throw new AssertionError("whole: " + whole + "\nin pieces: " + inPieces);
        }
    }

    private static List<String> parse(byte[] stream, SplittableRandom random, int piece) {
        RecordedOperations seen = new RecordedOperations(MAX_PAYLOAD);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        ProtocolParser parser = new ProtocolParser(seen, LIMIT, allocator);
        seen.whenEnded(parser::stop);
        byte[] buffer = new byte[piece + 10];
        int start = 0;
        while (start < stream.length && !seen.ended) {
            int end = Math.min(stream.length, start + (piece == stream.length ? piece : 1 + random.nextInt(piece)));
            Arrays.fill(buffer, (byte) '#'); // overwritten each time, as the event loop's is
            System.arraycopy(stream, start, buffer, 5, end - start);
            parser.parse(buffer, 5, 5 + end - start);
            expectHeldAtMost(MOST_HELD, allocator);
            start = end;
        }
        parser.stop();
        expectHeldAtMost(0, allocator);
        return seen.seen;
    }

    private static void expectHeldAtMost(long most, UnpooledByteBufAllocator allocator) {
        long held = allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
        if (held > most) {
            throw new AssertionError(held + " bytes are held");
        }
    }
}
