package io.knit.core.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.TemplateEngine;
import io.knit.core.wire.SpecBlob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DisconnectAdmissionTest {
    private static final Admission ADMISSION = new Admission(new TemplateEngine());

    private static DeploymentSpec read(String disconnect) {
        String body = "{\"name\":\"web\",\"image\":\"web:1\",\"disconnect\":" + disconnect.replace('|', '"') + "}";
        return ADMISSION.admit(SpecReader.read(body.getBytes(StandardCharsets.UTF_8)));
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of("|5m|", "/disconnect", "disconnect is a string"),
                Arguments.of(
                        "{|replace_after|:|5s|}",
                        "/disconnect/replace_after",
                        "disconnect.replace_after is 5s; give 12s"),
                Arguments.of("{|replace_after|:300}", "/disconnect/replace_after", "is a number"),
                Arguments.of("{|stop_after|:|1s|}", "/disconnect/stop_after", "disconnect.stop_after is 1s; give 10s"),
                Arguments.of("{|stop_afer|:|1m|}", "/disconnect/stop_afer", "stop_after"),
                Arguments.of("{|reconcile|:|newest|}", "/disconnect/reconcile", "newest_healthy"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void wrong(String disconnect, String pointer, String words) {
        assertThatThrownBy(() -> read(disconnect)).isInstanceOfSatisfying(KnitException.class, e -> {
            assertThat(e.getMessage()).contains(words);
            assertThat(e.pointer()).isEqualTo(pointer);
        });
    }

    @Test
    void right() {
        assertThat(read("{|replace_after|:|5m|,|stop_after|:|2m|,|reconcile|:|keep_original|}")
                        .disconnect())
                .isEqualTo(new DisconnectSpec(
                        Duration.ofMinutes(5), Duration.ofMinutes(2), DisconnectSpec.Reconcile.KEEP_ORIGINAL));
        assertThat(read("{}").disconnect()).isEqualTo(DisconnectSpec.DEFAULT);
    }

    @Test
    @DisplayName("of it nodes are told stop_after alone: nothing else asks a newer agent, or changes what it is sent")
    void whatNodesNeed() {
        DeploymentSpec plain = read("{}");
        DeploymentSpec servers = read("{|replace_after|:|5m|,|reconcile|:|keep_original|}");
        assertThat(SpecTable.features(servers)).isEqualTo(SpecTable.features(plain));
        assertThat(SpecBlob.of(servers)).isEqualTo(SpecBlob.of(plain));
        DeploymentSpec nodes = read("{|replace_after|:|5m|,|stop_after|:|2m|}");
        assertThat(SpecTable.features(nodes)).containsExactly("disconnect");
        assertThat(SpecTable.forNodes(nodes).disconnect())
                .isEqualTo(new DisconnectSpec(null, Duration.ofMinutes(2), DisconnectSpec.Reconcile.NEWEST_HEALTHY));
    }
}
