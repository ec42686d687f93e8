package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.launcher.program.ExamplePlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar with a plugin, as docs/plugins.md says it to the letter: with {@code java -jar} there is no class path. */
class PluginsIT {
    private static final Pattern USING =
            Pattern.compile("```\n(mkdir plugins\n(?:.*\n)*?)(java -jar .*)\n```", Pattern.MULTILINE);
    private static final String TOLD = "Plugins: Discovery \"hosts-file\" of custom-plugin.jar";
    /** What a server says of its discoveries if none of them answers. */
    private static final String NO_MESH = "Works without a mesh until it can be read";

    @TempDir
    Path folder;

    private Path jar;
    private @Nullable KnitProcess server;

    @BeforeEach
    void aFolderWithTheJarAndThePlugin() throws IOException {
        jar = Files.createDirectories(folder.resolve("lib")).resolve("knit.jar");
        Files.copy(Fleet.HOME.resolve("knit-launcher/target/knit.jar"), jar);
        ExamplePlugin.compile(folder.resolve("classes")).jar(folder.resolve("custom-plugin.jar"));
    }

    @AfterEach
    void end() {
        if (server != null) {
            server.close();
        }
    }

    /** The first group prepares, the second starts. */
    private static Matcher docs() throws IOException {
        Matcher matcher = USING.matcher(Files.readString(Fleet.HOME.resolve("docs/plugins.md")));
        assertThat(matcher.find()).as("docs/plugins.md shows how to use one").isTrue();
        return matcher;
    }

    private KnitProcess start(String line, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("KNIT_HTTP_ADDR", "127.0.0.1:0");
        environment.put("KNIT_NATS_ADDR", "127.0.0.1:0");
        environment.put("KNIT_DATA_DIR", folder.resolve("data").toString());
        environment.put("KNIT_WG_MESH_SOCKET", folder.resolve("none.sock").toString());
        server = new KnitProcess("server", folder, List.of("sh", "-c"), environment, "set -e\n" + line);
        return server.start();
    }

    @Test
    @DisplayName("the docs' lines make the plugin the server's")
    void asTheDocsSay() throws IOException {
        Matcher lines = docs();
        // not beside the plugins, which would be found there without the flag
        String line = lines.group(2).replace("knit.jar", jar.toString());
        KnitProcess started = start("cd '" + folder + "'\n" + lines.group(1) + "exec " + line, Map.of());
        assertThat(started.log()).contains(TOLD + "\n");
        assertThat(started.stop()).isEqualTo(143);
        assertThat(started.log()).doesNotContain(NO_MESH);
    }

    @Test
    @DisplayName("the folder beside the jar is used wherever it is started from, and the plugin gets its settings")
    void besideTheJar() throws IOException {
        Path plugins = Files.createDirectories(jar.resolveSibling("plugins"));
        Files.move(folder.resolve("custom-plugin.jar"), plugins.resolve("custom-plugin.jar"));
        KnitProcess started = start(
                "cd /\nexec java -jar '" + jar + "' server start",
                Map.of("KNIT_PLUGIN_CONFIG", "hosts-file=" + folder.resolve("no-hosts")));
        assertThat(started.log()).contains(TOLD + "\n");
        await("neither discovery answers")
                .atMost(Duration.ofSeconds(30))
                .until(() -> started.log().contains(NO_MESH));
    }
}
