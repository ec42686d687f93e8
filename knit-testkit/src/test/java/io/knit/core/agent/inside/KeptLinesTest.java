package io.knit.core.agent.inside;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.core.wire.asked.LogText;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptLinesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final List<String> read = new ArrayList<>();

    /** Lines 0 to 4, a second apart, the third of them empty. */
    private static byte[] file() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        IntStream.range(0, 5)
                .mapToObj(i -> new LogLine(START.plusSeconds(i), i % 2 == 0, true, i == 2 ? "" : "line " + i))
                .forEach(line -> file.writeBytes(LogText.bytes(line)));
        return file.toByteArray();
    }

    private Ongoing<Void> reads(byte[] file, LogQuery query, LogReader reader) {
        Ongoing<Void> reading = new KeptLines(loop, file).logs("web-0-x", query, reader);
        queue.runFor(Duration.ofSeconds(1));
        return reading;
    }

    @ParameterizedTest(name = "tail {0}, since {1}")
    @CsvSource(
            nullValues = "-",
            value = {
                "- | - | line 0,line 1,,line 3,line 4",
                "0 | - | ''",
                "1 | - | line 4",
                "3 | - | ',line 3,line 4'",
                "9 | - | line 0,line 1,,line 3,line 4",
                "- | 3 | line 3,line 4",
                "4 | 4 | line 4",
                "4 | 9 | ''"
            },
            delimiter = '|')
    void whichAreAskedFor(@Nullable Integer tail, @Nullable Integer since, String wanted) {
        LogQuery query = new LogQuery(false, tail, since == null ? null : START.plusSeconds(since));
        Ongoing<Void> reading = reads(file(), query, line -> {
            read.add(line.text());
            return Future.succeededFuture();
        });
        assertThat(String.join(",", read)).isEqualTo(wanted);
        assertThat(reading.ended().succeeded()).isTrue();
    }

    @Test
    @DisplayName("who has no room is waited for, and gets no more once he leaves")
    void oneAfterTheOther() {
        List<Promise<Void>> rooms = new ArrayList<>();
        Ongoing<Void> reading = reads(file(), new LogQuery(false, null, null), line -> {
            read.add(line.text());
            rooms.add(Promise.promise());
            return rooms.get(rooms.size() - 1).future();
        });
        assertThat(read).containsExactly("line 0");
        rooms.get(0).complete();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(read).containsExactly("line 0", "line 1");
        reading.cancel();
        rooms.get(1).complete();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(read).hasSize(2);
        assertThat(reading.ended().failed()).isTrue();
    }

    @Test
    @DisplayName("a file that has no lines is a failure in words, behind those that it has")
    void damaged() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(LogText.bytes(new LogLine(START, false, true, "line 0")));
        file.writeBytes("rubbish\n".getBytes(StandardCharsets.UTF_8));
        Ongoing<Void> reading = reads(file.toByteArray(), new LogQuery(false, null, null), line -> {
            read.add(line.text());
            return Future.succeededFuture();
        });
        assertThat(read).containsExactly("line 0");
        assertThat(reading.ended().cause()).isInstanceOf(KnitException.class);
    }
}
