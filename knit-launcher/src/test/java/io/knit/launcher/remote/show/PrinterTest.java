package io.knit.launcher.remote.show;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.yaml.NoYaml;
import io.knit.launcher.yaml.YamlTrees;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PrinterTest {
    private final StringWriter out = new StringWriter();

    private static JsonNode named(String name) {
        return JsonNodeFactory.instance.objectNode().put("name", name);
    }

    private Printer printer(Format format) {
        return new Printer(new PrintWriter(out), format, Terminal.NONE);
    }

    private static void print(Printer printer, String name) {
        printer.print(named(name), one -> List.of(name), one -> List.of("line of " + name));
    }

    private List<JsonNode> read() throws NoYaml {
        return YamlTrees.read(out.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("several answers in YAML are as many documents, of one there is nothing else")
    void documents() throws NoYaml {
        Printer printer = printer(Format.YAML);
        print(printer, "a");
        assertThat(out.toString()).isEqualTo("name: a\n");
        print(printer, "b");
        print(printer, "c");
        assertThat(read()).containsExactly(named("a"), named("b"), named("c"));
    }

    @Test
    @DisplayName("and so are events, and what is watched")
    void more() throws NoYaml {
        Printer printer = printer(Format.YAML);
        printer.event(named("a"));
        printer.event(named("b"));
        for (String watched : List.of("c", "d")) {
            printer.oneOfSeveral(printer.lines(named(watched), one -> List.of(), one -> List.of()))
                    .forEach(line -> out.append(line).append('\n'));
            out.append('\n');
        }
        assertThat(read()).containsExactly(named("a"), named("b"), named("c"), named("d"));
    }

    @Test
    void nothingIsBetweenThemElsewhere() {
        for (Format format : List.of(Format.TABLE, Format.NAME)) {
            Printer printer = printer(format);
            print(printer, "a");
            print(printer, "b");
        }
        assertThat(out.toString()).isEqualTo("line of a\nline of b\na\nb\n");
    }
}
