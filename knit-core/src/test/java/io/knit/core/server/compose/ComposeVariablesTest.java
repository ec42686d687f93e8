package io.knit.core.server.compose;

import static io.knit.core.server.compose.ComposeReading.TOP;
import static io.knit.core.server.compose.ComposeReading.lines;
import static io.knit.core.server.compose.ComposeReading.read;
import static io.knit.core.server.compose.ComposeReading.refusals;
import static io.knit.core.server.compose.ComposeReading.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Variables of a Compose file, files of them, and the name of its project, which is one. */
class ComposeVariablesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    $SET                  | value
                    ${SET}                | value
                    a${SET}b              | avalueb
                    ${SET:-x}             | value
                    ${EMPTY:-x}           | x
                    ${EMPTY-x}            | ''
                    ${NONE:-x}            | x
                    ${NONE-x}             | x
                    ${NONE:-${SET}}       | value
                    ${NONE:-${NONE:-${SET}}}y | valuey
                    ${NONE:-a:b}          | a:b
                    ${SET:?why}           | value
                    ${EMPTY?why}          | ''
                    ${SET:+x}             | x
                    ${EMPTY:+x}           | ''
                    ${EMPTY+x}            | x
                    ${NONE+x}             | ''
                    $$SET                 | $SET
                    $${SET}               | ${SET}
                    $$$SET                | $value
                    """)
    void variablesArePutIn(String written, String value) {
        assertThat(spec("environment: {A: '" + written + "'}").at("/env/A").asText())
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ${NONE:?why not}      | the variable NONE is not set: why not
                    ${EMPTY:?}            | the variable EMPTY is not set
                    ${NONE?}              | the variable NONE is not set
                    ${                    | ${ is not closed
                    a$                    | a dollar stands alone
                    ${-x}                 | names no variable
                    ${SET/a/b}            | is not understood
                    $ x                   | behind a dollar there is no variable's name
                    """)
    void orRefusedWithTheirLine(String written, String words) {
        assertThat(refusals(TOP + "    environment:\n      A: '" + written + "'\n"))
                .singleElement()
                .asString()
                .startsWith("c.yaml:6:10: ")
                .contains(words);
    }

    @Test
    void whatIsNotSetIsEmptyAndSaid() {
        assertThat(lines(read(TOP + "    user: $NONE\n")))
                .singleElement()
                .hasToString(
                        "c.yaml:5:11: the variable NONE is not set, and is empty here; set it, in .env beside the file or in the environment, or write ${NONE:-} for none");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name: shop                            |       |        | shop    |
                    'name: "My_Shop"'                     |       |        | my-shop | my_shop
                    name: my_shop                         |       |        | my-shop | my_shop
                    name: shop                            |       | my_app | my-app  | my_app
                    name: ${COMPOSE_PROJECT_NAME:-shop}   |       | my_app | my-app  | my_app
                    name: shop                            |       | My_App | my-app  | My_App
                    name: shop                            | A_B   | my_app | a-b     | a_b
                    name: ${X:-shop}                      |       |        | shop    |
                    name: ${COMPOSE_PROJECT_NAME:-shop}   |       |        | shop    |
                    name: ${COMPOSE_PROJECT_NAME:-shop}   |       | other  | other   |
                    name: shop                            | given |        | given   |
                    name: shop                            | given | other  | given   |
                    name: shop                            |       | other  | other   |
                    'x-a: [name, {name: a}]\nname: shop'  |       |        | shop    |
                    name:                                 | given |        | given   |
                    x-a: b                                | given |        | given   |
                    """)
    @DisplayName("the project's name is a variable, whoever gives it")
    void projectIsAVariable(String top, String given, String variable, String name, String put) {
        String value = put == null ? name : put;
        String services =
                "\nservices: {web: {extends: {file: b.yaml, service: base}, env_file: e, labels: ['${COMPOSE_PROJECT_NAME}']}}\n";
        ComposeStack stack = Compose.read(
                ComposeSource.of("c.yaml", top.replace("\\n", "\n") + services)
                        .named(given == null ? "" : given)
                        .with(variable == null ? Map.of() : Map.of("COMPOSE_PROJECT_NAME", variable), null)
                        .along(
                                file -> file.equals("e")
                                        ? "B=a${COMPOSE_PROJECT_NAME}\n"
                                        : "services: {base: {image: '${COMPOSE_PROJECT_NAME}_db', environment: [COMPOSE_PROJECT_NAME]}}"));
        assertThat(lines(stack)).isEmpty();
        JsonNode spec = stack.services().get(0).spec();
        assertThat(stack.project()).isEqualTo(name);
        assertThat(spec.path("labels")).hasToString("{\"" + value + "\":\"\"}");
        assertThat(spec.path("image").asText()).isEqualTo(value + "_db");
        assertThat(spec.path("env"))
                .hasToString("{\"B\":\"a" + value + "\",\"COMPOSE_PROJECT_NAME\":\"" + value + "\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name: x-                         | c.yaml:1:7: the project's name "x-" is none
                    name: [a]                        | c.yaml:1:7: the project has no name
                    name: null                       | c.yaml:1:7: the project has no name
                    name: ${COMPOSE_PROJECT_NAME:?w} | c.yaml:1:7: the variable COMPOSE_PROJECT_NAME is not set: w
                    """)
    @DisplayName("a name in the file that is none is refused once, where it stands")
    void projectIsNone(String top, String words) {
        assertThat(refusals(top + "\nservices: {a: {image: '${COMPOSE_PROJECT_NAME:-a}'}}\n"))
                .first()
                .asString()
                .startsWith(words);
    }

    @Test
    @DisplayName(
            "several files of variables are read one after the other: each has its own name and lines, the later counts")
    void envFiles() {
        List<ComposeSource.EnvFile> files = List.of(
                new ComposeSource.EnvFile("a.env", "A=1\nB=\"open\n"),
                new ComposeSource.EnvFile("b.env", "\uFEFFA=2\nC=$A\nPASS=ab${9x!yz}\nTOLD=${NONE:?hush}\n"));
        ComposeStack stack = Compose.read(new ComposeSource("c", TOP, Map.of(), files, Set.of(), "", name -> null));
        assertThat(lines(stack))
                .anyMatch(line -> line.startsWith("a.env:2:1: the quote that begins here is not closed"))
                .anyMatch(line -> line.startsWith("b.env:3:1: ${…} (not shown) names no variable"))
                .anyMatch(line -> line.startsWith("b.env:4:1: the variable NONE is not set; "))
                .hasSize(3)
                .noneMatch(line -> line.contains("9x") || line.contains("hush"));
        ComposeStack sound = Compose.read(new ComposeSource(
                "c",
                TOP + "    environment: {A: '$A', C: '$C'}\n",
                Map.of(),
                List.of(new ComposeSource.EnvFile("a", "A=1\n"), new ComposeSource.EnvFile("b", "\uFEFFA=2\nC=$A\n")),
                Set.of(),
                "",
                name -> null));
        assertThat(lines(sound)).isEmpty();
        assertThat(sound.services().get(0).spec().at("/env").toString()).isEqualTo("{\"A\":\"2\",\"C\":\"2\"}");
    }

    @Test
    @DisplayName(
            "files of variables: comments, quotes, export, variables of their own; what stands in the environment goes first")
    void envFile() {
        String env = """
                # of the shop
                export A=one # not this
                B='two $A #'
                C="three \\"${A}\\"\\n"
                D = ${E:-four}
                SET=lost
                F="over
                lines"
                G=a#b
                H=#b
                I= # not this
                J=a\t# nor this
                K= #
                L= a #b#c
                M='a' # not this
                N: #b
                """;
        ComposeStack stack = Compose.read(ComposeSource.of(
                        "c.yaml",
                        TOP
                                + "    environment: {A: $A, B: $B, C: $C, D: $D, S: $SET, F: $F, G: $G, H: $H, I: $I, J: $J, K: $K, L: $L, M: $M, N: $N}\n")
                .with(Map.of("SET", "kept"), env));
        assertThat(lines(stack)).isEmpty();
        assertThat(stack.services().get(0).spec().get("env"))
                .hasToString(
                        "{\"A\":\"one\",\"B\":\"two $A #\",\"C\":\"three \\\"one\\\"\\n\",\"D\":\"four\",\"S\":\"kept\",\"F\":\"over\\nlines\",\"G\":\"a#b\",\"H\":\"#b\",\"I\":\"\",\"J\":\"a\",\"K\":\"\",\"L\":\"a\",\"M\":\"a\",\"N\":\"\"}");
        assertThat(lines(Compose.read(ComposeSource.of("c.yaml", TOP).with(Map.of(), "A=1\n=b\nC=\"d\n"))))
                .containsExactly(
                        ".env:2:1: this line (not shown) sets no variable; write NAME=value",
                        ".env:3:1: the quote that begins here is not closed; close it");
    }

    @Test
    void whatIsWrongInAFileOfVariablesIsNotShown() {
        String key = "KEY=-----BEGIN PRIVATE KEY-----\nhunter2secret\nhunter2/secret+\n-----END PRIVATE KEY-----\n";
        ComposeStack stack = Compose.read(
                ComposeSource.of("c.yaml", TOP).with(Map.of(), "A=1\nhunter2 secret/+\n" + key + "=hunter2\n"));
        assertThat(lines(stack))
                .containsExactly(
                        ".env:2:1: this line (not shown) sets no variable; write NAME=value",
                        ".env:3:1: the value of KEY goes on over several lines, and has no quotes;"
                                + " put all of it into quotes: KEY=\"-----BEGIN…\"",
                        ".env:7:1: this line (not shown) sets no variable; write NAME=value");
    }

    @Test
    @DisplayName("nor what stands behind a dollar in one: a password may have it")
    void dollarsInAFileOfVariables() {
        String text = "A=pa$Winter1x\nB=\"${Winter2x}\"\nC=${D:-a$Winter3x}\nE='a$Winter6x'\nF=$A\n";
        String empty =
                " a variable of this value (not shown) is not set, and is empty here; put the value into single quotes,";
        ComposeStack stack = Compose.read(
                ComposeSource.of("c.yaml", TOP.replace("web:1", "web:1$E")).with(Map.of(), text));
        assertThat(lines(stack))
                .noneMatch(words -> words.contains("Winter"))
                .satisfiesExactly(
                        words -> assertThat(words).startsWith(".env:1:1:" + empty),
                        words -> assertThat(words).startsWith(".env:2:1:" + empty),
                        words -> assertThat(words).startsWith(".env:3:1:" + empty));
    }
}
