package io.knit.launcher.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.Role;
import io.knit.api.spi.discovery.Discovery;
import io.knit.core.plugin.PluginFolder;
import io.knit.core.plugin.Plugins;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real jars of the example's plugin, and broken ones. */
class PluginJarsTest {
    @TempDir
    Path dir;

    private ExamplePlugin example;
    private Path folder;

    @BeforeEach
    void compile() throws IOException {
        example = ExamplePlugin.compile(dir.resolve("classes"));
        folder = Files.createDirectories(dir.resolve("plugins"));
    }

    private void jar(String name, boolean service) throws IOException {
        example.jar(folder.resolve(name), service);
    }

    private static Settings settings(Map<String, String> flags) {
        return Settings.resolve(List.of(Setting.PLUGINS, Setting.PLUGIN_CONFIG), flags, Map.of(), Map.of());
    }

    private Settings plugins() {
        return settings(Map.of("--plugins", folder.toString()));
    }

    @Test
    void theFolderBesideTheJarIsFoundAndWhereInstalledThatBesideLib() throws IOException {
        Path lib = Files.createDirectories(dir.resolve("lib"));
        assertThat(PluginJars.beside(lib.resolve("knit.jar"))).contains(folder);
        Path own = Files.createDirectories(lib.resolve("plugins"));
        assertThat(PluginJars.beside(lib.resolve("knit.jar"))).contains(own);
        assertThat(PluginJars.beside(dir.resolve("target/knit.jar"))).isEmpty();
        assertThat(PluginJars.beside(dir.resolve("knit.jar"))).contains(folder);
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
                .hasMessageContaining(ExamplePlugin.SERVICE);
        Settings missing = settings(Map.of("--plugins", dir.resolve("none").toString()));
        assertThatThrownBy(() -> PluginJars.of(missing))
                .hasMessageContaining("none")
                .hasMessageContaining("can't be read");
    }

    @Test
    void aBrokenPluginIsNamed() throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(folder.resolve("broken.jar")))) {
            jar.putNextEntry(new ZipEntry(ExamplePlugin.SERVICE));
            jar.write("com.example.Missing".getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> PluginJars.of(plugins())).hasMessageContaining("the plugin broken.jar");
    }

    @DisplayName(
            "a plugin without its library is named with its jar where it is used; one of Vert.x' family that the host has not is the jar's own")
    @ParameterizedTest(name = "{1} is not there")
    @CsvSource({"true, com/example/lib/Library", "false, io/vertx/lacking/Helper"})
    void lacking(boolean helper, String missing) throws IOException {
        LackingPlugin.jar(dir, folder.resolve("lacking.jar"), helper);
        Vertx vertx = Vertx.vertx();
        try {
            PluginContext context = new PluginContext(Role.SERVER, "server", vertx, dir);
            Future<List<Discovery>> failed = Plugins.load(PluginJars.of(plugins()))
                    .createAll(Discovery.class, PluginConfig.of(Map.of("wg-mesh-socket", dir + "/none.sock")), context);
            await().until(failed::isComplete);
            assertThat(failed.cause())
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_FAILED))
                    .hasMessageContaining("plugin \"lacking\" of lacking.jar: ")
                    .hasMessageContaining("lacks a library")
                    .hasMessageContaining(missing);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
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

    @Test
    void whatIsGivenToAPluginIsShownToNobody() {
        for (String wrong : List.of(
                "hunter2",
                "db-password=hun,ter2",
                "a=hunter2,a=ter2",
                "=hunter2",
                "a=b,hunter2",
                "db-password=ter2,=x")) {
            assertThatThrownBy(() -> PluginJars.config(settings(Map.of("--plugin-config", wrong))))
                    .as(wrong)
                    .isInstanceOf(KnitException.class)
                    .hasMessageContaining("--plugin-config")
                    .hasMessageContaining("give")
                    .message()
                    .doesNotContain("hun", "ter2");
        }
        assertThatThrownBy(() -> PluginJars.config(settings(Map.of("--plugin-config", "db-password=hun,ter2"))))
                .hasMessageContaining("behind \"db-password\"")
                .hasMessageContaining("comma");
    }
}
