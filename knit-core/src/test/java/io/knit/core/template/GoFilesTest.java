package io.knit.core.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.TemplateSpec;
import io.knit.core.template.bound.ValueReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Go templates with what Knit's have. What the language means is knit-gotemplate's, where the real one says what is right. */
class GoFilesTest {
    private final TemplateEngine engine = new TemplateEngine();
    private final Map<String, Object> model = TemplateModel.create()
            .node("n1", "host-1", Map.of("region", "eu", "zone", "b"), null)
            .deployment("web", 3, Map.of("team", "a"), "nginx:1")
            .instance("web-0-abc", 0, List.of(new PortBinding("10.0.0.1", 20_001, 80, Protocol.TCP)))
            .env(Map.of("X", "x", "LIST", "b,c,a", "N", "no", "EMPTY", "", "LINES", "a\nb\n"))
            .build();
    private final ValueReader values = new ValueReader() {
        @Override
        public String read(String kind, String name) {
            return kind + " of " + name;
        }

        @Override
        public List<Map<String, Object>> service(String name) {
            return List.of(TemplateModel.sampleEndpoint(name), TemplateModel.sampleEndpoint(name));
        }
    };

    private static TemplateSpec go(String content) {
        return new TemplateSpec("/etc/a", content).by(TemplateSpec.Engine.GO);
    }

    private String rendered(String content) {
        return engine.render(go(content), model, values);
    }

    @ParameterizedTest
    @DisplayName("it reads what Pebble's read, by the dot, and what is piped is a function's last argument")
    @CsvSource(delimiterString = " => ", textBlock = """
                    {{ .node.id }} {{ .node.labels.region }} {{ .deployment.revision }} {{ .env.X }} => n1 eu 3 x
                    {{ range .instance.ports }}{{ .host_ip }}:{{ .host_port }}/{{ .protocol }}{{ end }} => 10.0.0.1:20001/tcp
                    {{ (index .instance.ports 0).host_port }} => 20001
                    {{ range .ports }}{{ .host_port }}{{ end }} {{ with .env }}{{ (index $.ports 0).host_port }}{{ end }} => 20001 20001
                    {{ range $k, $v := .node.labels }}{{ $k }}={{ $v }};{{ end }} => region=eu;zone=b;
                    {{ with .env }}{{ .X }}{{ $.node.id }}{{ end }} => xn1
                    {{ $ = .node }}{{ $.id }} => n1
                    {{ define "t" }}<{{ .id }}>{{ end }}{{ template "t" .node }} => <n1>
                    {{ secret "db" }},{{ var `a` }},{{ "f" | file }} => secret of db,var of a,file of f
                    {{ secret "db" | upper | printf "%q" }} => "SECRET OF DB"
                    {{ range service "web" }}{{ .address }}:{{ .port }} {{ end }}. => 10.54.0.1:20000 10.54.0.1:20000 .
                    {{ .node.labels | json }} {{ json .env.N }} {{ .instance.ports | json }} => {"region":"eu","zone":"b"} "no" [{"container_port":80,"host_ip":"10.0.0.1","host_port":20001,"protocol":"tcp"}]
                    {{ .env.N | yaml }} {{ .env.X | yaml }} => "no" x
                    {{ .node.labels | toml | printf "%q" }} => "region = \\"eu\\"\\nzone = \\"b\\""
                    {{ .env.LIST | split "," | sort | join " " }} => a b c
                    {{ join "-" (split "," .env.LIST) }} => b-c-a
                    {{ .env.LIST | replace "," ";" }} => b;c;a
                    {{ .env.LINES | indent 2 | printf "%q" }} => "  a\\n  b\\n  "
                    {{ .env.X | base64 }} {{ "eA==" | base64decode }} => eA== x
                    {{ .env.X | sha256 }} => 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
                    {{ .env.EMPTY | default "d" }} {{ .env.X | default "d" }} {{ index .env "NOPE" | default "d" }} => d x d
                    {{ " x " | trim }}{{ "X" | lower }} => xx
                    """)
    void reads(String content, String expected) {
        assertThat(rendered(content)).isEqualTo(expected);
    }

    /** As Pebble's, and as Go's. */
    private static final List<List<String>> PAIRS = List.of(
            List.of("{{ env.A }}|{{ env.B }}", "{{ .env.A }}|{{ .env.B }}"),
            List.of("{{ env | json }}", "{{ .env | json }}"),
            List.of("{{ node.labels | yaml }}", "{{ yaml .node.labels }}"),
            List.of("{{ env | toml }}", "{{ .env | toml }}"),
            List.of("{{ env.A | base64 }} {{ env.B | sha256 }}", "{{ .env.A | base64 }} {{ .env.B | sha256 }}"),
            List.of("{{ env.A | base64 | base64decode }}", "{{ .env.A | base64 | base64decode }}"),
            List.of(
                    "{% if env.A == '' %}-{% else %}{{ env.A }}{% endif %}",
                    "{{ with .env.A }}{{ . }}{{ else }}-{{ end }}"),
            List.of("{% if env.A == env.B %}same{% endif %}", "{{ if eq .env.A .env.B }}same{{ end }}"),
            List.of(
                    "{% for p in instance.ports %}{{ p.host_ip }}:{{ p.host_port }}/{{ p.protocol }};{% endfor %}",
                    "{{ range .instance.ports }}{{ .host_ip }}:{{ .host_port }}/{{ .protocol }};{{ end }}"),
            List.of("{{ env.A | upper }} {{ env.B | lower }}", "{{ .env.A | upper }} {{ .env.B | lower }}"),
            List.of("{{ env.A | indent(3, true) }}", "{{ .env.A | indent 3 }}"),
            List.of("{{ env.A | replace({'a': env.B}) }}", "{{ .env.A | replace \"a\" .env.B }}"),
            List.of(
                    "{{ deployment.revision + 0 }} {{ instance.slot }}",
                    "{{ .deployment.revision }} {{ .instance.slot }}"),
            List.of(
                    "{{ (env.A ~ ',' ~ env.B) | split('[,]', -1) | sort | join('+') }}",
                    "{{ print .env.A \",\" .env.B | split \",\" | sort | join \"+\" }}"));

    @Test
    @DisplayName("of the same values both engines make the same, where they say the same")
    void agrees() {
        RandomGenerator random = new Random(11);
        String signs = "aaBZ09 ,;:=#'\"\\{}[]<>&%$-_éßŁ漢\t\n";
        for (int round = 0; round < 300; round++) {
            Map<String, String> texts = new TreeMap<>();
            for (String name : List.of("A", "B", "no", "x y")) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(8); i > 0; i--) {
                    text.append(signs.charAt(random.nextInt(signs.length())));
                }
                texts.put(name, text.toString());
            }
            List<PortBinding> ports = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                ports.add(new PortBinding("10.0.0." + i, 20_000 + random.nextInt(100), i, Protocol.UDP));
            }
            Map<String, Object> same = TemplateModel.create()
                    .node("n1", "host-1", texts, null)
                    .deployment("web", 1 + random.nextInt(3), Map.of(), "nginx:1")
                    .instance("web-0-abc", random.nextInt(3), ports)
                    .env(texts)
                    .build();
            for (List<String> pair : PAIRS) {
                if (pair.get(0).contains("indent")
                        && String.valueOf(texts.get("A")).matches("(?s).*\n.*|")) {
                    continue; // empty lines stay empty in the one
                }
                assertThat(engine.render(go(pair.get(1)), same, values))
                        .as("%s of %s", pair.get(1), texts)
                        .isEqualTo(engine.render(pair.get(0), same));
            }
        }
    }

    @Test
    @DisplayName("numbers are sorted as such, and joined as Go prints them")
    void numbers() {
        Map<String, Object> numbers = Map.of("l", List.of(10, 9L, 1_000), "f", List.of(1.5, 1e21, -2.0));
        assertThat(engine.render(go("{{ .l | sort | join \" \" }} {{ .f | sort | join \" \" }}"), numbers, values))
                .isEqualTo("9 10 1000 -2 1.5 1e+21");
    }

    @ParameterizedTest
    @DisplayName("what is wrong is said with its line, its column, and what to do")
    @CsvSource(delimiterString = " => ", textBlock = """
                    {{ .node.id => line 1, column 1: this is not closed; write }}; if this is meant for another program, give the template other delimiters, or engine none
                    {{ lookup "a" }} => line 1, column 4: there is no function "lookup" in Go templates; if this is meant for another program
                    {{ if false }}{{ .nope }}{{ end }} => line 1, column 18: there is no "nope"; there are deployment, env, instance, node, ports
                    {{ range .slot }}{{ end }} => line 1, column 10: there is no "slot"; did you mean .instance.slot? there are deployment, env, instance, node, ports
                    {{ with .env }}{{ $.nope.x }}{{ end }} => line 1, column 19: there is no "nope"
                    {{ print (.nope | json) }} => line 1, column 11: there is no "nope"
                    {{ .env.NOPE }} => line 1, column 4: "NOPE" does not exist; give it, or ask by index, which finds nothing then
                    {{ .env.X.length }} => line 1, column 4: there is no field length in a text
                    {{ .env.X | toml }} => toml
                    {{ .env | sort }} => line 1, column 11: sort takes a list, and this is a map
                    {{ join "," .node }} => line 1, column 4: join takes a list, and this is a map
                    {{ indent 1000 "a" }} => line 1, column 4: indent takes how many spaces, 0 to 100
                    {{ split "" "a" }} => line 1, column 4: split takes what stands between
                    {{ base64decode "%" }} => line 1, column 4: base64decode takes Base64
                    """)
    void faults(String content, String words) {
        if (content.contains("toml")) {
            assertThatThrownBy(() -> rendered(content)).hasMessageContaining("TOML");
            return;
        }
        assertThatThrownBy(() -> rendered(content))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID))
                .hasMessageStartingWith("the template is wrong: " + words);
    }

    @ParameterizedTest
    @DisplayName("what it reads stands in its text, wherever it is called")
    @CsvSource(delimiterString = " => ", textBlock = """
                    {{ secret .env.X }} => secret takes one name in quotes, as secret "app"
                    {{ .env.X | secret }} => secret takes one name in quotes
                    {{ print "a" | secret }} => secret takes one name in quotes
                    {{ "b" | secret "a" }} => secret takes one name in quotes
                    {{ $s := secret }} => secret takes one name in quotes
                    {{ if false }}{{ print (var .env.X) }}{{ end }} => var takes one name in quotes
                    {{ define "t" }}{{ file . }}{{ end }} => file takes one name in quotes
                    {{ range service .env.X }}{{ end }} => service takes a deployment's name in quotes
                    {{ service "A.b.c" }} => service takes a deployment's name in quotes
                    """)
    void stands(String content, String words) {
        assertThatThrownBy(() -> rendered(content)).hasMessageContaining(words);
        assertThatThrownBy(() -> engine.checking(
                                DeploymentSpec.builder("web", "web:1").build())
                        .check(go(content)))
                .hasMessageContaining(words);
    }

    @Test
    @DisplayName("with other delimiters braces are another program's")
    void delimiters() {
        assertThat(engine.render(
                        go("[[ .env.X ]] {{ .Values.x }} [[- /* c */ -]] {% y %}")
                                .between("[[", "]]"),
                        model,
                        values))
                .isEqualTo("x {{ .Values.x }}{% y %}");
        assertThat(engine.render(go("<< .env.X >>").between("<<", ">>"), model, values))
                .isEqualTo("x");
    }

    @Test
    @DisplayName("tried with a made-up instance: labels of its node may be any, and what may come of them is no fault")
    void madeUp() {
        TemplateEngine.Checking checking =
                engine.checking(DeploymentSpec.builder("web", "web:1").build());
        checking.check(go("{{ .node.labels.region }} {{ range .instance.ports }}{{ .host_port }}{{ end }}"));
        checking.check(go("{{ if eq .node.labels.region \"eu\" }}{{ .env.NOPE }}{{ end }}"));
        checking.check(go("{{ index (split \",\" .node.labels.list) 5 }}"));
        checking.check(go("{{ index (split \",\" (var \"list\")) 5 }}"));
        assertThatThrownBy(() -> checking.check(go("{{ .env.NOPE }}"))).hasMessageContaining("NOPE");
    }
}
