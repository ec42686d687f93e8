package io.knit.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    private static final List<String> KNOWN = List.of("http-addr", "nats-url", "labels", "node-id", "down-after");

    @TempDir
    Path folder;

    @Test
    void takesValuesAsTheyAreWritten() throws IOException {
        assertThat(read("""
                # a comment
                http-addr: 10.54.0.1:8080
                node-id: 007
                down-after: 1m   # another
                nats-url: "nats://[fd00::1]:4222"
                """))
                .isEqualTo(Map.of(
                        "http-addr", "10.54.0.1:8080",
                        "node-id", "007",
                        "down-after", "1m",
                        "nats-url", "nats://[fd00::1]:4222"));
    }

    @Test
    void takesLabelsAsAMappingOrAsOnTheCommandLine() throws IOException {
        assertThat(read("labels: region=eu,ssd=true\n")).containsEntry("labels", "region=eu,ssd=true");
        assertThat(read("labels:\n  region: eu\n  ssd: true\n")).containsEntry("labels", "region=eu,ssd=true");
    }

    @Test
    void takesAnEmptyFile() throws IOException {
        assertThat(read("")).isEmpty();
        assertThat(read("# nothing yet\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http-adr: x           | did you mean \"http-addr\"?",
                "http_addr: x          | did you mean \"http-addr\"?",
                "colour: red           | it takes http-addr, nats-url",
                "http-addr: [::1]:8080 | put it in quotes",
                "http-addr: [a]        | put it in quotes",
                "http-addr:            | has no value",
                "http-addr: ''         | has no value",
                "- http-addr           | it is no list of settings",
                "just words            | it is no list of settings",
                "node-id: b: c         | line 1 is not YAML",
                "http-addr: [a]:1      | put it in quotes",
                "node-id: *none        | line 1 is not YAML that Knit reads (found undefined alias none)",
                "labels: {a: {b: c}}   | must be one text",
            })
    void refusesWhatItDoesNotUnderstand(String text, String why) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("config file ")
                .hasMessageContaining(why);
    }

    @Test
    void severalValuesMayStandInAList() throws IOException {
        assertThat(read("labels: [a=1, b=2]\nnode-id: n\n"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("labels", "a=1,b=2", "node-id", "n"));
        assertThat(read("labels:\n- a=1\n- b=2,c=3\n")).isEqualTo(Map.of("labels", "a=1,b=2,c=3"));
        assertThatThrownBy(() -> read("labels: []\n")).hasMessageContaining("\"labels\" has no value");
        assertThatThrownBy(() -> read("labels: [a=1, ~, ' ']\n"))
                .hasMessageContaining("each value of \"labels\" must be one text");
        assertThatThrownBy(() -> read("node-id: [a, b]\n"))
                .hasMessageContaining("the value of \"node-id\" must be one text");
    }

    @Test
    void anAliasIsWhatItsAnchorStandsFor() throws IOException {
        assertThat(read("node-id: &me n1\nlabels: {name: *me}\n"))
                .isEqualTo(Map.of("node-id", "n1", "labels", "name=n1"));
        assertThatThrownBy(() -> read("node-id: a\n---\nhttp-addr: b\n")).hasMessageContaining("several documents");
    }

    @Test
    void refusesAKeyGivenTwice() {
        assertThatThrownBy(() -> read("node-id: a\nnode-id: b\n"))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("node-id");
    }

    @Test
    void refusesAFolderAndWhatIsNoText() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> ConfigFile.read(folder, KNOWN)).hasMessageContaining("it can't be read");
        assertThatThrownBy(() -> ConfigFile.read(binary, KNOWN)).isInstanceOf(KnitException.class);
    }

    private Map<String, String> read(String text) throws IOException {
        return ConfigFile.read(Files.writeString(folder.resolve("knit.yaml"), text), KNOWN);
    }
}
