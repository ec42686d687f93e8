package io.knit.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is built keeps what it was told. */
class BuildersTest {
    private static final String TOKEN = "nobody-can-guess-this";

    @Test
    void aServersSettingsAreReadBackAndNoLongerTheBuilders() {
        KnitServerBuilder builder = KnitServer.builder()
                .dataDir(Path.of("here"))
                .config("nats-addr", "127.0.0.1:0")
                .withoutHttp();
        KnitServer server = builder.build();

        builder.dataDir(Path.of("there")).config("nats-addr", "0.0.0.0:4222").httpAddress("127.0.0.1:0");

        assertThat(server.settings().dataDir()).isEqualTo(Path.of("here"));
        assertThat(server.settings().config()).containsEntry("nats-addr", "127.0.0.1:0");
        assertThat(server.settings().httpAddress()).isNull();
    }

    @Test
    void anAgentsSettingsAreReadBackAndNoLongerTheBuilders() {
        KnitAgentBuilder builder = KnitAgent.builder().nodeId("n1").label("gpu", "no");
        KnitAgent agent = builder.build();

        builder.nodeId("n2").label("gpu", "yes");

        assertThat(agent.settings().nodeId()).isEqualTo("n1");
        assertThat(agent.settings().labels()).containsEntry("gpu", "no");
        assertThat(agent.settings().dataDir()).isEqualTo(Path.of("knit-agent-data"));
    }

    @Test
    void settingsShowNoSecrets() {
        assertThat(KnitServer.builder().joinToken(TOKEN).build().settings().toString())
                .contains("join-token")
                .doesNotContain(TOKEN);
        assertThat(KnitAgent.builder().joinToken(TOKEN).build().settings().toString())
                .contains("join-token")
                .doesNotContain(TOKEN);
    }
}
