package io.knit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
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

    @Test
    void hooksAreReadBackAndNoLongerTheBuilders() {
        KnitServerBuilder builder = KnitServer.builder()
                .admission(spec -> List.of())
                .scorer("quiet", 30, (spec, node) -> 0)
                .on("instance.*", event -> {});
        KnitServer server = builder.build();

        builder.admission(spec -> List.of())
                .scorer("near", 1, (spec, node) -> 0)
                .on("*", event -> {});

        KnitServerHooks hooks = server.settings().hooks();
        assertThat(hooks.rules()).hasSize(1);
        assertThat(hooks.scorers()).extracting(KnitServerHooks.Scoring::name).containsExactly("quiet");
        assertThat(hooks.listeners())
                .extracting(KnitServerHooks.Listening::type)
                .containsExactly("instance.*");
    }

    @Test
    void hooksThatCanNotBeAreRefused() {
        KnitServerBuilder builder = KnitServer.builder();

        assertThatThrownBy(() -> builder.scorer("quiet", 101, (spec, node) -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight is 101; give 1 to 100");
        assertThatThrownBy(() -> builder.scorer(" ", 1, (spec, node) -> 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.on("instance.runing", event -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("instance.running");
        builder.scorer("quiet", 1, (spec, node) -> 0).scorer("quiet", 2, (spec, node) -> 0);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("two scorers have one name");
    }

    @Test
    void whatIsOnOrOffIsNothingElse() {
        for (String key : List.of("tokens", "insecure", "new-cluster")) {
            for (String wrong : List.of("yes", "True", "")) {
                KnitServerBuilder builder = KnitServer.builder().config(key, wrong);
                assertThatThrownBy(builder::build)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("the setting " + key + " is \"" + wrong + "\"; give true or false");
            }
            assertThat(KnitServer.builder()
                            .config(key, "false")
                            .build()
                            .settings()
                            .isOn(key))
                    .isFalse();
            assertThat(KnitServer.builder()
                            .config(key, "true")
                            .build()
                            .settings()
                            .isOn(key))
                    .isTrue();
        }
    }
}
