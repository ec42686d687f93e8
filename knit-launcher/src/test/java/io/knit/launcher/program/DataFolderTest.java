package io.knit.launcher.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataFolderTest {
    private static final Settings NONE = Settings.resolve(List.of(), Map.of(), Map.of(), Map.of());

    @TempDir
    Path folder;

    private Path system;
    private Map<String, String> environment;

    @BeforeEach
    void folders() {
        system = folder.resolve("var/lib/knit");
        environment = Map.of("XDG_DATA_HOME", folder.resolve("xdg").toString());
    }

    private static DataFolder on(Path system) {
        return new DataFolder(system, Files::createDirectories);
    }

    /** Where nothing can be made for want of what the reason names. */
    private DataFolder full(String reason) {
        return new DataFolder(system, wanted -> {
            if (wanted.startsWith(folder.resolve("xdg"))) {
                Files.createDirectories(wanted);
            } else {
                throw new FileSystemException(wanted.toString(), null, reason);
            }
        });
    }

    private static Settings dataDir(Path path) {
        return Settings.resolve(List.of(Setting.DATA_DIR), Map.of("--data-dir", path.toString()), Map.of(), Map.of());
    }

    @Test
    void dataGoesToTheSystemsFolderElseTheUsers() throws IOException {
        assertThat(on(system).of(NONE, "server", Map.of())).isEqualTo(system.resolve("server"));

        Path blocked = Files.writeString(folder.resolve("file"), "").resolve("knit");
        assertThat(on(blocked).of(NONE, "agent", environment)).isEqualTo(folder.resolve("xdg/knit/agent"));
        assertThat(on(blocked).choose(NONE, "agent", environment)).isEqualTo(folder.resolve("xdg/knit/agent"));
    }

    @Test
    void aGivenFolderIsUsedAsItIsOrRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(on(system).of(dataDir(folder.resolve("mine")), "server", Map.of()))
                .isEqualTo(folder.resolve("mine"));
        assertThatThrownBy(() -> on(system).of(dataDir(file), "server", Map.of()))
                .hasMessageContaining("--data-dir");
        assertThatThrownBy(() -> on(system).choose(dataDir(file), "agent", Map.of()))
                .hasMessageContaining("--data-dir");
        Path named = folder.resolve("n".repeat(300));
        assertThatThrownBy(() -> on(system).choose(dataDir(named), "agent", Map.of()))
                .hasMessageContaining("can't be made or written by this user");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "No space left on device",
                "Disk quota exceeded",
                "Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
                "Der zugewiesene Plattenplatz (Quota) ist überschritten"
            })
    @DisplayName("an agent is given the folder that a full disk keeps from being made: it waits for room there")
    void anAgentWaits(String reason) {
        assertThat(full(reason).choose(dataDir(folder.resolve("mine")), "agent", environment))
                .isEqualTo(folder.resolve("mine"));
        assertThat(full(reason).choose(NONE, "agent", environment))
                .as("in another folder it would be another node")
                .isEqualTo(system.resolve("agent"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "No space left on device",
                "Disk quota exceeded",
                "Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
                "Der zugewiesene Plattenplatz (Quota) ist überschritten"
            })
    @DisplayName(
            "a server's is not another one for a full disk, where it would found a new cluster: it says what is full")
    void aServerEnds(String reason) {
        assertThatThrownBy(() -> full(reason).of(NONE, "server", environment))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE))
                .hasMessageContaining(system.resolve("server") + " can't be made")
                .hasMessageContaining("disk is full; make room");
        assertThatThrownBy(() -> full(reason).of(dataDir(folder.resolve("mine")), "server", environment))
                .hasMessageContaining(folder.resolve("mine") + " can't be made");
        assertThat(folder.resolve("xdg")).doesNotExist();
    }
}
