package io.knit.core.agent.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.command.Value;
import io.knit.api.model.TemplateSpec;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RenderedFilesTest {
    /** In memory: what this test tries on broken code would delete the machine. */
    private final FileSystem disk = Jimfs.newFileSystem(
            Configuration.unix().toBuilder().setAttributeViews("posix").build());

    private final Path home = disk.getPath("/home/agent");
    private final RenderedFiles files =
            new RenderedFiles(home.resolve("data"), (template, model, values) -> template.content());

    @BeforeEach
    void render() throws IOException {
        Files.createDirectories(home.resolve("data/other"));
        Files.writeString(home.resolve("data/agent.json"), "{}");
        Files.writeString(home.resolve("beside"), "not ours");
        for (String instance : List.of("a", "b")) {
            List<TemplateSpec> templates = List.of(new TemplateSpec("/etc/motd", "hello"));
            files.write(instance, templates, files.rendered(templates, Map.of(), OpenedValues.NONE, name -> List.of()));
        }
    }

    @Test
    void aFileIsForWhomItSays() throws IOException {
        List<TemplateSpec> templates = List.of(
                new TemplateSpec("/etc/motd", "hello"), new TemplateSpec("/bin/run", "#!/bin/sh").rights("0750", 7, 8));
        files.write("a", templates, files.rendered(templates, Map.of(), OpenedValues.NONE, name -> List.of()));
        Path folder = home.resolve("data/rendered/a");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("1-motd"))))
                .isEqualTo("rw-r--r--");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("2-run"))))
                .isEqualTo("rwxr-x---");
    }

    @Test
    void whatIsToBeToldIsKeptUntilItWas() throws IOException {
        List<TemplateSpec> templates = List.of(
                new TemplateSpec("/etc/motd", "hello").signalling("SIGHUP"),
                new TemplateSpec("/etc/quiet", "hello").unannounced());
        files.write("a", templates, files.rendered(templates, Map.of(), OpenedValues.NONE, name -> List.of()));
        assertThat(files.rewrite("a", 0, templates.get(0), Value.Content.of("hello")))
                .isFalse();
        assertThat(files.untold("a")).isEmpty();
        assertThat(files.rewrite("a", 0, templates.get(0), Value.Content.of("good day")))
                .isTrue();
        assertThat(files.rewrite("a", 1, templates.get(1), Value.Content.of("good day")))
                .isTrue();
        assertThat(files.untold("a")).containsExactly(0);
        files.told("a", 0);
        assertThat(files.untold("a")).isEmpty();

        files.rewrite("a", 0, templates.get(0), Value.Content.of("good night"));
        files.write("a", templates, files.rendered(templates, Map.of(), OpenedValues.NONE, name -> List.of()));
        assertThat(files.untold("a")).isEmpty();
        assertThat(files.untold("gone")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0400", "0444", "0550", "0644"})
    @DisplayName(
            "a file that its mode keeps from its owner is written again by an agent that is not root, too, and has its mode")
    void aFileThatNobodyMayWriteToIsWrittenAgain(String mode) throws IOException {
        Path data = new OwnersDisk(disk).path("/home/agent/data");
        RenderedFiles owners = new RenderedFiles(data, (template, model, values) -> template.content());
        TemplateSpec template =
                new TemplateSpec("/etc/db.url", "hello").rights(mode, 0, 0).signalling("SIGHUP");
        owners.write("a", List.of(template), List.of(Value.Content.of("hello")));
        assertThat(owners.rewrite("a", 0, template, Value.Content.of("good day")))
                .isTrue();
        Path file = home.resolve("data/rendered/a/1-db.url");
        assertThat(file).hasContent("good day");
        int bits = Integer.parseInt(mode, 8);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(Integer.bitCount(bits));
    }

    @ParameterizedTest
    @CsvSource({"0, 60000", "100, 60000", "20000, 60000", "60000, 20000", "20000, 20000"})
    @DisplayName(
            "wherever the disk fails, the file has its old content, also where the disk is full and takes nothing any more; and the new one when there is room")
    void noRoom(int before, int after) throws IOException {
        OwnersDisk owners = new OwnersDisk(disk);
        RenderedFiles full =
                new RenderedFiles(owners.path("/home/agent/data"), (template, model, values) -> template.content());
        TemplateSpec template = new TemplateSpec("/etc/list", "hello").unannounced();
        String old = "o".repeat(before);
        Value.Content next = Value.Content.of("n".repeat(after));
        full.write("a", List.of(template), List.of(Value.Content.of(old)));
        Path file = home.resolve("data/rendered/a/1-list");
        int more = pieces(after - Math.min(before, after));
        int all = more + pieces(Math.min(before, after));
        for (int fails = 1; fails <= all; fails++) {
            owners.fail(fails, fails <= more);
            assertThatThrownBy(() -> full.rewrite("a", 0, template, next))
                    .isInstanceOf(IOException.class)
                    .hasMessage("No space left on device");
            assertThat(file).hasContent(old);
        }
        owners.heal();
        assertThat(full.rewrite("a", 0, template, next)).isTrue();
        assertThat(file).hasContent(next.text().orElseThrow());
    }

    private static int pieces(int bytes) {
        return (bytes + OwnersDisk.PIECE - 1) / OwnersDisk.PIECE;
    }

    private List<Path> all() throws IOException {
        try (var paths = Files.walk(disk.getPath("/"))) {
            return paths.sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../",
                "../other",
                "../agent.json",
                "../../beside",
                "../../../etc",
                "a/..",
                "a/../..",
                "a/1-motd",
                "/"
            })
    void noNameLeadsOutOfTheFolder(String instance) throws IOException {
        List<Path> before = all();
        files.delete(instance);
        assertThat(all()).isEqualTo(before);
    }

    @Test
    void anAbsolutePathIsNoInstance() throws IOException {
        List<Path> before = all();
        files.delete(home.resolve("data/other").toString());
        assertThat(all()).isEqualTo(before);
    }

    @Test
    void anInstancesFilesGoAndTheOthersStay() throws IOException {
        files.delete("a");
        assertThat(home.resolve("data/rendered")).isDirectoryContaining(path -> path.endsWith("b"));
        assertThat(home.resolve("data/rendered/a")).doesNotExist();
        files.delete("a");
        RenderedFiles.deleteAllBut(home.resolve("data"), Set.of("a"));
        assertThat(home.resolve("data/rendered")).isEmptyDirectory();
        assertThat(home.resolve("data/agent.json")).exists();
    }
}
