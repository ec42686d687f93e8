package io.knit.launcher.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.ErrorKind;
import io.knit.api.error.KnitException;
import io.knit.launcher.settings.Secrets;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small deciders between the command line and the builders. */
class WiringTest {
    @TempDir
    Path folder;

    @Test
    void everyKindOfErrorHasAnExitCodeOfItsOwn() {
        assertThat(Arrays.stream(ErrorKind.values()).map(ExitCode::of).distinct())
                .hasSize(ErrorKind.values().length);
        assertThat(ExitCode.of(new KnitException(ErrorCode.NODE_ID_TAKEN, "x"))).isEqualTo(3);
        assertThat(ExitCode.of(new KnitException(ErrorCode.INVALID_CONFIGURATION, "x")))
                .isEqualTo(2);
        assertThat(ExitCode.of(new IllegalArgumentException("x"))).isEqualTo(2);
        assertThat(ExitCode.of(new IllegalStateException("x"))).isEqualTo(1);
    }

    @Test
    void aFailureThatNobodyForesawSaysWhatItWas() {
        assertThat(ExitCode.message(new IOException("disk")))
                .contains("IOException")
                .contains("disk");
        assertThat(ExitCode.message(new IOException())).contains("IOException").doesNotContain("null");
        assertThat(ExitCode.message(new KnitException(ErrorCode.IN_USE, "port 1 is in use")))
                .isEqualTo("port 1 is in use");
    }

    @Test
    void theStrongerSourceDecidesWhichBrokerItIs() {
        List<Setting> all = List.of(Setting.values());
        Settings outside = Settings.resolve(
                all, Map.of("--nats-url", "nats://a:1"), Map.of("KNIT_NATS_ADDR", "b:1"), Map.of("nats-addr", "c:1"));
        Settings embedded =
                Settings.resolve(all, Map.of("--nats-addr", "a:1"), Map.of("KNIT_NATS_URL", "nats://b:1"), Map.of());
        assertThat(outside.given()).containsOnlyKeys("nats-url");
        assertThat(embedded.given()).containsOnlyKeys("nats-addr");
    }

    @Test
    void dataGoesToTheSystemsFolderElseTheUsers() throws IOException {
        Settings none = Settings.resolve(List.of(), Map.of(), Map.of(), Map.of());
        Path system = folder.resolve("var/lib/knit");
        assertThat(DataFolder.of(none, "server", system, Map.of())).isEqualTo(system.resolve("server"));

        Path blocked = Files.writeString(folder.resolve("file"), "").resolve("knit");
        Map<String, String> environment =
                Map.of("XDG_DATA_HOME", folder.resolve("xdg").toString());
        assertThat(DataFolder.of(none, "agent", blocked, environment)).isEqualTo(folder.resolve("xdg/knit/agent"));
    }

    @Test
    void aGivenFolderIsUsedAsItIsOrRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(DataFolder.of(dataDir(folder.resolve("mine")), "server", Map.of()))
                .isEqualTo(folder.resolve("mine"));
        assertThatThrownBy(() -> DataFolder.of(dataDir(file), "server", Map.of()))
                .hasMessageContaining("--data-dir");
    }

    private static Settings dataDir(Path path) {
        return Settings.resolve(List.of(Setting.DATA_DIR), Map.of("--data-dir", path.toString()), Map.of(), Map.of());
    }

    @Test
    void secretsInUrlsAreHidden() {
        assertThat(Secrets.hide("nats://me:pw@a:1,nats://token@b:2")).isEqualTo("nats://***@a:1,nats://***@b:2");
        assertThat(Secrets.hide("jdbc:postgresql://db/knit?user=u&password=p&ssl=true"))
                .isEqualTo("jdbc:postgresql://db/knit?user=***&password=***&ssl=true");
        assertThat(Secrets.hide("nats://10.54.0.1:4222")).isEqualTo("nats://10.54.0.1:4222");
    }
}
