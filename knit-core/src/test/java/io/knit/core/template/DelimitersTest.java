package io.knit.core.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.TemplateSpec;
import io.knit.core.template.bound.ValueReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates whose values stand in something else than braces. */
class DelimitersTest {
    private final TemplateEngine engine = new TemplateEngine();
    private final Map<String, Object> model =
            Map.of("env", Map.of("A", "x"), "node", Map.of("id", "n1"), "list", List.of("a", "b"));

    private String rendered(String open, String close, String content) {
        return engine.render(new TemplateSpec("/a", content).between(open, close), model, ValueReader.NONE);
    }

    @ParameterizedTest
    @DisplayName("values and tags are between them, and braces are another program's")
    @CsvSource(delimiterString = " => ", textBlock = """
                    [[ => ]] => [[ env.A ]] {{ .Values.x }} {% if y %} => x {{ .Values.x }} {% if y %}
                    [[ => ]] => [% for e in list %][[ e ]],[% endfor %] [a] => a,b, [a]
                    [[ => ]] => [% if env.A == "x" %]yes[% endif %]{{ end }} => yes{{ end }}
                    [[ => ]] => [[ {"a": {"b": 1}} | json ]] => {"a":{"b":1}}
                    [[ => ]] => a [[- env.A -]] b => axb
                    [[ => ]] => [% verbatim %][[ x ]][% endverbatim %] => [[ x ]]
                    << => >> => << env.A >> <% if env.A is defined %>1<% endif %> => x 1
                    <<< => >>> => <<< env.A >>> << env.A >> => x << env.A >>
                    $[ => ]$ => $[ env.A ]$ ${B} => x ${B}
                    (( => )) => (( env.A )) (a) => x (a)
                    {{ => }} => {{ env.A }} => x
                    """)
    void renders(String open, String close, String content, String expected) {
        String made;
        try {
            made = rendered(open, close, content);
        } catch (io.knit.api.error.KnitException e) {
            made = String.valueOf(e.getMessage());
        }
        assertThat(made).isEqualTo(expected);
    }

    @ParameterizedTest
    @DisplayName("what is wrong is said with its line and column, in the delimiters that the template has")
    @CsvSource(
            delimiter = ';',
            value = {
                "[[ nothing ]];line 1, column 4",
                "'a\n [[ env.A';where ]] should be",
                "'a\n [% nosuch %]';[% verbatim %] before and [% endverbatim %] after",
                "'[% if env.A';where %] should be"
            })
    void faults(String content, String words) {
        assertThatThrownBy(() -> rendered("[[", "]]", content)).hasMessageContaining(words);
    }

    @Test
    @DisplayName("however many are asked for, few parsers are kept")
    void many() {
        for (String a : "[ ] { } < > $ @ ! ^ ~ & * + = ? | : ; /".split(" ")) {
            for (String b : "[ ] { } < > $".split(" ")) {
                String open = a + b + "<";
                assertThat(rendered(open, "]]", open + " env.A ]]")).isEqualTo("x");
            }
        }
    }
}
