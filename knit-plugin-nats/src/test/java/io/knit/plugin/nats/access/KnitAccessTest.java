package io.knit.plugin.nats.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.access.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KnitAccessTest {
    @Test
    @DisplayName("what an agent may take of the broker is what docs/security.md says")
    void asThePageSays() throws IOException {
        Limits limits = KnitAccess.OF_AN_AGENT;
        assertThat(Files.readString(Path.of("../docs/security.md")))
                .contains(String.format(
                        Locale.ROOT,
                        "On the broker an agent has %d connections, %d subscriptions, %d MiB that wait for it and %,d operations a second",
                        limits.connections(),
                        limits.subscriptions(),
                        limits.pending() >> 20,
                        limits.operations()));
    }
}
