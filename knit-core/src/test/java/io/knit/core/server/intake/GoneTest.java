package io.knit.core.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.WireCodec;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GoneTest {
    private static Heartbeat beat(String leftovers) {
        return WireCodec.decodeText(
                "{\"v\":1,\"node\":\"n1\",\"identity\":\"i\",\"session\":1" + leftovers + "}", Heartbeat.class);
    }

    @Test
    @DisplayName(
            "gone is what is left of a deployment that is not there, and not what is left of one that is, or that is deployed anew")
    void gone() {
        assertThat(HeartbeatRules.gone(beat(",\"leftovers\":[\"web\",\"db\"]"), Set.of("db")))
                .containsExactly("web");
        assertThat(HeartbeatRules.gone(beat(",\"leftovers\":[\"web\",\"db\"]"), Set.of("db", "web")))
                .isEmpty();
    }

    @Test
    @DisplayName("an agent that tells of nothing left is told of nothing gone")
    void none() {
        assertThat(HeartbeatRules.gone(beat(""), Set.of())).isEmpty();
    }
}
