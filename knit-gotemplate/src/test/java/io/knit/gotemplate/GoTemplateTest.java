package io.knit.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.GoFunction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How faults are said, what is bounded, and what is given to the engine. What templates mean is in {@link GoldenVectorsTest}. */
class GoTemplateTest {
    private static String render(String text, Object dot) {
        return GoTemplate.parse(text, Map.of()).render(dot, new CountingMeter());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a {{ .x                       | line 1, column 3: this is not closed; write }}
                    {{ if .a }}                   | line 1, column 4: this has no end
                    {{ nope }}                    | line 1, column 4: there is no function "nope" in Go templates
                    {{ $x }}                      | line 1, column 4: there is no variable $x
                    {{ .a.b }}                    | line 1, column 4: "b" does not exist; give it, or ask by index, which finds nothing then
                    {{ .s.b }}                    | line 1, column 4: there is no field b in a text
                    {{ eq 1 "a" }}                | line 1, column 4: a whole number can't be compared with a text
                    {{ index .k 7 }}              | line 1, column 4: index is out of range: elements are counted from 0
                    {{ len }}                     | line 1, column 4: len takes 1 argument, and there are 0
                    {{ template "x" }}            | line 1, column 4: there is no template "x"
                    {{ break }}                   | line 1, column 4: break stands only within range
                    {{ printf "%1000d" 1 }}       | line 1, column 4: printf takes widths and precisions up to 999
                    {{ printf "%.100000f" 1.5 }}  | line 1, column 4: printf takes widths and precisions up to 999
                    {{ printf "%*d" 1000000 1 }}  | line 1, column 4: printf takes widths and precisions up to 999
                    {{ printf "%p" .k }}          | line 1, column 4: printf has no %p here: there are no addresses
                    {{ call .s }}                 | line 1, column 4: call has nothing to call: values are no functions here
                    {{ 1i }}                      | line 1, column 4: complex numbers are not known here
                    {{ "\\xff" }}                 | line 1, column 4: an escape is half of a character; write \\u and four digits
                    {{ slice "é" 1 }}             | line 1, column 4: slice would cut a character in two: texts are counted in bytes of UTF-8
                    """)
    void aFaultSaysWhereAndWhat(String text, String words) {
        assertThatThrownBy(() -> render(text, Map.of("a", Map.of(), "s", "x", "k", List.of(1L))))
                .isInstanceOf(GoFault.class)
                .hasMessage(words);
    }

    @Test
    void aFaultInAnotherLineSaysWhich() {
        assertThatThrownBy(() -> render("a\n{{ if true }}\n  é {{ .x }}{{ end }}", Map.of()))
                .hasMessage(
                        "line 3, column 8: \"x\" does not exist; give it, or ask by index, which finds nothing then");
    }

    @Test
    void whatStandsDeepIsRefusedAndNeverOverflowsTheStack() {
        for (String text : List.of(
                "{{" + "(".repeat(200_000) + "1" + ")".repeat(200_000) + "}}",
                "{{if 1}}".repeat(100_000) + "{{end}}".repeat(100_000),
                "{{if 0}}" + "{{else if 0}}".repeat(100_000) + "{{end}}",
                "{{block \"a\" .}}".repeat(50_000))) {
            assertThatThrownBy(() -> render(text, Map.of()))
                    .isInstanceOf(GoFault.class)
                    .hasMessageContaining("100");
        }
        assertThatThrownBy(() -> render("{{define \"a\"}}{{template \"a\" .}}{{end}}{{template \"a\" .}}", Map.of()))
                .hasMessageEndingWith("too deep");
        assertThatThrownBy(() -> render("{{" + "print (".repeat(90) + ")".repeat(90) + "}}", Map.of()))
                .isInstanceOf(GoFault.class);
        assertThat(render("{{" + "(".repeat(90) + "1" + ")".repeat(90) + "}}", Map.of()))
                .isEqualTo("1");
    }

    @Test
    void whatBecomesTooMuchEnds() {
        assertThatThrownBy(() -> render("{{range 1000000000}}{{end}}", Map.of()))
                .hasMessageEndingWith("too many rounds");
        assertThatThrownBy(() -> render("{{range 90000}}0123456789012345{{end}}", Map.of()))
                .hasMessageEndingWith("its output is larger than 1048576 characters");
        assertThatThrownBy(() -> render("{{$x := \"0123456789\"}}{{range 30}}{{$x = print $x $x}}{{end}}", Map.of()))
                .hasMessageEndingWith("a value is larger than 131072 characters");
    }

    @Test
    void nothingOfAnObjectIsReached() {
        Map<String, Object> dot = Map.of("o", new Thread(), "l", List.of(new Object()));
        for (String text : List.of(
                "{{.o}}",
                "{{.o.name}}",
                "{{.o.getName}}",
                "{{.l}}",
                "{{if .o}}{{end}}",
                "{{.l.size}}",
                "{{len .o}}",
                "{{.class}}")) {
            assertThatThrownBy(() -> render(text, dot)).as(text).isInstanceOf(GoFault.class);
        }
    }

    @Test
    void functionsAreGivenWhatIsPipedLast() {
        Map<String, GoFunction> functions =
                Map.of("cat", GoFunction.of(2, (arguments, meter) -> arguments.get(0) + "-" + arguments.get(1)));
        GoTemplate template = GoTemplate.parse("[[ .a | cat \"b\" ]] {{ x }}", "[[", "]]", functions);

        assertThat(template.render(Map.of("a", "c"), new CountingMeter())).isEqualTo("b-c {{ x }}");
        assertThatThrownBy(() -> GoTemplate.parse("{{ cat 1 }}", functions).render(null, new CountingMeter()))
                .hasMessage("line 1, column 4: cat takes 2 arguments, and there are 1");
    }
}
