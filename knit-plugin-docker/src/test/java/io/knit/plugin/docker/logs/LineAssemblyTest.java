package io.knit.plugin.docker.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import io.knit.api.spi.runtime.LogLine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines out of pieces that are cut anywhere. */
class LineAssemblyTest {
    private static final String TIME = "2026-11-28T01:38:04.640690369Z";
    private static final Instant AT = Instant.parse(TIME);

    private static LogLine line(boolean error, boolean whole, String text) {
        return new LogLine(AT, error, whole, text);
    }

    private static void add(LineAssembly lines, StreamType stream, byte[] piece, List<LogLine> to) {
        for (Frame each : LineAssembly.pieces(new Frame(stream, piece))) {
            LogLine line = lines.with(each);
            if (line != null) {
                to.add(line);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("wherever a line is cut it comes out whole, and once")
    void cutAnywhere() {
        byte[] frame = bytes(TIME + " grün it is\n");
        for (int cut = 1; cut < frame.length; cut++) {
            LineAssembly lines = new LineAssembly();
            List<LogLine> got = new ArrayList<>();
            add(lines, StreamType.STDOUT, Arrays.copyOfRange(frame, 0, cut), got);
            // what the other stream says between goes its own way
            add(lines, StreamType.STDERR, bytes(TIME + " beside\n"), got);
            add(lines, StreamType.STDOUT, Arrays.copyOfRange(frame, cut, frame.length), got);
            assertThat(got).containsExactly(line(true, true, "beside"), line(false, true, "grün it is"));
            assertThat(lines.rest()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1024, 1_000_000})
    @DisplayName("a line longer than the engine takes at once comes in the engine's parts")
    void longLine(int most) {
        String part = "x".repeat(LineAssembly.PART);
        byte[][] frames = {
            bytes(TIME + " " + part), bytes(TIME + " " + part), bytes(TIME + " end\n"), bytes(TIME + " \n")
        };
        LineAssembly lines = new LineAssembly();
        List<LogLine> got = new ArrayList<>();
        Random random = new Random(most);
        for (byte[] frame : frames) {
            int from = 0;
            while (from < frame.length) {
                int to = Math.min(frame.length, from + 1 + random.nextInt(most));
                add(lines, StreamType.STDOUT, Arrays.copyOfRange(frame, from, to), got);
                from = to;
            }
        }
        assertThat(got)
                .containsExactly(
                        line(false, false, part),
                        line(false, false, part),
                        line(false, true, "end"),
                        line(false, true, ""));
    }

    @Test
    @DisplayName("what has not ended when the output does is there as it is; what has no time is none")
    void rest() {
        LineAssembly lines = new LineAssembly();
        List<LogLine> got = new ArrayList<>();
        add(lines, StreamType.STDOUT, bytes(TIME + " half"), got);
        add(lines, StreamType.STDERR, bytes("no time\n"), got);
        assertThat(got).isEmpty();
        assertThat(lines.rest()).isEqualTo(line(false, false, "half"));
        assertThat(lines.rest()).isNull();
    }

    @Test
    @DisplayName("a terminal's lines come many at once, and end with both signs")
    void terminal() {
        byte[] all = bytes(TIME + " one\r\n" + TIME + " two\r\n" + TIME + " \r\n" + TIME + " in\rside\r\n");
        for (int cut = 1; cut < all.length; cut++) {
            LineAssembly lines = new LineAssembly();
            List<LogLine> got = new ArrayList<>();
            add(lines, StreamType.RAW, Arrays.copyOfRange(all, 0, cut), got);
            add(lines, StreamType.RAW, Arrays.copyOfRange(all, cut, all.length), got);
            assertThat(got)
                    .containsExactly(
                            line(false, true, "one"),
                            line(false, true, "two"),
                            line(false, true, ""),
                            line(false, true, "in\rside"));
        }
    }
}
