package io.knit.launcher.remote.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.knit.launcher.remote.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileToReadTest {
    @TempDir
    Path folder;

    private static void refuses(Path file, String words) {
        Refused refused = catchThrowableOfType(Refused.class, () -> FileToRead.require(file));
        assertThat(refused).hasMessageContaining(words);
        assertThat(Exit.of(refused)).isEqualTo(Exit.USAGE);
    }

    @Test
    @DisplayName("what is not there, or is a folder, is refused, and what is there is not")
    void there() throws IOException {
        refuses(folder.resolve("none.tar"), "there is no file ");
        refuses(folder, "there is no file ");
        FileToRead.require(Files.createFile(folder.resolve("some.tar")));
        FileToRead.requireReadable(folder);
    }

    @Test
    @DisplayName("what this user may not read is refused as what is not there")
    void readable() throws IOException {
        Path secret = Files.createFile(folder.resolve("secret.tar"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("-w-------"));
        assumeThat(Files.isReadable(secret)).as("root may read all").isFalse();
        refuses(secret, "secret.tar can't be read; may this user read it?");
    }
}
