package io.knit.core.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.template.TemplateEngine;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DependsOnTest {
    private static final Admission ADMISSION = new Admission(new TemplateEngine());

    private static DeploymentSpec read(String names) {
        String body = "{\"name\":\"web\",\"image\":\"web:1\",\"depends_on\":" + names.replace('|', '"') + "}";
        return ADMISSION.admit(SpecReader.read(body.getBytes(StandardCharsets.UTF_8)));
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of("|db|", "/depends_on", "depends_on is a string"),
                Arguments.of("[1]", "/depends_on/0", "is a number"),
                Arguments.of(
                        "[|db|,|Not a name|]",
                        "/depends_on/1",
                        "depends_on: \"Not a name\" is not a deployment's name; give 1 to 63 of a-z 0-9 -"),
                Arguments.of(
                        "[|web|]",
                        "/depends_on/0",
                        "depends_on: \"web\" is the deployment itself, which would never start; leave it out"),
                Arguments.of("[|db|,|c|,|db|]", "/depends_on/2", "depends_on: \"db\" is given twice; leave one out"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void wrong(String names, String pointer, String words) {
        assertThatThrownBy(() -> read(names)).isInstanceOfSatisfying(KnitException.class, e -> {
            assertThat(e.getMessage()).contains(words);
            assertThat(e.pointer()).isEqualTo(pointer);
        });
    }

    @Test
    void tooMany() {
        String many = IntStream.range(0, 33).mapToObj(i -> "|d" + i + "|").collect(Collectors.joining(",", "[", "]"));
        assertThatThrownBy(() -> read(many)).hasMessage("depends_on has 33 entries; give 32 at most");
    }

    @Test
    void right() {
        assertThat(read("[|db|,|cache-1|]").dependsOn()).containsExactly("db", "cache-1");
        assertThat(read("[]").dependsOn()).isEmpty();
    }
}
