package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Messages as Knit 0.1.0 wrote them are read for ever, and what came later is not written where there is nothing to say. */
class OlderMessagesTest {
    private static final String HEARTBEAT =
            "{\"agent_version\":\"0.1.0\",\"assignments_digest\":\"d\",\"assignments_revision\":7,"
                    + "\"cluster\":\"c\",\"condition\":\"\",\"cpus\":2,\"engine_version\":\"docker 20\",\"hostname\":\"h\","
                    + "\"identity\":\"i\",\"labels\":{\"a\":\"b\"},\"memory_bytes\":5,\"mesh_ip\":\"10.0.0.1\",\"mesh_key\":\"k\","
                    + "\"node\":\"n\",\"session\":3,\"v\":1}";
    private static final String REFUSAL =
            "{\"assignments_revision\":0,\"cluster\":\"c\",\"fetch\":false,\"message\":\"m\","
                    + "\"refusal\":\"node_id_taken\",\"v\":1}";

    private static <T> T read(String json, Class<T> type) {
        return WireCodec.decode(json.getBytes(StandardCharsets.UTF_8), type);
    }

    @Test
    @DisplayName("a heartbeat: of no engine's id, and with no last word")
    void heartbeat() {
        Heartbeat old = new Heartbeat(
                1, "c", "n", "i", 3, "h", Map.of("a", "b"), 2, 5, "docker 20", "0.1.0", "10.0.0.1", "k", 7, "d", "");
        assertThat(read(HEARTBEAT, Heartbeat.class)).isEqualTo(old);
        assertThat(WireCodec.encodeText(old)).isEqualTo(HEARTBEAT);
        assertThat(old.engineId()).isNull();
        assertThat(old.removed()).isNull();
        Heartbeat later =
                read(HEARTBEAT.replace("\"v\":1", "\"engine_id\":\"AB:CD\",\"removed\":2,\"v\":1"), Heartbeat.class);
        assertThat(later.engineId()).isEqualTo("AB:CD");
        assertThat(later.removed()).isEqualTo(2);
        assertThat(later.saying("h", Map.of(), "", "", "", null).engineId()).isEqualTo("AB:CD");
    }

    @Test
    @DisplayName("a refusal: without the holder's engine, so that nobody removes anything for it")
    void refusal() {
        HeartbeatReply old = HeartbeatReply.refused("c", "node_id_taken", "m");
        assertThat(read(REFUSAL, HeartbeatReply.class)).isEqualTo(old);
        assertThat(WireCodec.encodeText(old)).isEqualTo(REFUSAL);
        assertThat(old.holderEngine()).isNull();
        assertThat(WireCodec.encodeText(old.heldOn("AB:CD"))).contains("\"holder_engine\":\"AB:CD\"");
    }
}
