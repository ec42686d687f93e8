package io.knit.core.wire.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.LogText;
import io.knit.core.wire.asked.StreamRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFrameTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "stream-frames.txt");

    /** In the order of the golden file. */
    private static List<StreamFrame> all() {
        StreamRequest logs =
                StreamRequest.ofLogs("web-0-a", new LogRange(true, 100, "2026-11-27T12:00:00.123456789Z", true));
        return List.of(
                new StreamFrame(StreamFrame.Kind.OPEN, 0, 262_144, io.knit.core.wire.WireCodec.encode(logs)),
                new StreamFrame(StreamFrame.Kind.DATA, 1, 7, "text\n".getBytes(StandardCharsets.UTF_8)),
                StreamFrame.alive(8, 1L << 40),
                new StreamFrame(StreamFrame.Kind.END, 0, 8, new byte[0]),
                new StreamFrame(
                        StreamFrame.Kind.FAIL,
                        0,
                        0,
                        StreamFailure.of(new KnitException(ErrorCode.NOT_FOUND, "no such instance"))
                                .bytes()));
    }

    @Test
    @DisplayName("frames are read for ever as the first release wrote them")
    void golden() throws IOException {
        List<StreamFrame> read = Files.readAllLines(GOLDEN).stream()
                .map(line -> StreamFrame.of(HexFormat.of().parseHex(line)))
                .toList();
        assertThat(read).isEqualTo(all());
        assertThat(all().stream()
                        .map(frame -> HexFormat.of().formatHex(frame.bytes()))
                        .toList())
                .isEqualTo(Files.readAllLines(GOLDEN));
        assertThat(StreamFailure.read(read.get(4).body()))
                .hasMessage("no such instance")
                .extracting(KnitException::code)
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(read.get(2).allowed()).isEqualTo(1L << 40);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0102",
                // another form, kinds that are not there, a channel and a number below 0
                "020200000000000000000000",
                "010000000000000000000000",
                "010600000000000000000000",
                "0102ff000000000000000000",
                "010200008000000000000000"
            })
    void whatIsNoFrameIsNone(String hex) {
        assertThat(StreamFrame.of(HexFormat.of().parseHex(hex))).isNull();
    }

    @Test
    @DisplayName("a failure that can't be read is one all the same, and a code of a later release, too")
    void failuresOfOthers() {
        assertThat(StreamFailure.read(new byte[] {1, 2}).code()).isEqualTo(ErrorCode.TRANSPORT_UNAVAILABLE);
        byte[] later = "{\"v\":1,\"code\":\"of_later\",\"message\":\"why\\u001b[2J\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(StreamFailure.read(later))
                .hasMessage("why?[2J")
                .extracting(KnitException::code)
                .isEqualTo(ErrorCode.RUNTIME_REFUSED);
    }

    @Test
    @DisplayName("an allowance never falls, and nothing is sent beyond it")
    void sends() {
        SendAccount account = new SendAccount();
        assertThat(account.room()).isZero();
        account.allow(100);
        account.allow(40);
        assertThat(account.room()).isEqualTo(100);
        assertThat(account.spend(60)).isZero();
        assertThat(account.spend(40)).isEqualTo(1);
        assertThat(account.room()).isZero();
        account.allow(130);
        assertThat(account.room()).isEqualTo(30);
        assertThat(account.frames()).isEqualTo(2);
    }

    @Test
    @DisplayName("what comes twice is left out, what is missing and what is too much is found")
    void takes() {
        TakeAccount account = new TakeAccount(100);
        assertThat(account.take(0, 60)).isEqualTo(TakeAccount.Verdict.NEXT);
        assertThat(account.take(0, 60)).isEqualTo(TakeAccount.Verdict.AGAIN);
        assertThat(account.take(2, 1)).isEqualTo(TakeAccount.Verdict.GAP);
        assertThat(account.take(1, 41)).isEqualTo(TakeAccount.Verdict.TOO_MUCH);
        assertThat(account.take(1, 40)).isEqualTo(TakeAccount.Verdict.NEXT);
        assertThat(account.isWorthTelling()).isFalse();
        account.read(25);
        assertThat(account.isWorthTelling()).isTrue();
        assertThat(account.allows()).isEqualTo(125);
        assertThat(account.isWorthTelling()).isFalse();
        assertThat(account.take(2, 25)).isEqualTo(TakeAccount.Verdict.NEXT);
        assertThat(account.frames()).isEqualTo(3);
    }

    @Test
    @DisplayName("lines come out as they went in, wherever pieces end")
    void lines() {
        Instant at = Instant.parse("2026-11-27T12:00:00.123456789Z");
        List<LogLine> lines = List.of(
                new LogLine(at, false, true, "one"),
                new LogLine(at, true, true, ""),
                new LogLine(at, false, false, "grün "),
                new LogLine(at, false, true, " 2026 stdout F x"));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        lines.forEach(line -> all.writeBytes(LogText.bytes(line)));
        for (int size = 1; size < 40; size++) {
            LogText text = new LogText();
            List<LogLine> read = new ArrayList<>();
            int[] bytes = new int[1];
            for (int i = 0; i < all.size(); i += size) {
                byte[] piece = java.util.Arrays.copyOfRange(all.toByteArray(), i, Math.min(all.size(), i + size));
                text.read(piece, (line, of) -> {
                    read.add(line);
                    bytes[0] += of;
                });
            }
            assertThat(read).isEqualTo(lines);
            assertThat(bytes[0]).isEqualTo(all.size());
        }
    }

    @Test
    @DisplayName("what are no lines, and a line without end, are refused before they fill memory")
    void noLines() {
        assertThatThrownBy(() -> new LogText().read("hello\n".getBytes(StandardCharsets.UTF_8), (line, size) -> {}))
                .isInstanceOf(KnitException.class);
        LogText endless = new LogText();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        endless.read(new byte[StreamEnd.PIECE], (line, size) -> {});
                    }
                })
                .isInstanceOf(KnitException.class);
    }

    @Test
    @DisplayName("the longest line that a container can write passes")
    void longest() {
        LogLine line = new LogLine(Instant.EPOCH, false, false, "\uFFFD".repeat(16 * 1024));
        List<LogLine> read = new ArrayList<>();
        new LogText().read(LogText.bytes(line), (one, size) -> read.add(one));
        assertThat(read).containsExactly(line);
    }
}
