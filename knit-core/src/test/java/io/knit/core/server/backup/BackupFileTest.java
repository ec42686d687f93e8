package io.knit.core.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import io.knit.core.server.documents.upgrade.Upgrades;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupFileTest {
    private static final Manifest HEAD = new Manifest(
            "c1",
            "0.1.0",
            Upgrades.KNOWN.newest(),
            7,
            List.of("0123abcd"),
            Instant.parse("2026-11-28T02:00:00Z"),
            List.of());

    @TempDir
    Path folder;

    private Path backup;
    private byte[] store;

    @BeforeEach
    void write() throws IOException {
        store = new byte[300_000];
        new Random(7).nextBytes(store);
        Path db = folder.resolve("copy");
        Files.write(db, store);
        Path cluster = Files.writeString(folder.resolve("cluster"), "c1\n");
        backup = folder.resolve("b.zip");
        Map<String, Path> parts = new LinkedHashMap<>();
        parts.put("cluster", cluster);
        parts.put(BackupFile.STORE, db);
        BackupFile.write(backup, HEAD, parts);
    }

    @Test
    @DisplayName("what was put in comes out, for its owner alone, with what the manifest says of it")
    void whole() throws IOException {
        Path into = Files.createDirectory(folder.resolve("into"));
        Manifest manifest = BackupFile.unpack(backup, into);
        assertThat(manifest).isEqualTo(BackupFile.check(backup));
        assertThat(manifest.cluster()).isEqualTo("c1");
        assertThat(manifest.revision()).isEqualTo(7);
        assertThat(manifest.parts()).extracting(Manifest.Part::name).containsExactly("cluster", BackupFile.STORE);
        assertThat(into.resolve(BackupFile.STORE)).hasBinaryContent(store);
        for (Path file : List.of(backup, into.resolve(BackupFile.STORE), into.resolve("cluster"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @ParameterizedTest(name = "cut to {0} bytes of a thousand")
    @ValueSource(ints = {0, 1, 200, 500, 999})
    void cut(int thousandths) throws IOException {
        byte[] all = Files.readAllBytes(backup);
        Files.write(backup, java.util.Arrays.copyOf(all, all.length / 1_000 * thousandths));
        refused("");
    }

    @Test
    @DisplayName("one byte that is another one is found, wherever it is in the store's part")
    void flipped() throws IOException {
        byte[] all = Files.readAllBytes(backup);
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            byte[] damaged = all.clone();
            damaged[1_000 + random.nextInt(250_000)] ^= 1;
            Files.write(backup, damaged);
            refused("");
        }
    }

    static Stream<Arguments> others() {
        return Stream.of(
                row(
                        "a newer Knit's",
                        text -> text.replace("\"knit_backup\":1", "\"knit_backup\":2"),
                        "made by a newer Knit (0.1.0)"),
                row("another program's", text -> text.replace("knit_backup", "backup"), "it is no backup of Knit"),
                row("no manifest's text", text -> "{", "can't be used as a backup"),
                row(
                        "a newer store",
                        text -> text.replaceAll("\"store_form\":\\d+", "\"store_form\":999"),
                        "its store is of a newer Knit (0.1.0, format 999, this one knows up to"),
                row(
                        "a newer Knit's parts",
                        text -> text.replace("\"cluster\",\"bytes\"", "\"later\",\"bytes\""),
                        "it has parts of a newer Knit (0.1.0), which this one does not know: later"),
                row("a part less", text -> text.replace("\"cluster\",\"bytes\"", "\"other\",\"bytes\""), "other parts"),
                row("a path", text -> text.replace("\"cluster\",\"bytes\"", "\"../cluster\",\"bytes\""), "other parts"),
                row("a smaller part", text -> text.replace("300000", "299999"), "knit.db in it is damaged"),
                row("a larger part", text -> text.replace("300000", "300001"), "knit.db in it is damaged"),
                row("another checksum", text -> text.replaceAll("\"sha256\":\"..", "\"sha256\":\"zz"), "is damaged"));
    }

    private static Arguments row(String name, UnaryOperator<String> manifest, String words) {
        return Arguments.of(name, manifest, words);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void refusesOther(String name, UnaryOperator<String> manifest, String words) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(backup.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        String before = new String(Objects.requireNonNull(entries.get("manifest.json")), StandardCharsets.UTF_8);
        assertThat(manifest.apply(before)).isNotEqualTo(before);
        entries.put("manifest.json", manifest.apply(before).getBytes(StandardCharsets.UTF_8));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(backup))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                boolean isRenamed = name.endsWith("parts") && entry.getKey().equals("cluster");
                zip.putNextEntry(new ZipEntry(isRenamed ? "later" : entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        refused(words);
        // whoever makes a backup of a newer server has it all the same
        boolean isNewer = words.contains("newer Knit");
        if (isNewer) {
            assertThat(BackupFile.whole(backup).cluster())
                    .isEqualTo(Manifest.readAny(before).cluster());
            assertThat(BackupFile.isNewer(backup)).isTrue();
        } else {
            assertThatThrownBy(() -> BackupFile.whole(backup)).isInstanceOf(KnitException.class);
        }
    }

    @Test
    @DisplayName(
            "whether a newer Knit is needed is said by the manifest: what can't be read is not read again, and not newer")
    void newerByItsManifest() throws IOException {
        assertThat(BackupFile.isNewer(backup)).isFalse();
        byte[] damaged = Files.readAllBytes(backup);
        damaged[100_000] ^= 1;
        Files.write(backup, damaged);
        assertThatThrownBy(() -> BackupFile.whole(backup)).isInstanceOf(KnitException.class);
        assertThat(BackupFile.isNewer(backup)).isFalse();
        Files.delete(backup);
        assertThatThrownBy(() -> BackupFile.isNewer(backup))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("b.zip");
    }

    @Test
    void nothing() {
        backup = folder.resolve("none.zip");
        refused("none.zip");
    }

    private void refused(String words) {
        assertThatThrownBy(() -> BackupFile.check(backup))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("can't be used as a backup")
                .hasMessageContaining(words)
                .hasMessageContaining("nothing was changed");
    }
}
