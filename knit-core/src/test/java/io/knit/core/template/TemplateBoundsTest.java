package io.knit.core.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.template.bound.ValueReader;
import io.knit.core.template.parse.TemplateWords;
import io.pebbletemplates.pebble.error.PebbleException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing in a template runs without end or makes gigabytes; how far it may go is counted. The timeout is for what hangs. */
@Timeout(60)
class TemplateBoundsTest {
    private static final String MANY_X = "x".repeat(40);
    private static final String LONG = "{% set x = '" + "x".repeat(60_000) + "' %}";
    private static final String ROUNDS = "{% for a in [1,2,3,4,5,6,7,8,9,10] %}";

    private final TemplateEngine engine = new TemplateEngine();
    private final Map<String, Object> model = TemplateModel.create()
            .node("n1", "host-1", Map.of("region", "eu"), null)
            .deployment("web", 3, Map.of("team", "a"), "nginx:1")
            .instance("web-0-abc", 0, List.of())
            .env(Map.of("X", "x"))
            .build();

    @Test
    void aRegularExpressionThatBacktracksWithoutEndElsewhereEnds() {
        String template = "{{ '" + MANY_X + "' | split('(?:x{1,50}){1,50}y') | length }}";
        assertThat(engine.render(template, model)).isEqualTo("1");
        // and where the server's trial does not come by, the agent's rendering ends too
        String hidden = "{% if node.id == 'good' %}" + template + "{% endif %}";
        engine.check(hidden, DeploymentSpec.builder("web", "nginx:1").build());
        assertThat(engine.render(hidden.replace("good", "n1"), model)).isEqualTo("1");
    }

    static Stream<Arguments> endless() {
        return Stream.of(
                Arguments.of("split, a program too large", "{{ 'x' | split('((x{900}){900}){900}') }}"),
                Arguments.of("split, the rest read again at each place", LONG + "{{ x | split('x.*y|x') | length }}"),
                Arguments.of("join, a long separator", list(2_000) + LONG + "{{ l | join(x) }}"),
                Arguments.of("replace, each pair doubles", "{{ 'a' | replace({" + doubling() + "}) }}"),
                Arguments.of(
                        "format, one argument a thousand times",
                        LONG + "{{ \"" + "%1$s".repeat(1_000) + "\" | format(x) }}"),
                Arguments.of("format, wide", "{{ \"" + "%999d".repeat(20_000) + "\" | format(1) }}"),
                Arguments.of("escape, a list of long texts", LONG + "{{ [" + "x,".repeat(3_000) + "x] | escape }}"),
                Arguments.of(
                        "default, a list of long texts", LONG + "{{ [" + "x,".repeat(3_000) + "x] | default(1) }}"),
                Arguments.of("+, a list of long texts", LONG + "{{ [" + "x,".repeat(3_000) + "x] + '' }}"),
                Arguments.of("==, over and over", LONG + loops(5, "{{ x ~ 'a' == x ~ 'b' }}")),
                Arguments.of(
                        "contains, text in text",
                        LONG + "{% set y = x | slice(0, 30000) %}{{ x contains (y ~ 'y') }}"
                                + loops(3, "{% if x contains (y ~ 'y') %}{% endif %}")),
                Arguments.of(
                        "contains, all in all", list(20_000) + "{% set y = l %}{{ l contains y }}{{ y contains l }}"),
                Arguments.of("-, all from all", list(20_000) + "{{ (l - l) | length }}"),
                Arguments.of("[…], a long list as key", LONG + "{{ env[[" + "x,".repeat(3_000) + "x]] }}"),
                Arguments.of("sort, over and over", list(20_000) + loops(4, "{% set y = l | sort %}")),
                Arguments.of("upper, over and over", LONG + loops(4, "{% if x | upper == '' %}{% endif %}")),
                Arguments.of("empty, over and over", LONG + loops(5, "{% if x is empty %}{% endif %}")),
                Arguments.of("date, a long pattern", "{{ 1 | date('" + "z ".repeat(60_000) + "') }}"),
                Arguments.of("date, over and over", loops(5, "{% if 'UTC' | date('z', 'z') == '' %}{% endif %}")),
                Arguments.of("numberformat, a long pattern", "{{ 1 | numberformat('" + "0".repeat(60_000) + "') }}"),
                Arguments.of("a large body", loops(5, "{% if true %}{% endif %}{{ '' }}".repeat(3_000))),
                Arguments.of("a map of lists", "{{ {[1]: 2} }}"),
                Arguments.of("a chain of operators", "{{ 1" + "+1".repeat(20_000) + " }}"),
                Arguments.of("a chain of filters", "{{ 'a'" + "|upper".repeat(20_000) + " }}"),
                Arguments.of("nots", "{{ " + "not ".repeat(20_000) + " true }}"),
                Arguments.of("choices", "{{ " + "true ? 1 : ".repeat(20_000) + " 1 }}"),
                Arguments.of("tags", "{% if true %}".repeat(5_000) + "{% endif %}".repeat(5_000)));
    }

    private static String loops(int deep, String body) {
        return ROUNDS.repeat(deep) + body + "{% endfor %}".repeat(deep);
    }

    private static String list(int size) {
        return "{% set l = [" + "1,".repeat(size - 1) + "2] %}";
    }

    private static String doubling() {
        List<String> pairs = new ArrayList<>();
        for (char c = 'a'; c < 'z'; c++) {
            pairs.add("'" + c + "': '" + String.valueOf((char) (c + 1)).repeat(16) + "'");
        }
        return String.join(",", pairs);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endless")
    void whatGrowsOrRepeatsIsRefusedByCount(String what, String template) {
        assertThatThrownBy(() -> engine.render(template, model))
                .as(what)
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID))
                .hasMessageNotContaining("java")
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(500));
    }

    @Test
    void aThreadThatIsInterruptedStopsRendering() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> engine.render(loops(4, "{{ '' }}"), model))
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void templatesOfOneDeploymentCountTogether() {
        DeploymentSpec spec = DeploymentSpec.builder("web", "nginx:1").build();
        String heavy = LONG + loops(2, "{% if x | upper == '' %}{% endif %}");
        engine.check(heavy, spec);
        TemplateEngine.Checking checking = engine.checking(spec);
        checking.check("{{ 1 }}");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 32; i++) {
                        checking.check(heavy);
                    }
                })
                .hasMessageContaining("too much to do");
    }

    @Test
    void aFaultFarDownIsFoundWithoutLookingAtEachLineForEachTag() {
        assertThatThrownBy(() -> engine.check("{{1}}\n".repeat(40_000) + "{{ 1 2 }}"))
                .hasMessageContaining("line 40001, column 6");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", textBlock = """
                    {{ 'a,b,c' | split(',') | join('-') }} => a-b-c
                    {{ 'a, b,c' | split(',\\s*') | join('-') }} => a-b-c
                    {{ 'a.b.c' | split('[.]') | join('-') }} => a-b-c
                    {{ 'a.b.c' | split('\\.', 2) | join('-') }} => a-b.c
                    {{ 'abc' | split('') | join('-') }} => a-b-c
                    {{ 'a|b' | split('|') | join('-') }} => a-|-b
                    {{ 'a,b,,' | split(',') | length }} => 2
                    {{ 'a,b,,' | split(',', -1) | length }} => 4
                    {{ ',a' | split(',') | join('-') }} => -a
                    {{ '' | split(',') | length }} => 1
                    {{ ',' | split(',') | length }} => 0
                    {{ 'aXbxc' | split('(?i)x') | join('-') }} => a-b-c
                    {{ ('a,b' | split(','))[1] }} => b
                    {{ 'b,a' | split(',') | sort | first }} => a
                    {{ 'abc' | first == 'a' }} => true
                    {{ 'abc' | replace({'a': 'b'}) | replace({'b': 'c'}) }} => ccc
                    {{ [1, 2, 3] - 2 }} => [1, 3]
                    {{ [1, 2, 3] - [1, 3] }} => [2]
                    {{ 7 - '3' }} => 4
                    {{ [1, 2] contains 2 }} => true
                    {{ 'abc' contains 'bc' }} => true
                    {{ env contains 'X' }} => true
                    {{ {'a': 1} | merge({'b': 2}) }} => {a=1, b=2}
                    {% set m = {1: 'one'} %}{{ m[1] }} => one
                    {% for e in env %}{{ e.key }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{% endfor %} => Xtruetrue10
                    {% set locale = 'de' %}{{ locale }} => de
                    """)
    void rendersAsBefore(String template, String expected) {
        assertThat(engine.render(template, model)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ (1).TYPE }}",
                "{{ (1).MAX_VALUE }}",
                "{{ 'a'.CASE_INSENSITIVE_ORDER }}",
                "{{ true.TRUE }}",
                "{{ (1.5).TYPE }}",
                "{{ node.size }}",
                "{{ env.entrySet }}",
                "{{ ['a'].size }}",
                "{% for e in env %}{{ e.hashCode }}{% endfor %}",
                "{% for e in env %}{{ loop.hashCode }}{% endfor %}",
                "{% if false %}{% set template = 1 %}{% endif %}{{ template }}",
                "{% if false %}{% set _context = 1 %}{% endif %}{{ _context }}",
                "{% if false %}{% set locale = 1 %}{% endif %}{{ locale.country }}",
                "{{ node | upper | split('a', 'b') }}",
                "{{ [1, 'a'] | sort }}",
                "{{ node | trim }}",
                "{{ 1 | slice(0, 'x') }}",
                "{{ [1] | slice('x') }}",
                "{{ 1 | merge([1]) }}",
                "{{ [1] | merge(1) }}",
                "{{ 1 contains 1 }}",
                "{{ node + 1 }}",
                "{{ - node }}",
                "{{ node > 1 }}",
                "{{ 1 / 0 }}",
                "{{ '' | first }}",
                "{{ 'x' | abbreviate('y') }}",
                "{{ 'x' is even }}",
                "{{ max(node, 1) }}",
                "{% if node %}{% endif %}",
                "{% if [1] %}{% endif %}",
                "{{ node | date }}",
                "{{ 'x' | date }}",
                "{{ 'x' | numberformat }}",
                "{{ '%d' | format('x') }}",
                "{{ '%q' | format('x') }}",
                "{{ '*' | base64decode }}",
                "{{ 'x' | split('(') }}",
                "{{ 'x' | split('(?=x)') }}",
                "{{ 'x' | escape('y') }}",
                "{{ not node }}",
                "{{ node ? 1 : 2 }}",
                "{{ node and true }}",
                "{{ {1: 2}.a }}",
            })
    void noJavaIsReachableOrNamed(String template) {
        assertThatThrownBy(() -> engine.render(template, model))
                .isInstanceOf(KnitException.class)
                .message()
                .doesNotContainPattern(
                        "(?i)java|pebble|class|\\bio\\.|Exception|\\w+\\.\\w+\\.[A-Z]|[a-z](List|Map|String|Integer|Long)\\b");
    }

    @ParameterizedTest
    @DisplayName("a fault quotes nothing of a secret, not even how long it is")
    @ValueSource(
            strings = {
                "{% for x in secret('s') %}{% endfor %}",
                "{% for x in 1 %}{{ x }}{% endfor %}{% for x in secret('s') | length %}{% endfor %}",
                "{{ secret('s') | date('yyyy') }}",
                "{{ secret('s') | date('yyyy', existingFormat='yyyy') }}",
                "{{ secret('s') | date(secret('s')) }}",
                "{{ 'x' | date('yyyy', timeZone=secret('s')) }}",
                "{{ env[secret('s')] }}",
                "{{ env[secret('s') ~ ''] }}",
                "{{ env[secret('s') | length] }}",
                "{{ env[env[secret('s')]] }}",
                "{{ {'a': 1}[secret('s')] }}",
                "{{ [1][secret('s') | length] }}",
                "{{ null[secret('s')] }}",
                "{{ node.id[secret('s')] }}",
                "{{ env[secret('s')].x }}",
                "{% for e in env %}{{ e[secret('s')] }}{{ loop[secret('s')] }}{% endfor %}",
                "{{ secret('s') | slice(0, 9999) }}",
                "{{ secret('s') | slice(9999) }}",
                "{{ secret('s') | split('~') | slice(0, 9) }}",
                "{{ secret('s') | numberformat('#') }}",
                "{{ 1 | numberformat(secret('s')) }}",
                "{{ secret('s') - 1 }}",
                "{{ 1 < secret('s') }}",
                "{{ - secret('s') }}",
                "{{ secret('s') is even }}",
                "{{ (secret('s') | length) contains 1 }}",
                "{{ max(secret('s'), 1) }}",
                "{{ secret('s') == '' ? 1 : env[secret('s')] }}",
                "{{ 'x' | escape(secret('s')) }}",
                "{{ 'x' | split(secret('s') ~ '(') }}",
                "{{ secret('s') | format(secret('s')) }}",
                "{{ secret('s') | base64decode }}",
                "{{ secret('s') | abs }}",
                "{{ secret('s') | merge(secret('s')) }}",
                "{{ secret('s') | toml }}",
                "{{ {(secret('s')): null} | toml }}",
                "{{ {'a': {(secret('s')): {'b': [null]}}} | toml }}",
                "{{ secret('s') | slice(0, 4) }}",
                "{{ \"#{env[secret('s')]}\" }}",
                "{% macro m(x) %}{{ env[x] }}{% endmacro %}{{ m(secret('s')) }}",
            })
    void quotesNothing(String template) {
        String hush = "hus\ud83d\ude00h%777".repeat(111);
        ValueReader values = (kind, name) -> hush;
        assertThatThrownBy(() -> engine.render(template, model, values))
                .isInstanceOf(KnitException.class)
                .hasNoCause()
                .message()
                .doesNotContain("hus", "777", "1221", "1220", "d83d", "\ud83d");
    }

    @Test
    @DisplayName("what Pebble may say some day is not told before it is known to quote nothing")
    void unknownWords() {
        assertThat(TemplateWords.of(new PebbleException(null, "Not liked: [hush]", 1, "template")))
                .isEqualTo("it can't be rendered: an operator or a test does not fit its values");
    }

    @Test
    @DisplayName("what is missing is named where the template says the name")
    void namesWhatIsMissing() {
        assertMissing("{{ env.NONE }}", "\"NONE\"");
        assertMissing("{{ env['a b'] }}", "\"a b\"");
        assertMissing("{{ instance.ports[3] }}", "\"3\"");
        assertMissing("{{ env.NONE[node.id] }}", "\"NONE\"");
        assertMissing("{{ env[node.none] }}", "\"none\"");
        assertMissing("{{ env[node.id] }}", "what is worked out in [ ]");
        assertMissing("{{ null[node.id] }}", "what is worked out in [ ]");
        assertThat(engine.render(
                        "{{ env[node.id] | default('d') }}{% if env[node.id] is defined %}y{% else %}n{% endif %}{% set k = 'X' %}{{ env[k] }}",
                        model))
                .isEqualTo("dnx");
    }

    private void assertMissing(String template, String what) {
        assertThatThrownBy(() -> engine.render(template, model))
                .hasMessage(
                        "the template is wrong: line 1: " + what + " does not exist; give it, or write | default('…')");
    }

    @Test
    @DisplayName("a loop over a text says how a text becomes a list")
    void loopOverAText() {
        assertThatThrownBy(() -> engine.render("{% for x in node.id %}{% endfor %}", model))
                .hasMessage(
                        "the template is wrong: line 1: for goes through lists and maps, and this is none; a text is"
                                + " split first, as in secret(\"hosts\") | split(',')");
    }
}
