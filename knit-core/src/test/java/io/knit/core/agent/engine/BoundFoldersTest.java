package io.knit.core.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of the host is what its path leads to, and that must be allowed. */
class BoundFoldersTest {
    @TempDir
    private Path host;

    private Path allowed;
    private Path other;

    @BeforeEach
    void makeFolders() throws IOException {
        host = host.toRealPath();
        allowed = Files.createDirectory(host.resolve("allowed"));
        other = Files.createDirectory(host.resolve("other"));
    }

    private List<VolumeSpec> found(Path path, String... words) {
        return BoundFolders.found(
                List.of(VolumeSpec.bound(path.toString(), "/a"), VolumeSpec.named("b", "/b")), List.of(words), "n1");
    }

    @Test
    void aFolderIsItself() {
        assertThat(found(allowed, "bind:" + allowed))
                .containsExactly(VolumeSpec.bound(allowed.toString(), "/a"), VolumeSpec.named("b", "/b"));
    }

    @Test
    void aLinkIsWhereItLeads() throws IOException {
        Path link = Files.createSymbolicLink(allowed.resolve("link"), other);
        assertThatThrownBy(() -> found(link, "bind:" + allowed))
                .hasMessageContaining(link + " of n1 leads to " + other)
                .hasMessageContaining("--allow bind:" + other);
        assertThat(found(link, "bind:" + allowed, "bind:" + other).get(0).bind())
                .isEqualTo(other.toString());
    }

    @Test
    void whatIsNotThereIsNotMade() {
        Path missing = allowed.resolve("missing");
        assertThatThrownBy(() -> found(missing, "bind:" + allowed))
                .hasMessageContaining("there is no " + missing + " on n1: make it there");
        assertThat(missing).doesNotExist();
    }
}
