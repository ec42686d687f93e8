package io.knit.core.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.TemplateSpec;
import io.knit.core.template.bound.Budget;
import io.knit.core.template.bound.ValueReader;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing in a Go template runs without end, makes gigabytes, or reaches more than it is given. The timeout is for what hangs. */
@Timeout(60)
class GoBoundsTest {
    private static final String LONG = "{{ $x := \"" + "x".repeat(60_000) + "\" }}";
    private static final String ROUNDS = "it loops more than 100000 times; give it less to repeat";
    private static final String MUCH = "it has too much to do; give it less to repeat, or smaller values";
    private static final String OUTPUT = "its output is larger than 1048576 characters";
    private static final String VALUE = "a value is larger than 131072 characters or elements";
    private static final String DEEP = "it is nested too deep, or a macro or template calls itself without end";

    private final TemplateEngine engine = new TemplateEngine();
    private final DeploymentSpec spec = DeploymentSpec.builder("web", "nginx:1").build();
    private final Map<String, Object> model = TemplateModel.create()
            .node("n1", "host-1", Map.of("region", "eu"), null)
            .deployment("web", 3, Map.of("team", "a"), "nginx:1")
            .instance("web-0-abc", 0, List.of())
            .env(Map.of("X", "x"))
            .build();

    private static TemplateSpec go(String content) {
        return new TemplateSpec("/etc/a", content).by(TemplateSpec.Engine.GO);
    }

    static Stream<Arguments> endless() {
        return Stream.of(
                Arguments.of("{{ range 1000000000 }}{{ end }}", ROUNDS),
                Arguments.of("{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}", ROUNDS),
                Arguments.of("{{ range 90000 }}0123456789012345{{ end }}", OUTPUT),
                Arguments.of("{{ $x := \"0123456789\" }}{{ range 30 }}{{ $x = print $x $x }}{{ end }}", VALUE),
                Arguments.of(LONG + "{{ $y := split \"x\" $x }}{{ join $x $y }}", VALUE),
                Arguments.of(LONG + "{{ replace \"x\" $x $x }}", VALUE),
                Arguments.of(LONG + "{{ indent 100 (replace \"x\" \"\\n\" $x) }}", VALUE),
                Arguments.of(LONG + "{{ printf \"" + "%[1]s".repeat(100) + "\" $x }}", VALUE),
                Arguments.of("{{ printf \"" + "%999d".repeat(200) + "\" " + "1 ".repeat(200) + "}}", VALUE),
                Arguments.of(LONG + "{{ range 90000 }}{{ $y := sha256 $x }}{{ end }}", MUCH),
                Arguments.of(LONG + "{{ range 90000 }}{{ $y := len $x }}{{ end }}", MUCH),
                Arguments.of(
                        LONG + "{{ $z := print $x \"\" }}{{ range 90000 }}{{ if eq $x $z $z $z }}{{ end }}{{ end }}",
                        MUCH),
                Arguments.of(LONG + "{{ $y := split \"x\" $x }}{{ range 90000 }}{{ $z := sort $y }}{{ end }}", MUCH),
                Arguments.of(LONG + "{{ range 90000 }}{{ $y := json $x }}{{ end }}", MUCH),
                Arguments.of(
                        "{{ $a := 1 }}" + "{{ $b := 1 }}".repeat(10_000)
                                + "{{ range 90000 }}{{ if $a }}{{ end }}{{ end }}",
                        MUCH),
                Arguments.of("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}", DEEP),
                Arguments.of(
                        "{{ define \"a\" }}{{ template \"b\" . }}{{ end }}{{ define \"b\" }}x{{ template \"a\" (print . 1) }}{{ end }}{{ template \"a\" 1 }}",
                        DEEP));
    }

    /** What may come of the sample is forgiven, once it was read; that it ends nowhere is not. */
    @ParameterizedTest
    @DisplayName("a bound ends it with the words that Pebble's have, rendered or tried, whatever was made up before")
    @MethodSource("endless")
    void ends(String template, String words) {
        assertThatThrownBy(() -> engine.render(go(template), model, ValueReader.NONE))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID))
                .hasMessage("the template is wrong: " + words);
        for (String read : List.of("{{ .node.labels.nobody }}", "{{ secret \"a\" }}", "{{ $s := service \"a\" }}")) {
            assertThatThrownBy(() -> engine.checking(spec).check(go(read + template)))
                    .as(read)
                    .hasMessage("the template is wrong: " + words);
        }
    }

    @Test
    @DisplayName("Pebble's say the same")
    void sameWords() {
        assertThatThrownBy(() -> engine.render("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", model))
                .hasMessageEndingWith(DEEP);
        String ten = "{% for a in [1,2,3,4,5,6,7,8,9,10] %}";
        assertThatThrownBy(() -> engine.render(ten.repeat(5) + "{% endfor %}".repeat(5), model))
                .hasMessageEndingWith(ROUNDS);
        assertThatThrownBy(() -> engine.render(ten.repeat(4) + "x".repeat(200) + "{% endfor %}".repeat(4), model))
                .hasMessageEndingWith(OUTPUT);
    }

    @Test
    @DisplayName("templates of one deployment take from one budget, of whichever engine they are")
    void together() {
        TemplateEngine.Checking checking = engine.checking(spec);
        TemplateSpec heavy = go(LONG + "{{ range 100 }}{{ $y := upper $x }}{{ end }}");
        checking.check(heavy);
        checking.check("{{ 1 }}");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 16; i++) {
                        checking.check(heavy);
                    }
                })
                .hasMessageContaining("too much to do");
    }

    @Test
    @DisplayName("a thread that is interrupted stops")
    void interrupted() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> engine.render(
                            go(LONG + "{{ range 90000 }}{{ $y := len $x }}{{ end }}"), model, ValueReader.NONE))
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @DisplayName("no Java is reached or named, nor a file, nor another template")
    @ValueSource(
            strings = {
                "{{ .Class }}",
                "{{ .node.Class }}",
                "{{ .node.getClass }}",
                "{{ .node.id.getClass }}",
                "{{ .node.id.Class.ForName \"x\" }}",
                "{{ .env.entrySet }}",
                "{{ .instance.ports.size }}",
                "{{ (index .env \"X\").bytes }}",
                "{{ (print 1).length }}",
                "{{ $.node.labels.hashCode }}",
                "{{ call .node.id }}",
                "{{ call .env.getClass }}",
                "{{ printf \"%T %v\" .node.labels .nope }}",
                "{{ printf \"%p\" .node }}",
                "{{ template \"/etc/passwd\" . }}",
                "{{ template \"../a\" . }}",
                "{{ file \"../../etc/passwd\" }}",
                "{{ file \"/etc/passwd\" }}",
                "{{ include \"a\" . }}",
                "{{ tpl \"a\" . }}",
                "{{ env \"PATH\" }}",
                "{{ plugin \"sh\" }}",
                "{{ executeTemplate \"a\" }}",
                "{{ index .env 0 }}",
                "{{ index .instance.ports \"size\" }}",
                "{{ index .node.id -1 }}",
                "{{ index (split \",\" \"a\") 99999999999999 }}",
                "{{ slice .node.id 0 9223372036854775807 }}",
                "{{ index .instance.ports 0 }}",
                "{{ lt .node.labels 1 }}",
                "{{ sort (split \",\" .node) }}",
                "{{ toml .node.id }}",
                "{{ yaml }}",
                "{{ indent .node.id \"a\" }}",
                "{{ indent -1 \"a\" }}",
            })
    void noJava(String template) {
        assertThatThrownBy(() -> engine.render(go(template), model, ValueReader.NONE))
                .isInstanceOf(KnitException.class)
                .message()
                .doesNotContainPattern(
                        "(?i)java|gotemplate|\\bio\\.|Exception|\\w+\\.\\w+\\.[A-Z]|[a-z](List|Map|Integer|Long)\\b");
    }

    @ParameterizedTest
    @DisplayName("a fault quotes nothing of a secret, not even how long it is")
    @ValueSource(
            strings = {
                "{{ index (split \",\" \"a\") (len (secret \"s\")) }}",
                "{{ index (secret \"s\") 999 }}",
                "{{ slice (secret \"s\") 999 }}",
                "{{ slice (split \"~\" (secret \"s\")) 999 }}",
                "{{ index .env (index (split \"~\" (secret \"s\")) 0) | indent 2 }}",
                "{{ indent (len (secret \"s\")) \"a\" }}",
                "{{ printf (secret \"s\") .node | indent (secret \"s\") }}",
                "{{ base64decode (secret \"s\") }}",
                "{{ lt (secret \"s\") 1 }}",
                "{{ toml (secret \"s\") }}",
                "{{ range secret \"s\" }}{{ end }}"
            })
    void quotesNothing(String template) {
        String hush = "77%hush".repeat(111);
        assertThatThrownBy(() -> engine.render(go(template), model, (kind, name) -> hush))
                .isInstanceOf(KnitException.class)
                .message()
                .doesNotContain("hush", "777", "77%");
    }

    @Test
    @DisplayName(
            "a file may be as large as what is rendered, as in Pebble's; what looks at it takes no more than a value may be")
    void largeFile() {
        String large = "x".repeat(200_000);
        ValueReader values = (kind, name) -> large;
        for (String kind : List.of("file", "var", "secret")) {
            assertThat(engine.render(go("a{{ " + kind + " \"big\" }}"), model, values))
                    .isEqualTo("a" + large)
                    .isEqualTo(engine.render("a{{ " + kind + "('big') }}", model, values));
        }
        assertThat(engine.render(
                        go("{{ with file \"big\" }}{{ . }}{{ end }}{{ $x := file \"big\" }}{{ len $x }}"),
                        model,
                        values))
                .isEqualTo(large + 200_000);
        for (String use : List.of("upper", "print", "html", "json", "split \"x\"", "default \"\"", "printf \"%s\"")) {
            assertThatThrownBy(() -> engine.render(go("{{ file \"big\" | " + use + " }}"), model, values))
                    .as(use)
                    .hasMessage("the template is wrong: " + VALUE);
        }
        assertThatThrownBy(() -> engine.render("{{ file('big') | upper }}", model, values))
                .hasMessage("the template is wrong: line 1: " + VALUE);
        assertThatThrownBy(() -> engine.render(go("{{ range 6 }}{{ file \"big\" }}{{ end }}"), model, values))
                .hasMessage("the template is wrong: " + OUTPUT);
        assertThatThrownBy(() -> engine.render(
                        go("{{ file \"big\" }}"), model, (kind, name) -> "x".repeat(Budget.MAX_OUTPUT + 1)))
                .hasMessage("the template is wrong: a value is larger than 1048576 characters or elements");
        assertThatThrownBy(() -> engine.render(
                        go("{{ $x := file \"big\" }}{{ range 90000 }}{{ $y := eq $x $x }}{{ end }}"), model, values))
                .hasMessage("the template is wrong: " + MUCH);
    }

    /** So many of so many ports each, with names as long as they come. */
    private static ValueReader fleet(int instances, int ports) {
        List<TemplateModel.ServicePort> each = IntStream.range(0, ports)
                .mapToObj(port -> new TemplateModel.ServicePort(20_000 + port, 8_000 + port, Protocol.TCP))
                .toList();
        List<Map<String, Object>> all = IntStream.range(0, instances)
                .mapToObj(i -> TemplateModel.endpoint(
                        "w".repeat(60) + "-" + i, "n".repeat(60), "fd00:1234:5678:9abc:def0:1234:5678:9abc", each))
                .toList();
        return new ValueReader() {
            @Override
            public String read(String kind, String name) {
                throw new MissingException(name);
            }

            @Override
            public List<Map<String, Object>> service(String name) {
                return all;
            }
        };
    }

    @Test
    @DisplayName("as many instances of a service as are promised, with many ports each, are rendered by either engine")
    void largeService() {
        String pebble = "{% set all = service('web') %}{% if service('web') is not empty %}{{ all | length }} "
                + "{% for it in service('web') %}{% for p in it.ports %}{{ p.port }}{% endfor %},{% endfor %}{% endif %}";
        String go = "{{ $all := service \"web\" }}{{ with service \"web\" }}{{ len $all }} "
                + "{{ range service \"web\" }}{{ range .ports }}{{ .port }}{{ end }},{{ end }}{{ end }}";
        String rendered = engine.render(pebble, model, fleet(1000, 8));
        assertThat(rendered).startsWith("1000 2000020001").hasSize(5 + 1000 * 41);
        assertThat(engine.render(go(go), model, fleet(1000, 8))).isEqualTo(rendered);
        String heavier = "the template is wrong: %sa value is larger than 524288 characters or elements";
        assertThatThrownBy(() -> engine.render(go(go), model, fleet(1000, 30))).hasMessage(heavier, "");
        assertThatThrownBy(() -> engine.render(pebble, model, fleet(1000, 30))).hasMessage(heavier, "line 1: ");
        assertThatThrownBy(() -> engine.render(go("{{ service \"web\" | json }}"), model, fleet(1000, 8)))
                .as("what is made of it is a value as any")
                .hasMessage("the template is wrong: " + VALUE);
        assertThatThrownBy(() -> engine.render("{{ service('web') | json }}", model, fleet(1000, 8)))
                .hasMessage("the template is wrong: line 1: " + VALUE);
        assertThatThrownBy(() -> engine.render("{% set all = [service('web')] %}", model, fleet(1000, 8)))
                .hasMessage("the template is wrong: line 1: " + VALUE);
    }

    @Test
    @DisplayName("types are called as Go calls them")
    void types() {
        assertThat(engine.render(
                        go("{{ printf \"%T %T %T %T\" .node.labels .instance.ports .instance.slot .node.id }}"),
                        model,
                        ValueReader.NONE))
                .isEqualTo("map[string]interface {} []interface {} int string");
    }
}
