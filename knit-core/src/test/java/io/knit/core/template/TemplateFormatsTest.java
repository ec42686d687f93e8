package io.knit.core.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Filters that write values down for other programs. */
class TemplateFormatsTest {
    private final TemplateEngine engine = new TemplateEngine();

    private static Object load(String yaml) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    }

    @ParameterizedTest
    @DisplayName("what is written as YAML is read back as it was, as a value, in a list and as a key")
    @ValueSource(
            strings = {
                "",
                " ",
                "plain",
                "two words",
                "ends ",
                "a: b",
                "a #b",
                "- a",
                "? a",
                "&a",
                "*a",
                "!a",
                "%a",
                "@a",
                "`a`",
                "{a}",
                "[a]",
                "a\"b\\c",
                "it's",
                "line\nnext\n",
                "\n",
                "\ttab\r",
                "\u0000\u001f\u007f\u0085\u2028\ufeff",
                "ü € 😀",
                "no",
                "Yes",
                "y",
                "N",
                "on",
                "true",
                "null",
                "~",
                "NULL",
                "1",
                "-1",
                "0x1f",
                "0o17",
                "010",
                "1:30",
                "1e5",
                "1_000",
                "2024-01-01",
                ".inf",
                ".5",
                "<<",
                "=",
                "---",
                "...",
                "key:",
                "/etc/x",
                "/",
                "a,b",
                "{{ x }}",
                "|",
                ">"
            })
    void yamlIsReadBack(String text) {
        String template =
                "{{ text | yaml }}\u0001{{ [text, [text]] | yaml }}\u0001{{ {\"k\": text} | yaml }}\u0001{{ map | yaml }}";
        String[] parts = engine.render(template, Map.of("text", text, "map", Map.of(text, Map.of("in", text))))
                .split("\u0001");
        assertThat(load(parts[0])).isEqualTo(text);
        assertThat(load(parts[1])).isEqualTo(List.of(text, List.of(text)));
        assertThat(load(parts[2])).isEqualTo(Map.of("k", text));
        assertThat(load(parts[3])).isEqualTo(Map.of(text, Map.of("in", text)));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", textBlock = """
                    "plain" => plain
                    "no" => "no"
                    "y" => "y"
                    "0o17" => "0o17"
                    "1.5" => "1.5"
                    "two words" => two words
                    12 => 12
                    1.5 => 1.5
                    true => true
                    null => null
                    [] => []
                    {} => {}
                    [1, "1", [2], {"a": []}] => - 1\\n- "1"\\n- - 2\\n- a: []
                    {"b": [1], "a": {"c": null}} => a:\\n  c: null\\nb:\\n- 1
                    """)
    void yaml(String value, String expected) {
        assertThat(engine.render("{{ " + value + " | yaml }}", Map.of())).isEqualTo(expected.replace("\\n", "\n"));
    }

    @Test
    @DisplayName("numbers are the same numbers, and the same list twice is written twice")
    void yamlNumbers() {
        List<Object> numbers = List.of(
                Long.MIN_VALUE,
                1.0e20,
                1e-7,
                new BigDecimal("1E+3"),
                Double.NEGATIVE_INFINITY,
                new BigInteger("18446744073709551616"));
        Object back = load(engine.render("{{ n | yaml }}", Map.of("n", numbers)));
        assertThat(back)
                .isEqualTo(List.of(
                        Long.MIN_VALUE,
                        1.0e20,
                        1e-7,
                        1000.0,
                        Double.NEGATIVE_INFINITY,
                        new BigInteger("18446744073709551616")));
        assertThat(engine.render("{% set a = [1] %}{{ [a, a] | yaml }}", Map.of()))
                .isEqualTo("- - 1\n- - 1");
        assertThat(engine.render("x:\n  {{ {\"b\": 1, \"a\": 2} | yaml | indent(2) }}\n", Map.of()))
                .isEqualTo("x:\n  a: 2\n  b: 1\n");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", textBlock = """
                    {} => ''
                    {"a": 1, "b": 1.5, "c": true, "d": "x"} => a = 1\\nb = 1.5\\nc = true\\nd = "x"
                    {"a b": 1, "": 2, "x.y": 3, "ü": 4} => "" = 2\\n"a b" = 1\\n"x.y" = 3\\n"ü" = 4
                    {"a": [1, "b", [true], {"c": 1}]} => a = [1, "b", [true], {c = 1}]
                    {"a": []} => a = []
                    {"t": {"u": {"v": 1}, "w": 2}, "a": 1} => a = 1\\n\\n[t]\\nw = 2\\n\\n[t.u]\\nv = 1
                    {"t": {}} => [t]
                    {"l": [{"a": 1, "s": {"b": 2}}, {}], "x y": {"z": 1}} => [[l]]\\na = 1\\n\\n[l.s]\\nb = 2\\n\\n[[l]]\\n\\n["x y"]\\nz = 1
                    {"a": [{"b": {"c": [1]}}, 2]} => a = [{b = {c = [1]}}, 2]
                    """)
    void toml(String value, String expected) {
        assertThat(engine.render("{{ " + value + " | toml }}", Map.of())).isEqualTo(expected.replace("\\n", "\n"));
    }

    @Test
    void tomlQuotes() {
        Map<String, Object> values = Map.of("m", Map.of("k", "a\"b\\c\n\r\t\u0000\u001f\u007f ü 😀 '"));
        assertThat(engine.render("{{ m | toml }}", values))
                .isEqualTo("k = \"a\\\"b\\\\c\\n\\r\\t\\u0000\\u001f\\u007f ü 😀 '\"");
        List<Object> numbers =
                List.of(Long.MIN_VALUE, 1.0e20, 1e-7, new BigDecimal("1E+3"), Double.NaN, Double.NEGATIVE_INFINITY);
        assertThat(engine.render("{{ m | toml }}", Map.of("m", Map.of("n", numbers))))
                .isEqualTo("n = [-9223372036854775808, 1.0e+20, 1.0e-7, 1.0e+3, nan, -inf]");
    }

    @Test
    @DisplayName("what TOML has no word for is refused with where it stands")
    void tomlHasNo() {
        Map<String, Object> none = new LinkedHashMap<>();
        none.put("b c", Arrays.asList(1, null));
        Map<String, Object> values =
                Map.of("null", Map.of("a", none), "big", Map.of("n", new BigInteger("9223372036854775808")));
        refused("{{ model.null | toml }}", values, "line 1: TOML has no null, and a.\"b c\" is; leave it out");
        refused("\n{{ model.big | toml }}", values, "line 2: TOML has no whole numbers over 64 bits, and n is one");
        refused("{{ [1] | toml }}", values, "TOML is made of a map; this is none");
        refused("{{ 'x' | toml }}", values, "TOML is made of a map");
    }

    private void refused(String template, Map<String, Object> values, String words) {
        assertThatThrownBy(() -> engine.render(template, Map.of("model", values)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID))
                .hasMessageContaining(words);
    }

    @Test
    @DisplayName("Base64 both ways, SHA-256, and the others that people know from elsewhere")
    void others() {
        String text = "ü \"'\n😀\u0000";
        String base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        Map<String, Object> values = Map.of("text", text);
        assertThat(engine.render("{{ text | base64 }}", values)).isEqualTo(base64);
        assertThat(engine.render("{{ text | base64encode }}", values)).isEqualTo(base64);
        assertThat(engine.render("{{ text | base64 | base64decode }}", values)).isEqualTo(text);
        assertThat(engine.render("{{ '' | base64 }}[{{ '' | base64decode }}]", values))
                .isEqualTo("[]");
        assertThatThrownBy(() -> engine.render("{{ '%%' | base64decode }}", values))
                .hasMessageContaining("line 1: base64decode takes Base64 of a text in UTF-8");
        assertThat(engine.render("{{ 'ü' | sha256 }}", values))
                .isEqualTo("607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f");
        assertThat(engine.render("{{ ['b', 'ü', 'a'] | sort | join('\n') }}", values))
                .isEqualTo("a\nb\nü");
        assertThat(engine.render("{{ none | default('x') }}{{ '' | default('y') }}{{ null | default(0) }}", values))
                .isEqualTo("xy0");
    }

    @Test
    @DisplayName("what would be too large or too deep is refused while it is made")
    void bounds() {
        String deep = "{% set a = [1] %}" + "{% set a = [a] %}".repeat(100);
        assertThatThrownBy(() -> engine.render(deep + "{{ a | yaml }}", Map.of()))
                .hasMessageContaining("YAML takes lists and maps 64 deep at most");
        assertThatThrownBy(() -> engine.render(deep + "{{ {\"a\": a} | toml }}", Map.of()))
                .hasMessageContaining("TOML takes lists and maps 64 deep at most");
        String wide = "{% set a = [" + "1,".repeat(5_000) + "1] %}" + "{% set a = [a] %}".repeat(60);
        assertThatThrownBy(() -> engine.render(wide + "{{ a | yaml }}", Map.of()))
                .hasMessageContaining("line 1: a value is larger than 131072");
        String signs = "\"".repeat(100_000);
        for (String filter : List.of("yaml", "toml")) {
            assertThatThrownBy(() -> engine.render("{{ {\"a\": text} | " + filter + " }}", Map.of("text", signs)))
                    .hasMessageContaining("a value is larger than 131072");
        }
        String rounds = "{% for a in [1,2,3,4,5,6,7,8,9,10] %}".repeat(4);
        assertThatThrownBy(() -> engine.render(
                        rounds + "{% if text | yaml == '' %}{% endif %}" + "{% endfor %}".repeat(4),
                        Map.of("text", "x".repeat(60_000))))
                .hasMessageContaining("too much to do");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for x in [1] %}{{ loop | FILTER }}{% endfor %}",
                "{{ _context | FILTER }}",
                "{{ template | FILTER }}",
                "{{ ('x' | FILTER).class }}",
                "{{ ('x' | FILTER).getClass() }}",
                "{{ '!!javax.script.ScriptEngineManager []' | FILTER | include }}",
            })
    void noJavaIsReachable(String template) {
        for (String filter : List.of("yaml", "toml")) {
            assertThatThrownBy(() -> engine.render(template.replace("FILTER", filter), Map.of()))
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID))
                    .hasMessageNotContaining("io.pebble");
        }
    }
}
