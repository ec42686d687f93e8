package io.knit.launcher.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.plugin.PluginFolder;
import io.knit.core.plugin.Plugins;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real jars, compiled here from the example's source, as somebody would drop them into the folder. */
class PluginJarsTest {
    private static final String SERVICE = "META-INF/services/io.knit.api.spi.KnitPlugin";
    private static final Path EXAMPLE =
            Path.of("../examples/custom-plugin/src/main/java/io/knit/example/plugin/HostsFilePlugin.java");

    @TempDir
    Path dir;

    private Path classes;
    private Path folder;

    @BeforeEach
    void compile() throws IOException {
        classes = Files.createDirectories(dir.resolve("classes"));
        folder = Files.createDirectories(dir.resolve("plugins"));
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        OutputStream.nullOutputStream(),
                        null,
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path") + ":" + testPath(),
                        EXAMPLE.toString());
        assertThat(failed).isZero();
    }

    /** Where the SPI is, also where the tests' class path is not the JVM's. */
    private static String testPath() {
        return Stream.of(io.knit.api.spi.KnitPlugin.class, io.vertx.core.Future.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .reduce((a, b) -> a + ":" + b)
                .orElseThrow();
    }

    private void jar(String name, boolean service) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(folder.resolve(name)));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, jar);
            }
            if (service) {
                jar.putNextEntry(new ZipEntry(SERVICE));
                jar.write("io.knit.example.plugin.HostsFilePlugin".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static Settings settings(Map<String, String> flags) {
        return Settings.resolve(List.of(Setting.PLUGINS, Setting.PLUGIN_CONFIG), flags, Map.of(), Map.of());
    }

    private Settings plugins() {
        return settings(Map.of("--plugins", folder.toString()));
    }

    @Test
    void aJarInTheFolderIsAPluginBesideTheBuiltInOnes() throws IOException {
        jar("hosts.jar", true);
        ClassLoader loader = PluginJars.of(plugins());
        assertThat(Plugins.load(loader).added()).containsExactly("Discovery \"hosts-file\" of hosts.jar");
        StringWriter out = new StringWriter();
        PluginJars.tell(plugins(), new Console(new PrintWriter(out), new PrintWriter(out)));
        assertThat(out).hasToString("Plugins: Discovery \"hosts-file\" of hosts.jar" + System.lineSeparator());
    }

    @Test
    void theSameNameTwiceFailsAndNamesBothJars() throws IOException {
        jar("one.jar", true);
        jar("two.jar", true);
        assertThatThrownBy(() -> PluginJars.of(plugins()))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_FAILED))
                .hasMessageContaining("hosts-file")
                .hasMessageContaining("one.jar")
                .hasMessageContaining("two.jar");
    }

    @Test
    void aJarWithoutAPluginAndAFolderThatIsNotThereAreTold() throws IOException {
        jar("empty.jar", false);
        assertThatThrownBy(() -> PluginJars.of(plugins()))
                .hasMessageContaining("empty.jar holds no plugin")
                .hasMessageContaining(SERVICE);
        Settings missing = settings(Map.of("--plugins", dir.resolve("none").toString()));
        assertThatThrownBy(() -> PluginJars.of(missing))
                .hasMessageContaining("none")
                .hasMessageContaining("can't be read");
    }

    @Test
    void aBrokenPluginIsNamed() throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(folder.resolve("broken.jar")))) {
            jar.putNextEntry(new ZipEntry(SERVICE));
            jar.write("com.example.Missing".getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> PluginJars.of(plugins())).hasMessageContaining("the plugin broken.jar");
    }

    @Test
    void withoutAFolderNothingChanges() {
        assertThat(PluginJars.of(settings(Map.of()))).isNotInstanceOf(PluginFolder.class);
    }

    @Test
    void settingsOfPluginsArePassedOn() {
        assertThat(PluginJars.config(settings(Map.of("--plugin-config", "hosts-file=/etc/hosts, a=b=c"))))
                .containsExactlyInAnyOrderEntriesOf(Map.of("hosts-file", "/etc/hosts", "a", "b=c"));
        assertThatThrownBy(() -> PluginJars.config(settings(Map.of("--plugin-config", "x"))))
                .hasMessageContaining("--plugin-config");
    }
}
