package io.knit.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.EnvSource;
import io.knit.api.model.SecretMount;
import io.knit.api.model.TemplateSpec;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadsTest {
    @Test
    @DisplayName("all that a spec reads, with where first")
    void all() {
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .secret(SecretMount.of("db"))
                .envFrom(EnvSource.ofSecret("db", "PGPASSWORD"))
                .envFrom(EnvSource.ofVar("HOST"))
                .envFrom(EnvSource.ofFile("app.env", ""))
                .template("/etc/a", "{{ secret('api') }} {{ var(\"HOST\") }}")
                .build();
        assertThat(Reads.of(spec))
                .isEqualTo(Map.of(
                        "secret/db", "/secrets/0/name",
                        "secret/api", "/templates/0/content",
                        "var/HOST", "/env_from/1/var",
                        "file/app.env", "/env_from/2/file"));
        assertThat(SpecTable.features(spec)).contains("env_from", "secrets", "templates.values");
        DeploymentSpec sourced = SpecTable.SPEC.with(
                spec, Map.of("templates", java.util.List.of(TemplateSpec.from("app.conf", "/etc/a"))));
        assertThat(Reads.of(sourced)).containsEntry("file/app.conf", "/templates/0/source");
        assertThat(SpecTable.features(sourced)).contains("templates.source").doesNotContain("templates.values");
    }

    @ParameterizedTest
    @DisplayName("with other delimiters it reads what it calls between them, and not what stands in braces")
    @CsvSource(
            delimiter = ';',
            value = {
                "[[ var('a') ]] {{ secret('b') }};[var/a]",
                "[% if var( 'a' ) == secret(\"b\") %][[ file('c') ]][% endif %] {% if file('d') %};[file/c, secret/b, var/a]",
                "[% verbatim %][[ secret('a') ]][% endverbatim %][[ var('b') ]];[var/b]",
                "[ secret('a') ];[]",
            })
    void others(String content, String reads) {
        assertThat(Reads.ofTemplate(new TemplateSpec("/a", content).between("[[", "]]")))
                .hasToString(reads);
        DeploymentSpec spec = SpecTable.SPEC.with(
                DeploymentSpec.builder("web", "web:1").build(),
                Map.of("templates", java.util.List.of(new TemplateSpec("/etc/a", content).between("[[", "]]"))));
        assertThat(Reads.of(spec).keySet()).hasToString(reads);
    }

    @ParameterizedTest
    @DisplayName("a template reads what it calls in its tags")
    @CsvSource(
            delimiter = ';',
            value = {
                "{{ var('a') }};[var/a]",
                "{% if var( 'a' ) == secret(\"b\") %}{{ file('c') | upper }}{% endif %};[file/c, secret/b, var/a]",
                "secret('a');[]",
                "{ secret('a') } {{ env.A }};[]",
                "{% verbatim %}{{ secret('a') }}{% endverbatim %};[]",
                "{{ mysecret('a') }} {{ secrets('a') }};[]",
            })
    void templates(String content, String reads) {
        assertThat(Reads.ofTemplate(new TemplateSpec("/a", content))).hasToString(reads);
    }

    @ParameterizedTest
    @DisplayName("a Go template reads what it calls, wherever that stands, whatever else it calls")
    @CsvSource(
            delimiter = ';',
            value = {
                "{{ var `a` }}{{ secret \"b\" | upper | printf \"%q\" }};[secret/b, var/a]",
                "{{ \"a\" | secret }};[secret/a]",
                "{{ if false }}{{ else if eq (secret \"b\") \"x\" }}{{ range split \",\" (file \"c\") }}{{ end }}{{ end }};[file/c, secret/b]",
                "{{ define \"t\" }}{{ var \"a\" }}{{ end }};[var/a]",
                "{{ block \"t\" (secret \"a\") }}{{ with $x := print (var \"b\") }}{{ else }}{{ (file \"c\").x }}{{ end }}{{ end }};[file/c, secret/a, var/b]",
                "{{ newer \"x\" (secret \"\\u0061\") }};[secret/a]",
                "{{/* secret \"a\" */}} secret \"a\" {{ \"secret \\\"a\\\"\" }} {{ .secret }} {{ $secret := \"a\" }};[]",
                "{{ secret .env.A }} {{ secret (print \"a\") }} {{ secret \"a\" \"b\" }} {{ \"b\" | secret \"a\" }} {{ secret }};[]",
                "{{ secret('a') }};[]",
                "{{ secret \"a\" }} {{ if }};[]",
            })
    void go(String content, String reads) {
        TemplateSpec template = new TemplateSpec("/a", content).by(TemplateSpec.Engine.GO);
        assertThat(Reads.ofTemplate(template)).hasToString(reads);
        assertThat(Reads.ofTemplate(template.between("[[", "]]"))).isEmpty();
        String other = content.replace("{{", "[[").replace("}}", "]]");
        assertThat(Reads.ofTemplate(template.between("[[", "]]").with(other))).hasToString(reads);
        assertThat(Reads.ofTemplate(template.by(TemplateSpec.Engine.NONE))).isEmpty();
        assertThat(Reads.asksForServices(template)).isFalse();
        assertThat(Reads.asksForServices(template.with("{{ if 0 }}{{ range service \"a\" }}{{ end }}{{ end }}")))
                .isTrue();
    }

    @ParameterizedTest
    @DisplayName("a Go template as large as it may be is looked through in time by its length, too")
    @ValueSource(
            strings = {
                "{{",
                "{{ }}",
                "{{/*",
                "{{ .a }}",
                "{{ .a }}\n",
                "{{ $a := 1 }}{{ $a }}",
                "{{ if 1 }}{{ end }}\n",
                "{{ if 1 }}",
                "{{ (((",
                "{{ a | b | ",
                "{{- `",
                "{{ define \"a\" }} {{ end }}",
                "{{ print \"",
                " {{- 1 -}} \n"
            })
    @Timeout(60)
    void largeGo(String piece) {
        String content = piece.repeat((256 << 10) / piece.length());
        for (int i = 0; i < 10; i++) {
            assertThat(Reads.ofTemplate(new TemplateSpec("/a", content + "secret").by(TemplateSpec.Engine.GO)))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @DisplayName(
            "a text as large as it may be is looked through in time by its length, whatever is in it: nobody has checked it yet")
    @ValueSource(
            strings = {
                "{{",
                "{%",
                "{% verbatim %}",
                "{{ {%",
                "{% verbatim %}{{",
                "{{ }} {%",
                "{{ var(\"",
                "{{ var('",
                "{% verbatim",
                "{{ var (",
                "}}{{ file( "
            })
    @Timeout(60)
    void large(String piece) {
        // by the square of its length it would take minutes
        String content = "(" + piece.repeat((256 << 10) / piece.length());
        for (int i = 0; i < 20; i++) {
            assertThat(Reads.ofTemplate(new TemplateSpec("/a", content))).isEmpty();
        }
    }
}
