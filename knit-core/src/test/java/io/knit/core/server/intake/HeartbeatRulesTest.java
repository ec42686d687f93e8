package io.knit.core.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.wire.Features;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatHead;
import io.knit.core.wire.WireCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeartbeatRulesTest {
    private static final String WHOLE = """
            {"v":1,"node":"n1","identity":"i1","session":1,"hostname":"host","labels":{"zone":"a"},"cpus":2,"memory_bytes":1024,
             "engine_version":"20.10","agent_version":"0.1.0","mesh_ip":"10.0.0.1","mesh_key":"key","assignments_revision":0,
             "assignments_digest":"","condition":"","features":["wait","flies"],"speaks":{"min":1,"max":1}}""";

    @Test
    void aWholeOneIsSound() {
        assertThat(HeartbeatRules.isSound(beat(WHOLE))).isTrue();
        assertThat(HeartbeatRules.isSound(head(WHOLE))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"v\":1', '\"v\":2'",
        "'\"n1\"', '\"No Label\"'",
        "'10.0.0.1', 'a host name'",
        "'\"zone\":\"a\"', '\"zone\":null'",
    })
    void whatCantBeTakenAtItsWordIsNot(String part, String instead) {
        assertThat(HeartbeatRules.isSound(beat(WHOLE.replace(part, instead)))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"identity, i1", "mesh_key, key"})
    void whatStandsForSomebodyIsShort(String field, String word) {
        String said = "\"" + field + "\":\"";
        assertThat(HeartbeatRules.isSound(beat(WHOLE.replace(said + word, said + "x".repeat(1_000)))))
                .isTrue();
        assertThat(HeartbeatRules.isSound(beat(WHOLE.replace(said + word, said + "x".repeat(1_001)))))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "2, 1"})
    void aHeadSpeaksARange(int min, int max) {
        String said = "\"min\":" + min + ",\"max\":" + max;
        assertThat(HeartbeatRules.isSound(head(WHOLE.replace("\"min\":1,\"max\":1", said))))
                .isFalse();
    }

    @Test
    void aWordForAnAbilityThatIsNotKnownHereMeansNothing() {
        assertThat(HeartbeatRules.features(beat(WHOLE))).containsExactly(Features.WAIT);
        assertThat(HeartbeatRules.features(beat(WHOLE.replace("[\"wait\",\"flies\"]", "null"))))
                .isEmpty();
    }

    private static Heartbeat beat(String json) {
        return WireCodec.decodeText(json, Heartbeat.class);
    }

    private static HeartbeatHead head(String json) {
        return WireCodec.decodeText(json, HeartbeatHead.class);
    }
}
