package io.knit.launcher.remote.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Knows no anchors; of all else its word counts. */
    private static final ObjectMapper PLAIN = new ObjectMapper(new YAMLFactory());

    private static List<ObjectNode> read(byte[] bytes) {
        return SpecFiles.read(List.of("-"), new ByteArrayInputStream(bytes));
    }

    private static List<ObjectNode> read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "image: &i web:3; canary: *i                           | {'image':'web:3','canary':'web:3'}",
                "a: &n 3; b: *n                                        | {'a':3,'b':3}",
                "a: &l [1, {x: y}]; b: *l                              | {'a':[1,{'x':'y'}],'b':[1,{'x':'y'}]}",
                "a: &b {x: 1, y: 2}; c: {<<: *b, y: 3}                 | {'a':{'x':1,'y':2},'c':{'x':1,'y':3}}",
                "a: &b {x: 1, y: 2}; c: {y: 3, <<: *b}                 | {'a':{'x':1,'y':2},'c':{'x':1,'y':3}}",
                "a: &a {x: 1}; b: &b {x: 2, y: 2}; c: {<<: [*a, *b]}   | {'a':{'x':1},'b':{'x':2,'y':2},'c':{'x':1,'y':2}}",
                "a: &k word; *k : 2                                    | {'a':'word','word':2}",
                "'<<': {x: 1}                                          | {'<<':{'x':1}}"
            })
    @DisplayName("an alias is what its anchor stands for")
    void anchors(String text, String wanted) throws IOException {
        assertThat(read(text.replace("; ", "\n")))
                .containsExactly((ObjectNode) JSON.readTree(wanted.replace('\'', '"')));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "0",
                "-1",
                "+1",
                "9223372036854775807",
                "9223372036854775808",
                "123456789012345678901234567890",
                "1_000",
                "0644",
                "0o644",
                "0x1F",
                "-0x1F",
                "0b101",
                "09",
                "1e3",
                "1.0e3",
                "1.5",
                "1.10",
                ".5",
                "5.",
                "-.5e-3",
                "1_0.5",
                ".inf",
                "-.inf",
                ".nan",
                "190:20:30",
                "12:30",
                "190:20:30.15",
                "true",
                "True",
                "TRUE",
                "false",
                "yes",
                "Yes",
                "no",
                "on",
                "off",
                "y",
                "n",
                "null",
                "Null",
                "~",
                "",
                "2026-11-26",
                "2026-11-26T12:00:00Z",
                "=",
                "<<",
                "'1'",
                "\"1\"",
                "'yes'",
                "''",
                "\"a\\u00e4\\tb\"",
                "word",
                "two words",
                "a:b",
                "http://x:80/y",
                "-a",
                "*",
                "!!str 5",
                "!!int \"5\"",
                "!!float 5",
                "!!bool \"true\"",
                "!!null x",
                "!!binary aGVsbG8=",
                "!own 5",
                "! 5",
                "|\n  a\n  b\n",
                ">-\n  a\n  b\n",
                "[]",
                "{}",
                "[1, 'a', [true]]",
                "{a: 1, 2: b, true: c}",
                "\n- 1\n- two\n",
                "\"\\ud83d\\ude00\"",
                "😀"
            })
    @DisplayName("what has no anchors is what it was, numbers above all")
    void asBefore(String value) throws IOException {
        String text = "a: " + value;
        JsonNode before;
        try {
            before = PLAIN.readTree(text);
        } catch (IOException e) {
            assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class);
            return;
        }
        assertThat(read(text)).containsExactly((ObjectNode) before);
    }

    @Test
    void severalDocuments() throws IOException {
        assertThat(read("# none\n---\na: &x 1\n---\n---\nb: 2\n...\n---\n{\"c\": [1.0, \"/\"]}\n"))
                .extracting(ObjectNode::toString)
                .containsExactly("{\"a\":1}", "{\"b\":2}", "{\"c\":[1.0,\"/\"]}");
        assertThat(read("\uFEFFa: 1")).extracting(ObjectNode::toString).containsExactly("{\"a\":1}");
        // in words: of one long word the parser copies all for each thousand letters
        String large = ("x".repeat(99) + " ").repeat(50_000) + "x";
        assertThat(read("{\"a\":\"" + large + "\"}").get(0).path("a").asText()).isEqualTo(large);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "a: 1;b: 2;a: 3           | standard input, line 3, column 1: Duplicate field 'a'",
                "a: {b: 1, b: 2}          | standard input, line 1, column 11: Duplicate field 'b'",
                "a: *none                 | standard input, line 1, column 4: found undefined alias none",
                "a: 1;---;b: *none        | standard input, line 3, column 4: found undefined alias none",
                "a: &x 1;---;b: *x        | standard input, line 3, column 4: found undefined alias x",
                "a: b: c                  | standard input, line 1, column 5: mapping values are not allowed here",
                "a: [1                    | standard input, line 1, column 6: ",
                "a: {<<: 3}               | standard input, line 1, column 9: << merges objects",
                "a: &x 1;b: {<<: [*x]}    | << merges objects",
                "[a]: 1                   | standard input, line 1, column 1: a key is no word",
                "a: &l [*l]               | or an alias is in what it stands for",
                "- 1                      | standard input holds no object; write name:",
                "5                        | standard input holds no object; write name:",
                "# nothing                | there is nothing in -"
            })
    void refused(String text, String words) {
        assertThatThrownBy(() -> read(text.replace(";", "\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    @DisplayName("what a file comes to is bounded, however short it is")
    void bounded() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            laughs.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1) + "]\n");
        }
        assertThatThrownBy(() -> read(laughs.toString()))
                .hasMessageContaining("with every alias written out it has more than 1000000 parts");
        assertThatThrownBy(() -> read("a: &a {}\nb: [" + "*a, ".repeat(501) + "]"))
                .hasMessageContaining("aliases");
        assertThatThrownBy(() -> read("a: " + "[".repeat(100) + "]".repeat(100)))
                .hasMessageContaining("epth");
        assertThatThrownBy(() -> read("a: &l {b: &m [*l]}")).hasMessageContaining("an alias is in what it stands for");
        assertThatThrownBy(() -> read(new byte[(16 << 20) + 1])).hasMessage("standard input: it is larger than 16 MiB");
        assertThatThrownBy(() -> read("a: ä".getBytes(StandardCharsets.ISO_8859_1)))
                .hasMessage("standard input: it is no text in UTF-8; save it as that");
    }
}
