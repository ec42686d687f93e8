package io.knit.core.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
