package io.knit.core.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.core.template.TemplateEngine;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are templates. */
class SourceTemplatesTest {
    private final Admission admission = new Admission(new TemplateEngine());

    private List<KnitException> refused(TemplateSpec template, SourceFiles files) {
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .env("A", "b")
                .template(new TemplateSpec("/first", "fine"))
                .template(template)
                .build();
        try {
            assertThat(admission.admit(spec, files)).isEqualTo(spec);
            return List.of();
        } catch (KnitException e) {
            return Refusals.of(e);
        }
    }

    private static SourceFiles of(String text) {
        return name -> name.equals("app.conf") ? Value.Content.of(text) : null;
    }

    @ParameterizedTest
    @DisplayName("what is no template is refused with its file, line and column")
    @CsvSource(delimiter = '|', textBlock = """
                    a\\n{% iff x %}            | line 2, column 4: there is no tag "iff"
                    \\n\\n {{ lookup('x') }}    | line 3, column 5: there is no function or macro "lookup"
                    '{{ env.A | shout }}'      | line 1, column 12: there is no filter "shout"
                    {{ nod.id }}               | line 1, column 4: there is no "nod"
                    {{ env.B }}                | line 1: "B" does not exist
                    {{ secret(env.A) }}        | secret takes one name in quotes
                    {% include "x" %}          | can't include files
                    {{ env.getClass() }}       | line 1
                    """)
    void faults(String text, String words) {
        assertThat(refused(TemplateSpec.from("app.conf", "/a"), of(text.replace("\\n", "\n"))))
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID);
                    assertThat(e.pointer()).isEqualTo("/templates/1/source");
                    assertThat(e.getMessage())
                            .startsWith("the file app.conf: the template is wrong: ")
                            .contains(words);
                });
    }

    @Test
    void bytesAreNoTemplateAndMayBeTakenAsTheyAre() {
        SourceFiles bytes = name -> Value.Content.of(new byte[] {(byte) 0xff, 0});
        TemplateSpec logo = TemplateSpec.from("logo", "/a");
        assertThat(refused(logo, bytes)).singleElement().satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(e.pointer()).isEqualTo("/templates/1/source");
            assertThat(e).hasMessage("the file logo is no text in UTF-8; give engine none to have it as it is");
        });
        assertThat(refused(logo.by(TemplateSpec.Engine.NONE), bytes)).isEmpty();
        assertThat(refused(TemplateSpec.from("app.conf", "/a").by(TemplateSpec.Engine.NONE), of("{{ nope }}")))
                .isEmpty();
    }

    @Test
    @DisplayName("what is right, and what is not there, which is refused elsewhere")
    void taken() {
        assertThat(refused(TemplateSpec.from("app.conf", "/a"), of("{{ env.A }} {{ secret('x') | base64 }}")))
                .isEmpty();
        assertThat(refused(TemplateSpec.from("other", "/a"), of("{{ nope }}"))).isEmpty();
        assertThat(refused(TemplateSpec.from("app.conf", "/a"), SourceFiles.UNKNOWN))
                .isEmpty();
    }

    @Test
    @DisplayName("files take their steps from the deployment's one budget")
    void oneBudget() {
        String costly = "{% set a = '" + "x".repeat(50_000) + "' %}"
                + "{% for i in [1,2,3,4,5,6,7,8] %}".repeat(3)
                + "{% if a is empty %}{% endif %}"
                + "{% endfor %}".repeat(3);
        assertThat(refused(TemplateSpec.from("app.conf", "/a"), of(costly))).isEmpty();
        assertThat(refused(
                        new TemplateSpec("/a", costly.replace("1,2,3,4,5,6,7,8", "1,2,3,4,5,6,7,8,9")),
                        SourceFiles.UNKNOWN))
                .isEmpty();
        DeploymentSpec both = DeploymentSpec.builder("web", "web:1")
                .template(TemplateSpec.from("app.conf", "/a"))
                .template(TemplateSpec.from("app.conf", "/b"))
                .template(TemplateSpec.from("app.conf", "/c"))
                .build();
        try {
            admission.admit(both, of(costly));
            assertThat(both).as("is too much").isNull();
        } catch (KnitException e) {
            assertThat(e).hasMessageContaining("too much to do");
            assertThat(e.pointer()).isEqualTo("/templates/2/source");
        }
    }
}
