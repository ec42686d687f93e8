package io.knit.core.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.model.KnitEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SightTest {
    private static final Caller NARROW = new Caller("w", Caller.Role.VIEWER, "token", List.of("web-*"));

    @ParameterizedTest
    @CsvSource({
        "instance.running, web-1, true",
        "instance.running, db, false",
        "node.down, , true",
        "webhook.created, , false",
        "volume.restored, db, false"
    })
    @DisplayName("who may see some deployments is told of those and of nodes, and of nothing that he may not ask for")
    void narrow(String type, @Nullable String deployment, boolean shown) {
        KnitEvent event = new KnitEvent(1, Instant.EPOCH, type, deployment, null, null, "words");
        assertThat(Sight.shows(event, NARROW)).isEqualTo(shown);
        assertThat(Sight.shows(event, Caller.PROGRAM)).isTrue();
    }
}
