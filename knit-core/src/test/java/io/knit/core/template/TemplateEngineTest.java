package io.knit.core.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.TemplateSpec;
import io.knit.core.spec.LaterFilters;
import io.knit.core.spec.SpecTable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateEngineTest {
    private final TemplateEngine engine = new TemplateEngine();
    private final Map<String, Object> model = TemplateModel.create()
            .node("n1", "host-1", Map.of("region", "eu"), null)
            .deployment("web", 3, Map.of("team", "a"), "nginx:1")
            .instance("web-0-abc", 0, List.of(new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP)))
            .env(Map.of("GREETING", "<hi>"))
            .build();

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", textBlock = """
                    <h1>Hello</h1> => <h1>Hello</h1>
                    {{ env.GREETING }} => <hi>
                    {{ env.GREETING | escape }} => &lt;hi&gt;
                    {{ node.labels.region }}/{{ node.labels["region"] }} => eu/eu
                    [{{ node.mesh_ip }}] => []
                    {{ deployment.name }}@{{ deployment.revision + 1 }} => web@4
                    {% for p in instance.ports %}{{ loop.index }}:{{ p.host_ip }}:{{ p.host_port }}/{{ p.protocol }}{% endfor %} => 0:127.0.0.1:8080/tcp
                    {% for e in env %}{{ e.key }}={{ e.value }}{% endfor %} => GREETING=<hi>
                    {{ env.NONE | default("x") }} => x
                    {% if env.NONE is defined %}a{% else %}b{% endif %} => b
                    {% if nothing is not defined %}b{% endif %} => b
                    {% set a = "1" %}{{ a ~ "2" }}{{ "#{a}3" }} => 1213
                    {% macro m(x, y="d") %}{{ x }}{{ y }}{% endmacro %}{{ m("1") }} => 1d
                    {% verbatim %}{{ x }}{% endverbatim %} => {{ x }}
                    {{ "%03d" | format(7) }} => 007
                    {{ "a-b" | replace({"-": "+"}) | upper }} => A+B
                    {{ [3, 1, 2] | sort | join(",") }} => 1,2,3
                    {{ max(1, 2) }} => 2
                    {{ env.GREETING | json }} => "<hi>"
                    {{ {"b": [1, 1.5, true], "a": null} | json }} => {"a":null,"b":[1,1.5,true]}
                    {{ node.labels | json }} => {"region":"eu"}
                    {{ ports[0].host_port }} {{ ports == instance.ports }} => 8080 true
                    {% set ports = 'mine' %}{{ ports }} => mine
                    {{ instance.ports | first | json }} => {"container_port":80,"host_ip":"127.0.0.1","host_port":8080,"protocol":"tcp"}
                    {{ "a" | indent(2, true) }} => '  a'
                    [{{ "a" | indent }}] => [a]
                    """)
    void renders(String template, String expected) {
        assertThat(engine.render(template, model)).isEqualTo(expected);
    }

    @ParameterizedTest
    @DisplayName("what is written as JSON is read back as it was")
    @ValueSource(strings = {"", "a\"b\\c", "line\nnext\ttab\r", "\u0000\u001f\u007f", "ü € 😀", "</script>"})
    void jsonIsReadBack(String text) throws IOException {
        Map<String, Object> values = Map.of("text", text);
        String json = engine.render("{{ text | json }}", values);
        assertThat(new ObjectMapper().readValue(json, String.class)).isEqualTo(text);
    }

    @Test
    void linesAreMovedButForEmptyOnes() {
        Map<String, Object> values = Map.of("text", "a\n\n b\n");
        assertThat(engine.render("{{ text | indent(2) }}", values)).isEqualTo("a\n\n   b\n");
        assertThat(engine.render("{{ text | indent(width=1, first=true) }}", values))
                .isEqualTo(" a\n\n  b\n");
        assertThatThrownBy(() -> engine.render("{{ text | indent(101) }}", values))
                .hasMessageContaining("line 1: indent takes a text, and how many spaces, 0 to 100");
        assertThatThrownBy(() -> engine.render("{{ [1] | indent(2) }}", values))
                .hasMessageContaining("indent takes a text");
    }

    @Test
    @DisplayName("what would be too large is refused before it is made")
    void madeLarger() {
        String lines = "{% set a = '\n\n\n\n\n\n\n\n' | replace({'\n': '" + "\n".repeat(500) + "'}) %}";
        assertThatThrownBy(() -> engine.render(lines + "{{ a | indent(100, true) }}", model))
                .hasMessageContaining("a value is larger than 131072");
        String signs = "{{ text | json }}";
        assertThatThrownBy(() -> engine.render(signs, Map.of("text", "\"".repeat(100_000))))
                .hasMessageContaining("a value is larger than 131072");
    }

    @Test
    @DisplayName("each filter that came later is one, and is asked of agents by its feature")
    void laterFilters() {
        for (String name : LaterFilters.NAMES) {
            String value = name.equals("indent") ? "1" : "node.labels";
            assertThat(engine.render("{{ " + value + " | " + name + " }}", model))
                    .isNotEmpty();
            for (String use :
                    List.of("{{ " + value + " | " + name + " }}", "{% set a = " + value + "|" + name + " %}")) {
                DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                        .template("/a", use)
                        .build();
                assertThat(SpecTable.features(spec)).as(use).containsExactly("templates.filters");
            }
        }
        for (String other : List.of("cat a | json", "{{ 1 | jsonish }}", "{{ 'json' }}")) {
            DeploymentSpec spec =
                    DeploymentSpec.builder("web", "web:1").template("/a", other).build();
            assertThat(SpecTable.features(spec)).as(other).isEmpty();
        }
        assertThat(SpecTable.features()).contains("templates.filters");
    }

    @ParameterizedTest
    @DisplayName(
            "ports at the top came later, and are asked of agents by their feature: not what another value has, or the template calls so")
    @CsvSource(delimiterString = " => ", textBlock = """
                    {{ ports[0].host_port }} => templates.ports
                    {% for p in ports %}{{ p.host_port }}{% endfor %} => templates.ports
                    {{ instance.ports[0].host_port }} {{ instance . ports }} {{ instance['ports'] }} => ''
                    {% for e in [] %}{{ e.ports }}{% endfor %} => ''
                    ports: {{ node.id }} => ''
                    {{ reports }} {{ ports_of }} => ''
                    {% set ports = instance.ports %}{{ ports }} => ''
                    {% for ports in [1] %}{{ ports }}{% endfor %} => ''
                    {% for k, ports in node.labels %}{{ ports }}{% endfor %} => ''
                    {% macro m(ports) %}{{ ports }}{% endmacro %}{{ m(1) }} => ''
                    """)
    void laterNames(String content, String feature) {
        DeploymentSpec spec =
                DeploymentSpec.builder("web", "web:1").template("/a", content).build();
        assertThat(SpecTable.features(spec)).isEqualTo(feature.isEmpty() ? List.of() : List.of(feature));
        assertThat(SpecTable.features()).contains("templates.ports");
    }

    @ParameterizedTest
    @DisplayName(
            "of Go's templates too: of the dot, of what it was at first, or by index; what stands in no template is nothing")
    @CsvSource(delimiterString = " => ", textBlock = """
                    GO => {{ range .ports }}{{ .host_port }}{{ end }} => true
                    GO => {{ with .env }}{{ len $.ports }}{{ end }} => true
                    GO => {{ index . "ports" | len }} => true
                    GO => {{ range .instance.ports }}{{ .host_port }}{{ end }} {{ $.instance.ports | len }} => false
                    NONE => {{ ports }} {{ .ports }} => false
                    """)
    void laterNamesOfOthers(TemplateSpec.Engine engine, String content, boolean asked) {
        TemplateSpec template = new TemplateSpec("/a", content).by(engine);
        DeploymentSpec spec =
                DeploymentSpec.builder("web", "web:1").template(template).build();
        assertThat(SpecTable.features(spec).contains("templates.ports")).isEqualTo(asked);
    }

    @Test
    void rendersAlikeWhateverTheMachineSpeaks() {
        Locale before = Locale.getDefault();
        try {
            for (String language : List.of("ar-EG", "de-DE", "tr-TR", "en-US")) {
                Locale.setDefault(Locale.forLanguageTag(language));
                assertThat(engine.render(
                                "{{ '%03d %.1f %,d' | format(7, 1.5, 1000) }} {{ 1.5 }} {{ 'title' | upper }}", model))
                        .as(language)
                        .isEqualTo("007 1.5 1,000 1.5 TITLE");
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    /** Other languages have these signs; none of their text may vanish. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=${#1}\nb=gone?\nc=${2%#}\n",
                "x=${#a[@]} # {#1} #}",
                "{# a note #}",
                "{#- a note -#}",
                "{# never closed",
                "location ~ ^/x{#id}$ { }",
                "a: {b: {c: 1}}  # {#}",
            })
    void thereAreNoComments(String text) {
        engine.check(text, spec());
        assertThat(engine.render(text, model)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ $labels.x }}",
                "{{ .Values.x }}",
                "{{ Values.x }}",
                "{{ include('x') }}",
                "{{ x | toYaml }}",
                "{{- range .items -}}",
                "{% unless x %}{% endunless %}",
                "{{ 'x' is foreign }}",
                "{{# each x }}",
                "{{/if}}",
                "{{ `x` }}"
            })
    void foreignBracesAreToldHowToStay(String text) {
        assertThatThrownBy(() -> engine.check(text, spec()))
                .hasMessageContaining("verbatim")
                .hasMessageContaining("line 1");
        String kept = "{% verbatim %}" + text + "{% endverbatim %}";
        assertThat(engine.render(kept, model)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ '\uD83D\uDE00' | slice(0, 1) }}",
                "{{ '\uD83D\uDE00' | first }}",
                "{{ '\uD83D\uDE00' | last }}"
            })
    void halfACharacterIsNotWritten(String template) {
        assertThatThrownBy(() -> engine.render(template, model)).hasMessageContaining("half a character");
    }

    @Test
    void keepsNewlinesAfterTags() {
        assertThat(engine.render("a\n{{ node.id }}\n\nb\n{% if true %}\nc\n{% endif %}\n", model))
                .isEqualTo("a\nn1\n\nb\n\nc\n\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Hello {{ node.id           | line 1, column 17 | found the end where }} should be
                    \\n\\n  {{ node.id @ }}    | line 3, column 14 | Unexpected character [@]
                    a\\n{% iff x %}            | line 2, column 4  | there is no tag "iff"
                    {% if true %}\\n x         | line             | endif
                    {{ slot }}                 | line 1, column 4 | there is no "slot"; did you mean instance.slot? there are deployment, env, instance, node, ports
                    {{ mesh_ip }}              | line 1, column 4 | did you mean node.mesh_ip?
                    x {{ nod.id }}             | line 1, column 6 | there is no "nod"; there are deployment, env, instance, node, ports
                    {{ "a" }} {{ 1 2 }}        | line 1, column 16 | found "2" where }} should be
                    {{ "} }" }}{% set x = %}   | line 1, column 23 |
                    {{ (1 + 2 }}               | line 1, column 11 | Unclosed
                    {% if false %}\\n{{ x }}{% endif %} | line 2, column 4 | there is no "x"
                    {{ node.id ! nothing }}    | line 1, column 12 |
                    {{ node.id() }}            | line 1           |
                    {% include "/etc/passwd" %} | line 1, column 4 | can't include files
                    {% import "x" %}           | line 1, column 4 | can't include files
                    {% extends "x" %}          | line 1, column 4 | can't include files
                    {% from "x" import y %}    | line 1, column 4 | can't include files
                    {% embed "x" %}{% endembed %} | line 1, column 4 | can't include files
                    {{ block("x") }}           | line 1, column 4 | there is no function
                    {{ template }}             | line 1, column 4 | there is no "template"
                    {{ _context }}             | line 1, column 4 | there is no "_context"
                    {{ range(1, 3) }}          | line 1, column 4 | there is no function or macro "range"
                    {{ i18n("a", "b") }}       | line 1, column 4 | there is no function or macro "i18n"
                    {% for i in 1..3 %}{% endfor %} | line 1      |
                    {% parallel %}{% endparallel %} | line 1, column 4 | there is no tag
                    {% cache 'x' %}{% endcache %} | line 1, column 4 | there is no tag
                    {{ 99999999999999999999 }} | line 1, column 4 | number
                    """)
    void refusesWithLineAndColumn(String template, String position, String words) {
        String text = template.replace("\\n", "\n");
        assertThatThrownBy(() -> engine.check(text, spec()))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID))
                .hasMessageContaining(position.strip())
                .hasMessageContaining(words == null ? "" : words.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ node.getClass() }}",
                "{{ node.class }}",
                "{{ env.getClass().forName('java.lang.Runtime') }}",
                "{{ ''.class.protectionDomain }}",
                "{{ node.id.bytes }}",
                "{{ node.keySet() }}",
                "{{ loop.getClass() }}",
                "{% for x in env %}{{ x.getClass() }}{% endfor %}",
                "{% for x in env %}{{ loop.length.getClass() }}{% endfor %}",
                "{{ (node).hashCode() }}",
            })
    void noJavaIsReachable(String template) {
        assertThatThrownBy(() -> engine.render(template, model)).isInstanceOf(KnitException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
                "{{ \"%999999999d\" | format(1) }}",
                "{{ \"#{a}\\",
            })
    void endlessThingsEnd(String template) {
        assertThatThrownBy(() -> engine.render(template, model)).isInstanceOf(KnitException.class);
    }

    @Test
    void valuesCannotDoubleForEver() {
        String strings = "{% set x = 'aaaaaaaaaaaaaaaa' %}" + "{% set x = x ~ x %}".repeat(40) + "{{ x }}";
        String lists = "{% set x = ['a'] %}" + "{% set x = [x, x] %}".repeat(40) + "{{ x }}";
        String merged = "{% set x = ['a'] %}" + "{% set x = x | merge(x) %}".repeat(40) + "{{ x }}";
        String replaced = "{% set x = 'a' %}{{ x" + " | replace({'a': 'aaaaaaaaaaaaaaaa'})".repeat(20) + " }}";
        String encoded = "{{ '%%%%%%%%'" + " | base64encode".repeat(80) + " }}";
        String nested = "{% for a in [['a','a']] %}" + "{% for a in [[a, a]] %}".repeat(30) + "{{ a }}"
                + "{% endfor %}".repeat(31);
        String interpolated = "{% set x = \"#{env.BIG}\" %}{{ \"" + "#{x}".repeat(200) + "\" }}";
        for (String template : List.of(strings, lists, merged, replaced, encoded, nested, interpolated)) {
            assertThatThrownBy(() -> engine.render(template, model))
                    .as(template)
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID));
        }
    }

    @Test
    void outputIsBounded() {
        String thousand = "{% macro m() %}" + "x".repeat(20_000) + "{% endmacro %}";
        assertThatThrownBy(() -> engine.render(thousand + "{{ m() }}".repeat(60), model))
                .hasMessageContaining("larger than 1048576");
    }

    @Test
    void nestedLoopsStopByCount() {
        String loops = "{% for a in [1,2,3,4,5,6,7,8,9,10] %}".repeat(9) + "{% endfor %}".repeat(9);
        assertThatThrownBy(() -> engine.check(loops, spec())).hasMessageContaining("loops more than");
    }

    @Test
    void deepNestingIsRefusedInWords() {
        assertThatThrownBy(() -> engine.check("{{ " + "(".repeat(20_000) + "1" + ")".repeat(20_000) + " }}"))
                .hasMessageContaining("nested too deep");
        assertThatThrownBy(() -> engine.check("{{ \"" + "\\a".repeat(200_000))).isInstanceOf(KnitException.class);
    }

    @Test
    void labelsOfUnknownNodesAreNotMissed() {
        assertThatCode(() -> {
                    engine.check("{{ node.labels.rack }}", spec());
                    engine.check("{{ node.labels.rack | split('-') | last }}", spec());
                    engine.check("{{ (node.labels.racks | split(','))[3] }}", spec());
                    engine.check(
                            "{{ node.labels['a.b/c'] | default('x') }}{% for l in node.labels %}{{ l.key }}{% endfor %}",
                            spec());
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ node.ip }}",
                "{{ env.NONE }}",
                "{{ deployment.labels.none }}",
                "{{ instance.ports[1].host_port }}"
            })
    void whatCertainlyWillNotExistIsRefusedBeforehand(String template) {
        assertThatThrownBy(() -> engine.check(template, spec()))
                .hasMessageContaining("line 1")
                .hasMessageContaining("does not exist");
    }

    private static DeploymentSpec spec() {
        return DeploymentSpec.builder("web", "nginx:1")
                .env("A", "b")
                .port(new PortSpec(null, 0, 80, Protocol.TCP))
                .build();
    }
}
