package io.knit.launcher.remote.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.launcher.remote.typed.Refused;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tar comes from a container, and is written by a person who may write much. */
class TarsTest {
    @TempDir
    private Path dir;

    private Path target;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    @BeforeEach
    void target() throws IOException {
        target = Files.createDirectory(dir.resolve("here")).resolve("copy");
    }

    private void file(String name, String text) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private void link(String name, String to, byte kind) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
        entry.setLinkName(to);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private int unpack() throws IOException {
        tar.close();
        return Tars.unpack(new ByteArrayInputStream(bytes.toByteArray()), target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "conf/../../evil",
                "/etc/evil",
                "conf/../../../../evil",
                "other/evil",
                "conf/../..",
                "conf//../../evil"
            })
    @DisplayName("an entry that leads out of the copy is refused, and nothing is written for it")
    void staysInside(String name) throws IOException {
        file("conf/good", "good");
        file(name, "evil");
        assertThatThrownBy(this::unpack).isInstanceOf(Refused.class).hasMessageContaining("outside");
        try (var all = Files.walk(dir)) {
            assertThat(all.map(path -> String.valueOf(path.getFileName()))).doesNotContain("evil");
        }
    }

    @Test
    @DisplayName("nothing is written through a symbolic link of the tar, which is made last")
    void linksComeLast() throws IOException {
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        link("conf/out", elsewhere.toString(), TarConstants.LF_SYMLINK);
        file("conf/out/evil", "evil");
        assertThatThrownBy(this::unpack).isInstanceOf(IOException.class);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    @DisplayName("nor through one that is there")
    void linksThatAreThere() throws IOException {
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        Files.createDirectory(target);
        Files.createSymbolicLink(target.resolve("out"), elsewhere);
        file("conf/out/evil", "evil");
        assertThatThrownBy(this::unpack).isInstanceOf(Refused.class).hasMessageContaining("symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    @DisplayName("a hard link is a copy of what is in the tar, and of nothing else")
    void hardLinks() throws IOException {
        file("conf/a", "text");
        link("conf/b", "conf/a", TarConstants.LF_LINK);
        assertThat(unpack()).isEqualTo(2);
        assertThat(target.resolve("b")).hasContent("text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "conf/../../secret"})
    void hardLinksElsewhere(String to) throws IOException {
        Files.writeString(dir.resolve("secret"), "secret");
        file("conf/a", "text");
        link("conf/b", to, TarConstants.LF_LINK);
        assertThatThrownBy(this::unpack).isInstanceOf(Refused.class);
    }

    @Test
    @DisplayName("a tar that is cut is no whole copy")
    void cut() throws IOException {
        file("conf/a", "x".repeat(100_000));
        tar.close();
        byte[] cut = Arrays.copyOf(bytes.toByteArray(), 50_000);
        assertThatThrownBy(() -> Tars.unpack(new ByteArrayInputStream(cut), target))
                .isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("nor is one after whose end it is said that it broke off")
    void brokeOff() throws IOException {
        file("conf/a", "text");
        tar.close();
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("it broke off");
            }
        };
        byte[] padded = Arrays.copyOf(bytes.toByteArray(), bytes.size() + 50_000);
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(padded), broken);
        assertThatThrownBy(() -> Tars.unpack(all, target)).hasMessage("it broke off");
    }

    @Test
    @DisplayName("packed and unpacked, a folder is as it was: contents, permissions, links, times to the second")
    void backAndForth() throws IOException {
        Path folder = Files.createDirectories(dir.resolve("conf/sub"));
        Path script = Files.writeString(folder.resolve("run"), "#!/bin/sh");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("run"));
        Files.createDirectory(folder.resolve("empty"));
        Files.writeString(folder.resolve("n".repeat(180)), "a long name");
        Tars.pack(dir.resolve("conf"), "other", bytes);
        assertThat(Tars.unpack(new ByteArrayInputStream(bytes.toByteArray()), target))
                .isEqualTo(3);
        Path copied = target.resolve("sub");
        assertThat(copied.resolve("empty")).isEmptyDirectory();
        assertThat(Files.readSymbolicLink(copied.resolve("link"))).hasToString("run");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copied.resolve("run"))))
                .isEqualTo("rwxr-x---");
        assertThat(Files.getLastModifiedTime(copied.resolve("run")).toMillis() / 1000)
                .isEqualTo(Files.getLastModifiedTime(script).toMillis() / 1000);
        assertThat(copied.resolve("n".repeat(180))).hasContent("a long name");
    }
}
