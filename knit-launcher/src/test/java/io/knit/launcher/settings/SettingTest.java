package io.knit.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.Role;
import io.knit.launcher.KnitCommandTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** Each setting exists as flag, variable and config key, and the three mean the same. */
class SettingTest {
    private static final Set<Setting> BROKERS_TOKEN = Set.of(Setting.TOKEN, Setting.TOKEN_FILE);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Setting.class)
    void hasTheSameNameInAllThreeForms(Setting setting) {
        assertThat(setting.flag()).isEqualTo("--" + setting.key());
        String name = setting.key().toUpperCase(Locale.ROOT).replace('-', '_');
        assertThat(setting.variable())
                .as("KNIT_TOKEN and KNIT_TOKEN_FILE are what the command line shows a server")
                .isEqualTo((BROKERS_TOKEN.contains(setting) ? "KNIT_NATS_" : "KNIT_") + name);
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void canBeGivenInAllThreeForms(Setting setting) throws Exception {
        Path file = Files.writeString(folder.resolve("knit.yaml"), setting.key() + ": \"a value\"\n");
        Map<String, String> read = ConfigFile.read(file, List.of(setting.key()));
        List<Setting> all = List.of(Setting.values());

        assertThat(Settings.resolve(all, Map.of(setting.flag(), "a value"), Map.of(), Map.of())
                        .given(setting))
                .hasValue("a value");
        assertThat(Settings.resolve(all, Map.of(), Map.of(setting.variable(), "a value"), Map.of())
                        .given(setting))
                .hasValue("a value");
        assertThat(Settings.resolve(all, Map.of(), Map.of(), read).given(setting))
                .hasValue("a value");
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void aFlagWinsOverAVariableAndThatOverTheFile(Setting setting) {
        List<Setting> all = List.of(Setting.values());
        Map<String, String> flags = Map.of(setting.flag(), "flag");
        Map<String, String> environment = Map.of(setting.variable(), "variable");
        Map<String, String> file = Map.of(setting.key(), "file");

        assertThat(Settings.resolve(all, flags, environment, file).text(setting))
                .hasValue("flag");
        assertThat(Settings.resolve(all, Map.of(), environment, file).text(setting))
                .hasValue("variable");
        assertThat(Settings.resolve(all, Map.of(), Map.of(), file).text(setting))
                .hasValue("file");
        assertThat(Settings.resolve(all, Map.of(), Map.of(), Map.of()).text(setting))
                .isEqualTo(setting.otherwise());
        assertThat(Settings.resolve(all, Map.of(), Map.of(setting.variable(), " "), file)
                        .text(setting))
                .as("a variable that is set to nothing is not set")
                .hasValue("file");
    }

    @Test
    void theCommandLineTakesEveryFlagOfItsRoleAndNoOther() {
        assertThat(flagsOf("server", "start")).isEqualTo(expected(Set.of(Role.SERVER)));
        assertThat(flagsOf("agent", "start")).isEqualTo(expected(Set.of(Role.AGENT)));
        assertThat(flagsOf("nats", "start"))
                .containsExactlyInAnyOrderElementsOf(
                        Setting.BROKER.stream().map(Setting::flag).toList());
        assertThat(flagsOf("dev")).isEqualTo(expected(Set.of(Role.SERVER, Role.AGENT)));
    }

    @ParameterizedTest
    @CsvSource({
        "1,1",
        "65536,65536",
        "1k,1024",
        "512KiB,524288",
        "1m,1048576",
        "1MiB,1048576",
        "1 MB,1048576",
        "64M,67108864"
    })
    void sizesAreReadAsPeopleWriteThem(String text, int bytes) {
        Settings settings = Settings.resolve(Setting.BROKER, Map.of("--max-payload", text), Map.of(), Map.of());
        assertThat(settings.bytes(Setting.MAX_PAYLOAD, 64 << 20)).isEqualTo(bytes);
    }

    private static Set<String> flagsOf(String... words) {
        CommandLine command = KnitCommandTest.commandLine();
        for (String word : words) {
            command = Objects.requireNonNull(command.getSubcommands().get(word), word);
        }
        Set<String> flags = new TreeSet<>(command.getCommandSpec().optionsMap().keySet());
        flags.removeAll(List.of("--config", "--help", "-h"));
        return flags;
    }

    private static Set<String> expected(Set<Role> roles) {
        Set<String> flags = new TreeSet<>();
        Setting.of(roles).forEach(setting -> flags.add(setting.flag()));
        assertThat(flags)
                .as("settings there are")
                .isSubsetOf(Arrays.stream(Setting.values()).map(Setting::flag).toList());
        return flags;
    }
}
