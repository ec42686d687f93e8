package io.knit.core.server.volume.moving;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.SlotMove;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.LineListener;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.asked.TarSum;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoveCopyTest {
    private static final TarSum GIVEN = new TarSum(3, 2048, "aa", null);

    private final EventQueue queue = new EventQueue(1);
    private final List<String> asked = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final List<PipeReader> readers = new ArrayList<>();

    private final Inside inside = new Inside() {
        @Override
        public Optional<String> deploymentOf(String instance) {
            return Optional.empty();
        }

        @Override
        public Reading logs(String instance, String deployment, LogRange range, LineListener reader) {
            return () -> {};
        }

        @Override
        public Pipe open(String node, StreamRequest request, PipeReader reader) {
            asked.add(node + " " + WireCodec.encodeText(request));
            readers.add(reader);
            return new Pipe() {
                @Override
                public Future<Void> write(int channel, byte[] bytes) {
                    done.add(node + " takes " + bytes.length);
                    return Future.succeededFuture();
                }

                @Override
                public void end() {
                    done.add(node + " has all");
                }

                @Override
                public void cancel() {
                    done.add(node + " cancelled");
                }
            };
        }
    };

    private MoveCopy copyOf(String... volumes) {
        SlotMove move = new SlotMove("db", "0", "n1", "n2", List.of(volumes), true, Instant.EPOCH, 0);
        return new MoveCopy(new SimulatedLoop(queue), inside, move);
    }

    private Future<Void> begin(String... volumes) {
        return begin(copyOf(volumes));
    }

    private Future<Void> begin(MoveCopy copy) {
        Future<Void> copied = copy.begin();
        settle();
        return copied;
    }

    /** Where the reader of that number is told that its node is busy, or fails otherwise. */
    private void fail(int reader, ErrorCode code) {
        readers.get(reader).failed(new KnitException(code, "no"));
        settle();
    }

    private void settle() {
        queue.runFor(Duration.ofMillis(10));
    }

    private void copy(int target, TarSum given, TarSum taken) {
        readers.get(target).bytes(0, new byte[0]);
        settle();
        PipeReader source = readers.get(target + 1);
        source.bytes(0, new byte[700]);
        source.ended(WireCodec.encode(given));
        settle();
        readers.get(target).ended(WireCodec.encode(taken));
        settle();
    }

    @Test
    @DisplayName(
            "the source is read once the target takes it; one volume follows the other, and all came when the last did")
    void copied() {
        Future<Void> copied = begin("data", "logs");
        assertThat(asked).singleElement().asString().startsWith("n2 ").contains("volume_in", "\"move\":true", "data");
        copy(0, GIVEN, GIVEN.readBack(3));
        assertThat(asked).hasSize(3);
        assertThat(asked.get(1)).startsWith("n1 ").contains("volume_out", "\"move\":true", "data");
        assertThat(asked.get(2)).startsWith("n2 ").contains("logs");
        assertThat(copied.isComplete()).isFalse();
        copy(2, GIVEN, GIVEN.readBack(3));
        assertThat(copied.succeeded()).isTrue();
        assertThat(done).containsExactly("n2 takes 700", "n2 has all", "n2 takes 700", "n2 has all");
    }

    @ParameterizedTest
    @CsvSource({"3,2048,bb,3", "3,1024,aa,3", "3,2048,aa,2", "3,2048,aa,"})
    @DisplayName("a copy that is not as what it was made of is none")
    void differs(long entries, long bytes, String sum, @Nullable Long back) {
        Future<Void> copied = begin("data");
        copy(0, GIVEN, new TarSum(entries, bytes, sum, back));
        assertThat(copied.failed()).isTrue();
        assertThat(copied.cause()).hasMessageContaining("is not as what it was made of: n1 gave 3 entries");
        assertThat(done).contains("n1 cancelled", "n2 cancelled");
    }

    @Test
    @DisplayName("where one end fails the other is cancelled; an agent that does not say what passed is one of before")
    void fails() {
        Future<Void> copied = begin("data");
        readers.get(0).bytes(0, new byte[0]);
        settle();
        readers.get(1).failed(new KnitException(ErrorCode.CLOSED, "gone"));
        settle();
        assertThat(copied.cause()).hasMessage("gone");
        assertThat(done).containsExactly("n1 cancelled", "n2 cancelled");

        Future<Void> old = begin("data");
        readers.get(2).bytes(0, new byte[0]);
        settle();
        readers.get(3).ended(new byte[0]);
        settle();
        assertThat(old.cause())
                .isInstanceOfSatisfying(
                        KnitException.class, it -> assertThat(it.code()).isEqualTo(ErrorCode.VERSION_NOT_SPOKEN));
    }

    @Test
    @DisplayName("it was put off only where the target was busy before it took a byte of the first volume")
    void putOff() {
        MoveCopy early = copyOf("data", "logs");
        begin(early);
        fail(0, ErrorCode.BUSY);
        assertThat(early.isPutOff()).isTrue();

        readers.clear();
        MoveCopy refused = copyOf("data", "logs");
        begin(refused);
        fail(0, ErrorCode.RUNTIME_REFUSED);
        assertThat(refused.isPutOff()).isFalse();

        readers.clear();
        MoveCopy begun = copyOf("data", "logs");
        begin(begun);
        readers.get(0).bytes(0, new byte[0]);
        fail(0, ErrorCode.BUSY);
        assertThat(begun.isPutOff()).isFalse();

        readers.clear();
        MoveCopy source = copyOf("data", "logs");
        begin(source);
        readers.get(0).bytes(0, new byte[0]);
        settle();
        fail(1, ErrorCode.BUSY);
        fail(0, ErrorCode.BUSY);
        assertThat(source.isPutOff()).isFalse();

        readers.clear();
        MoveCopy second = copyOf("data", "logs");
        begin(second);
        copy(0, GIVEN, GIVEN.readBack(3));
        fail(2, ErrorCode.BUSY);
        assertThat(second.isPutOff()).isFalse();
    }
}
