package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.launcher.Typed;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README tells a newcomer to type first works on a first machine, which has no labels, no mesh and one loopback address. */
class ReadmeTest {
    @Test
    void theFirstExampleFitsAFirstMachine() throws Exception {
        String curl = Readme.line("curl -X POST http://127.0.0.1:8080/deployments");
        String file = curl.substring(curl.indexOf("-d @") + 4);
        JsonNode spec = new ObjectMapper().readTree(Readme.HOME.resolve(file).toFile());
        assertThat(spec.has("node_selector")).isFalse();
        assertThat(spec.path("ports").findValuesAsText("host_ip")).containsOnly("127.0.0.1");
        assertThat(spec.path("ports").findValuesAsText("host_port"))
                .as("a fixed port may be in use there")
                .isEmpty();
    }

    @Test
    @DisplayName(
            "every line of its part on one machine is a command, from the start to the end: deployed, updated, rolled back, taken away")
    void whatItHasPeopleType() {
        assertThat(Readme.HOME.resolve("bin/knit")).isExecutable();
        List<List<String>> typed = Readme.typed();
        assertThat(typed)
                .extracting(words -> words.get(0))
                .containsExactly("dev", "deploy", "status", "deploy", "history", "rollback", "undeploy");
        assertThat(typed.get(3)).contains("--set");
        typed.forEach(ReadmeTest::isThere);
    }

    @ParameterizedTest
    @ValueSource(strings = {"./bin/knit-server", "./bin/knit-agent"})
    void whatItStartsIsThere(String beginning) {
        String[] words = Readme.words(beginning);
        assertThat(Readme.HOME.resolve(words[0])).isExecutable();
        words[0] = words[0].substring("./bin/knit-".length());
        isThere(List.of(words));
    }

    private static void isThere(List<String> words) {
        String[] help = Stream.concat(words.stream(), Stream.of("--help")).toArray(String[]::new);
        assertThat(Typed.knit(Map.of(), help).exitCode()).as("%s", words).isZero();
    }
}
