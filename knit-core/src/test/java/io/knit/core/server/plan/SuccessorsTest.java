package io.knit.core.server.plan;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.SlotKey;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SuccessorsTest {
    @Test
    @DisplayName("from when a node may be asked again is told by served time, however far the day's clock is")
    void served() {
        Instant day = NOW.plusSeconds(3_600);
        Successors successors = new Successors(deployment(1, spec("web").build()), new Numbered(1), day, NOW, ids());
        Instance leaves = on("n1", pending("web-0-a", "web", 1, 0), InstanceState.RUNNING);
        Instance next = successors.elsewhere(SlotKey.of(0), leaves);

        assertThat(next.avoid()).containsExactly("n1");
        assertThat(next.notBefore()).isEqualTo(NOW);
        assertThat(next.createdAt()).isEqualTo(day);
    }
}
