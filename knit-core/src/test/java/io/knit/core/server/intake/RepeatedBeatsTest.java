package io.knit.core.server.intake;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Node;
import io.knit.api.model.Peer;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.WireCodec;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RepeatedBeatsTest {
    private final RepeatedBeats beats = new RepeatedBeats();

    private static Heartbeat beat(String node, String condition) {
        return new Heartbeat(
                1,
                "c",
                node,
                "i",
                1,
                "host",
                Map.of(),
                2,
                1L << 30,
                "docker 27",
                "0.1.0",
                null,
                null,
                1,
                "d",
                condition);
    }

    private void heard(Heartbeat beat) {
        beats.heard(WireCodec.encode(beat), beat);
    }

    @Test
    void theSameWordsAreNotReadAgain() {
        Heartbeat first = beat("n1", "");
        heard(first);
        assertThat(beats.same("n1", WireCodec.encode(beat("n1", "")))).isSameAs(first);
        assertThat(beats.same("n2", WireCodec.encode(beat("n1", "")))).isNull();
        assertThat(beats.same("n1", WireCodec.encode(beat("n1", "its disk is full"))))
                .isNull();
    }

    @Test
    void onlyTheNewestAreKnown() {
        heard(beat("n1", ""));
        heard(beat("n1", "its disk is full"));
        assertThat(beats.same("n1", WireCodec.encode(beat("n1", "")))).isNull();
        beats.forget("n1");
        assertThat(beats.same("n1", WireCodec.encode(beat("n1", "its disk is full"))))
                .isNull();
    }

    @Test
    void whatIsLongIsNotKept() {
        heard(beat("n1", ""));
        Heartbeat longer = beat("n1", "x".repeat(RepeatedBeats.LONGEST));
        heard(longer);
        assertThat(beats.same("n1", WireCodec.encode(longer))).isNull();
        assertThat(beats.same("n1", WireCodec.encode(beat("n1", "")))).isNull();
    }

    @Test
    void theSameAnswerIsWrittenOnce() {
        byte[] first = beats.encode(HeartbeatReply.welcome("c", false, 7));
        assertThat(beats.encode(HeartbeatReply.welcome("c", false, 7))).isSameAs(first);
        assertThat(beats.encode(HeartbeatReply.welcome("c", true, 7)))
                .isEqualTo(WireCodec.encode(HeartbeatReply.welcome("c", true, 7)));
        assertThat(beats.encode(HeartbeatReply.welcome("c", false, 7))).isEqualTo(first);
    }

    @Test
    void whatChangedNothingDoesSoOnlyWhileTheNodeIsTheVerySame() {
        Heartbeat first = beat("n1", "");
        Node node = node("n1", Map.of());
        Optional<Peer> nobody = Optional.empty();
        heard(first);
        assertThat(beats.changesNothing(first, node, nobody))
                .as("not looked at")
                .isFalse();
        beats.changedNothing(first, node, nobody);
        assertThat(beats.changesNothing(first, node, nobody)).isTrue();
        assertThat(beats.changesNothing(first, node("n1", Map.of()), nobody))
                .as("somebody else changed it")
                .isFalse();
        assertThat(beats.changesNothing(first, node, Optional.of(new Peer("k", "host", "10.0.0.1", null, null))))
                .as("its address is known now")
                .isFalse();
        Heartbeat other = beat("n1", "its disk is full");
        heard(other);
        assertThat(beats.changesNothing(other, node, nobody)).isFalse();
    }
}
