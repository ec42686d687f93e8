package io.knit.core.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.template.TemplateEngine;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a mode can't be given with. */
class ModeRulesTest {
    private static final Admission ADMISSION = new Admission(new TemplateEngine());

    private static DeploymentSpec read(String fields) {
        String body = "{\"name\":\"web\",\"image\":\"web:1\"," + fields.replace('\'', '"') + "}";
        return ADMISSION.admit(SpecReader.read(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Arguments row(String fields, String pointer, String words) {
        return Arguments.of(fields, pointer, words);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                row("'mode':'golbal'", "/mode", "mode is \"golbal\"; give one of replicated, global"),
                row("'mode':1", "/mode", "mode is a number; quote it"),
                row(
                        "'mode':'global','replicas':3",
                        "/replicas",
                        "replicas can't be given with the mode global, which has an instance for each node; leave it out, or choose nodes with node_selector and constraints"),
                row("'mode':'global','replicas':1", "/replicas", "replicas can't be given with the mode global"),
                row("'mode':'global','replicas':0", "/replicas", "replicas can't be given with the mode global"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void isRefused(String fields, String pointer, String words) {
        KnitException refused = catchThrowableOfType(KnitException.class, () -> read(fields));
        assertThat(refused).as(fields).isNotNull();
        assertThat(Refusals.of(refused)).hasSize(1);
        assertThat(refused.pointer()).isEqualTo(pointer);
        assertThat(refused.getMessage()).contains(words);
    }

    @Test
    void aProgramIsToldTheSame() {
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .mode(Mode.GLOBAL)
                .replicas(3)
                .build();
        assertThat(catchThrowableOfType(KnitException.class, () -> ADMISSION.admit(spec)))
                .hasMessageContaining("replicas can't be given with the mode global");
    }
}
