package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.launcher.Typed;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    void whatItStartsIsThere() {
        String[] dev = Readme.words("./bin/knit dev");
        assertThat(Readme.HOME.resolve(dev[0])).isExecutable();
        for (String beginning : new String[] {
            "./bin/knit dev",
            "./bin/knit deploy",
            "./bin/knit status",
            "./bin/knit undeploy",
            "./bin/knit-server",
            "./bin/knit-agent"
        }) {
            String[] words = Readme.words(beginning);
            String role = words[0].substring("./bin/knit".length()).replace("-", "");
            String[] typed =
                    role.isEmpty() ? Arrays.copyOfRange(words, 1, words.length) : Arrays.copyOf(words, words.length);
            if (!role.isEmpty()) {
                typed[0] = role;
            }
            String[] help = Arrays.copyOf(typed, typed.length + 1);
            help[typed.length] = "--help";
            assertThat(Typed.knit(Map.of(), help).exitCode()).as(beginning).isZero();
        }
    }
}
