package io.knit.core.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.SecretMount;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.seal.SealKey;
import io.knit.core.wire.seal.SealedFor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {
    private static final SealKey KEY = SealKey.made("a key by chance, of which there are fifty letters at least");

    @TempDir
    Path folder;

    private static OpenedValues holding(String text) {
        ReadValue named = ReadValue.named("secret/db", 1);
        byte[] box = SealedFor.seal(
                        KEY.forServers(), named.about(), text.getBytes(StandardCharsets.UTF_8), "chance of " + text)
                .orElseThrow();
        return OpenedValues.of(List.of(named.with(Base64.getEncoder().encodeToString(box))), KEY);
    }

    @Test
    @DisplayName("what is there already, whole or in part, is written anew in place, though nobody may write to it")
    void anew() throws IOException {
        SecretFiles files = new SecretFiles(SecretMemory.in(folder));
        List<SecretMount> mounts = List.of(new SecretMount("db", "", "0400", 0, 0));
        Path file = Path.of(files.write("web-0", mounts, holding("the first one, which is longer"))
                .get(0)
                .source());
        Object before = Files.readAttributes(file, "unix:ino").get("ino");
        files.write("web-0", mounts, holding("another"));
        assertThat(file).hasContent("another");
        assertThat(Files.readAttributes(file, "unix:ino").get("ino")).isEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--------");
    }
}
