package io.knit.core.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.SlotVolume;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.VolumeRemoval;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VolumeIntakeTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final SlotVolume STAYS = new SlotVolume("db", "0", "data", "n1", NOW, null);
    private static final SlotVolume GOES = STAYS.removing(NOW.plusSeconds(1));

    private static ClusterState knowing(SlotVolume volume) {
        return new Change.PutVolume(volume).applyTo(ClusterState.empty("c"));
    }

    @Test
    @DisplayName("what is gone by its order is forgotten, once")
    void forgotten() {
        VolumeRemoval said = VolumeRemoval.of(GOES);
        assertThat(VolumeIntake.decide(knowing(GOES), "n1", Arrays.asList(null, said, said)))
                .containsExactly(new Change.RemoveVolume(GOES.key()));
        assertThat(VolumeIntake.decide(ClusterState.empty("c"), "n1", List.of(said)))
                .isEmpty();
    }

    @Test
    @DisplayName("nothing is forgotten by another node's word, nor by that of an earlier order, nor what stays again")
    void kept() {
        List<VolumeRemoval> said = List.of(VolumeRemoval.of(GOES));
        assertThat(VolumeIntake.decide(knowing(GOES), "n2", said)).isEmpty();
        assertThat(VolumeIntake.decide(knowing(STAYS), "n1", said)).isEmpty();
        assertThat(VolumeIntake.decide(knowing(STAYS.removing(NOW.plusSeconds(2))), "n1", said))
                .isEmpty();
        assertThat(VolumeIntake.decide(knowing(GOES), "n1", null)).isEmpty();
    }
}
