package io.knit.launcher.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

class YamlFormTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper JACKSON = new ObjectMapper(new YAMLFactory());

    /** What YAML 1.1 takes for something else than a text, by its own table of types, which is wider than SnakeYAML's. */
    private static final class Of11 extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            super.addImplicitResolvers();
            addImplicitResolver(Tag.BOOL, Pattern.compile("y|Y|n|N"), "yYnN");
        }
    }

    /** By the core schema of YAML 1.2. */
    private static final class Of12 extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.NULL, Pattern.compile("~|null|Null|NULL|"), null);
            addImplicitResolver(Tag.BOOL, Pattern.compile("true|True|TRUE|false|False|FALSE"), "tTfF");
            addImplicitResolver(Tag.INT, Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"), "-+0123456789");
            addImplicitResolver(
                    Tag.FLOAT,
                    Pattern.compile(
                            "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)"),
                    "-+0123456789.");
        }
    }

    private static JsonNode read(String yaml, Resolver types) {
        LoaderOptions options = new LoaderOptions();
        Object tree = new Yaml(
                        new SafeConstructor(options),
                        new Representer(new DumperOptions()),
                        new DumperOptions(),
                        options,
                        types)
                .load(yaml);
        return JSON.valueToTree(tree);
    }

    private static void requireSame(JsonNode tree) throws IOException {
        String yaml = YamlForm.of(tree);
        assertThat(read(yaml, new Of11())).as(yaml).isEqualTo(tree);
        assertThat(read(yaml, new Of12())).as(yaml).isEqualTo(tree);
        assertThat(JACKSON.readTree(yaml)).as(yaml).isEqualTo(tree);
        assertThat(YamlTrees.read(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .as(yaml)
                .containsExactly(tree);
    }

    private static ObjectNode with(String text) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("a", text).put(text, 1);
        tree.putArray("list").add(text).addObject().put("b", text).put(text, text);
        return tree;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.10",
                "1e3",
                "1E3",
                "0x10",
                "0o17",
                "0644",
                "0b1",
                "1_000",
                "+1",
                "-1",
                ".5",
                "1.",
                ".inf",
                "-.Inf",
                ".nan",
                "190:20:30",
                "12:30",
                "2026-11-26",
                "2026-11-26T12:00:00Z",
                "2001-12-14 21:59:43.10 -5",
                "true",
                "TRUE",
                "yes",
                "No",
                "on",
                "OFF",
                "y",
                "N",
                "null",
                "NULL",
                "~",
                "",
                " ",
                "=",
                "<<",
                "- a",
                "-",
                "?",
                "? a",
                ":",
                "a: b",
                "a:",
                "a #b",
                "#",
                "&a",
                "*a",
                "!a",
                "!!str a",
                "%a",
                "@a",
                "`a`",
                "|",
                ">",
                "{",
                "[a]",
                "a, b",
                "'",
                "\"",
                "a ",
                " a",
                "a  b",
                "---",
                "...",
                "\t",
                "a\tb",
                "a\nb",
                "a\nb\n",
                "\na",
                "a\n",
                "a\n\n",
                " a\nb",
                "a \nb",
                "a\n b\n\nc",
                "a\r\nb",
                "\u0007",
                "\u0085",
                "\u2028",
                "\uFEFFa",
                "ä",
                "😀",
                "a\n---\nb",
                "a\n...\nb",
                "nginx:alpine",
                "http://x:80/y?z=1&b",
                "1.2.3.4:80",
                "/data",
                "//x",
                "word",
                "two words",
                "(a)",
                "a (b)",
                "Infinity",
                "NaN",
                "e5",
                "x1e3",
                "{{ x }}",
                "infinity"
            })
    @DisplayName("a text is that text for every reader, as a value and as a name")
    void texts(String text) throws IOException {
        requireSame(with(text));
    }

    @Test
    @DisplayName("whatever a text is made of")
    void anyTexts() throws IOException {
        String signs = "aby1e0_.:-+ \n\t#&*!|>'\"%@`{}[],?~=<xoO/\\\r\u0000\u00e4\u2029";
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(9); length >= 0; length--) {
                text.append(signs.charAt(random.nextInt(signs.length())));
            }
            requireSame(JsonNodeFactory.instance
                    .objectNode()
                    .put("a", text.toString())
                    .put(text.toString(), true));
        }
    }

    @Test
    @DisplayName("words, images and addresses have no quotes, and lines stand below each other")
    void readable() throws IOException {
        ObjectNode tree = (ObjectNode)
                JSON.readTree("{\"name\":\"web\",\"image\":\"nginx:alpine\",\"url\":\"http://10.0.0.1:80/x\","
                        + "\"path\":\"/data/a\",\"reason\":\"waits for node n1 (full)\",\"version\":\"1.10\",\"text\":\"a\\n  b\\n\","
                        + "\"n\":[1,2.5,12345678901234567890,true,null],\"e\":{},\"l\":[]}");
        assertThat(YamlForm.of(tree).lines())
                .containsExactly(
                        "name: web",
                        "image: nginx:alpine",
                        "url: http://10.0.0.1:80/x",
                        "path: /data/a",
                        "reason: waits for node n1 (full)",
                        "version: \"1.10\"",
                        "text: |",
                        "  a",
                        "    b",
                        "\"n\":",
                        "- 1",
                        "- 2.5",
                        "- 12345678901234567890",
                        "- true",
                        "- null",
                        "e: {}",
                        "l: []");
        requireSame(tree);
        List<String> numbers = List.of("1.0E10", "-2.5E20", "1.0E-7", "9007199254740993");
        for (String number : numbers) {
            JsonNode one = JSON.readTree("{\"a\":" + number + "}");
            assertThat(YamlForm.of(one).strip()).matches("a: -?[0-9]+(\\.[0-9]+(E-[0-9]+)?)?");
        }
    }
}
