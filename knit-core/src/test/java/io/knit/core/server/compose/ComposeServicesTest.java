package io.knit.core.server.compose;

import static io.knit.core.server.compose.ComposeReading.TOP;
import static io.knit.core.server.compose.ComposeReading.lines;
import static io.knit.core.server.compose.ComposeReading.names;
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

/** Which services of a Compose file there are: their names and order, what they are made of by merging and extending, and whom nobody wants. */
class ComposeServicesTest {
    @Test
    void whatIsMergedInStandsUnderWhatIsThere() {
        JsonNode spec = read("""
                name: shop
                x-a: &a {user: app, environment: {A: a, B: b}}
                x-b: &b {user: other, hostname: h}
                services:
                  web:
                    <<: [*a, *b]
                    image: web:1
                    environment: {A: c}
                """).services().get(0).spec();
        assertThat(spec.get("user").asText()).isEqualTo("app");
        assertThat(spec.get("hostname").asText()).isEqualTo("h");
        assertThat(spec.get("env")).hasToString("{\"A\":\"c\"}");
    }

    @Test
    void whatIsExtendedToo() {
        String base = """
                services:
                  base:
                    extends: root
                    image: base:1
                    environment: [A=a, B=b]
                    ports: ["80"]
                  root: {image: root:1, command: [run], user: root}
                """;
        ComposeStack stack =
                Compose.read(ComposeSource.of("c.yaml", """
                        name: shop
                        services:
                          web:
                            extends: {file: base.yaml, service: base}
                            environment: {B: c}
                            ports: ["81"]
                            command: serve
                        """).along(file -> file.equals("base.yaml") ? base : null));
        assertThat(lines(stack)).isEmpty();
        JsonNode spec = stack.services().get(0).spec();
        assertThat(spec.get("image").asText()).isEqualTo("base:1");
        assertThat(spec.get("user").asText()).isEqualTo("root");
        assertThat(spec.get("env")).hasToString("{\"A\":\"a\",\"B\":\"c\"}");
        assertThat(spec.get("args")).hasToString("[\"serve\"]");
        assertThat(spec.get("ports")).hasSize(2);

        assertThat(refusals("name: s\nservices:\n  a: {extends: b, image: x}\n  b: {extends: a}\n"))
                .anyMatch(line -> line.contains("extends itself"));
        assertThat(refusals("name: s\nservices:\n  a: {extends: c, image: x}\n"))
                .containsExactly("c.yaml:3:7: there is no service c to extend; write service: with one of this file");
    }

    @Test
    @DisplayName("profiles choose; a variable can give one, and * is all")
    void profiles() {
        String text = TOP + "  one: {image: a, profiles: [x]}\n  two: {image: a, profiles: [y, z]}\n";
        assertThat(names(read(text))).containsExactly("shop-web");
        assertThat(names(Compose.read(ComposeSource.of("c", text).in(Set.of("z")))))
                .containsExactly("shop-web", "shop-two");
        assertThat(names(Compose.read(ComposeSource.of("c", text).in(Set.of("*")))))
                .hasSize(3);
        assertThat(names(Compose.read(ComposeSource.of("c", text).with(Map.of("COMPOSE_PROFILES", "x,y"), null))))
                .hasSize(3);
    }

    @Test
    @DisplayName(
            "for a service that nobody wants nothing is refused or said but a word that is no key; for what a wanted one extends it is")
    void whatNobodyWants() {
        String one =
                "  one: {image: a, profiles: [x], cpuset: '0', build: ., annotations: {a: b}, volumes: [{type: bind, bind: {recursive: disabled}}]}\n";
        assertThat(lines(read(TOP + one))).isEmpty();
        assertThat(Compose.read(ComposeSource.of("c.yaml", TOP + one).in(Set.of("x")))
                        .findings())
                .extracting(finding -> finding.words().split(":")[0])
                .contains("cpuset", "annotations", "recursive");
        assertThat(refusals(TOP + "  one: {image: a, profiles: [x], imagee: b}\n"))
                .containsExactly("c.yaml:5:34: there is no key \"imagee\"; did you mean image?");

        String base = """
                services:
                  base: {image: base:1, extends: root}
                  root: {image: a}
                  other: {image: a, cpuset: '0', imagee: b}
                """;
        String text = "name: shop\nservices: {web: {extends: {file: base.yaml, service: base}}}\n";
        assertThat(along(text, base)).isEmpty();
        assertThat(along(text, base.replace("root: {", "root: {cpuset: '0', imagee: b, ")))
                .containsExactly(
                        "base.yaml:3:10: cpuset: which processors is the node's choice; write cpus: with how many",
                        "base.yaml:3:23: there is no key \"imagee\"; did you mean image?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    base: {image: a}          | base.yaml:1:1
                    service: {base: {user: a}} | base.yaml:1:1
                    [a]                       | base.yaml:1:1
                    x                         | base.yaml:1:1
                    services: [a]             | base.yaml:1:1
                    services: a               | base.yaml:1:1
                    services:                 | base.yaml:1:1
                    """)
    @DisplayName("a file that is extended and has no services is refused, and not passed over")
    void extendsWhatHasNoServices(String base, String place) {
        assertThat(along("name: s\nservices: {a: {image: a, extends: {file: base.yaml, service: base}}}\n", base))
                .containsExactly(
                        place + ": the file base.yaml has no services; write services: and under it what is extended");
    }

    private static List<String> along(String text, String base) {
        return lines(Compose.read(ComposeSource.of("c.yaml", text).along(file -> base)));
    }

    @Test
    @DisplayName("a service on whose end another waits is a job; each comes after what it depends on")
    void order() {
        ComposeStack stack = read("""
                name: shop
                services:
                  a: {image: a, depends_on: {b: {condition: service_healthy}, c: {condition: service_completed_successfully}}}
                  b: {image: a, depends_on: [c_1]}
                  c: {image: a, restart: "no"}
                  c_1: {image: a}
                """);
        assertThat(names(stack)).containsExactly("shop-c", "shop-c-1", "shop-b", "shop-a");
        assertThat(stack.services().get(0).spec())
                .hasToString(
                        "{\"name\":\"shop-c\",\"stack\":\"shop\",\"image\":\"a\",\"init\":false,\"mode\":\"job\",\"job\":{\"retries\":0},\"networks\":[{\"name\":\"shop_default\",\"aliases\":[\"c\"]}]}");
    }

    @Test
    void namesAreThoseOfDeployments() {
        assertThat(refusals("services: {a: {image: a}}\n"))
                .containsExactly(
                        "c.yaml:1:1: the project has no name; give one (--project NAME, project), or write name: NAME at the top of the file");
        assertThat(names(read("name: My_Shop\nservices: {Web_1.a: {image: a}}\n")))
                .containsExactly("my-shop-web-1-a");
        assertThat(refusals("name: shop\nservices: {a_b: {image: a}, a-b: {image: a}}\n"))
                .singleElement()
                .asString()
                .contains("a-b and a_b would both be the deployment shop-a-b");
        assertThat(refusals("name: -\nservices: {a: {image: a}}\n")).isNotEmpty();
        assertThat(refusals("name: " + "x".repeat(60) + "\nservices: {abcd: {image: a}}\n"))
                .singleElement()
                .asString()
                .contains("has 65 characters");
    }

    @Test
    @DisplayName("of a service that is left out no key is refused; what is needed to read the files is asked for")
    void leftOut() {
        String text = TOP + "  debug: {profiles: [debug], image: a, KEY}\n";
        assertThat(refusals(text.replace("KEY", "cpuset: '0'"))).isEmpty();
        assertThat(refusals(text.replace("KEY", "environment: {T: '${NONE:?set it}'}")))
                .singleElement()
                .asString()
                .contains("the variable NONE is not set: set it");
        assertThat(refusals(text.replace("KEY", "extends: {file: none.yaml, service: x}")))
                .singleElement()
                .asString()
                .contains("the file none.yaml is not there");
    }
}
