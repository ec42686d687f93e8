package io.knit.launcher.program;

import io.knit.core.plugin.PluginFolder;
import io.knit.core.plugin.Plugins;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where plugins come from that are not in {@code knit.jar}: with {@code java -jar} there is no class path to put them on. */
final class PluginJars {
    private PluginJars() {}

    /** The class loader to look for plugins with; a duplicate name or a broken jar is refused here, before anything starts. */
    static ClassLoader of(Settings settings) {
        ClassLoader host = PluginJars.class.getClassLoader();
        Optional<Path> folder = settings.given(Setting.PLUGINS).map(Path::of).or(PluginJars::besideTheJar);
        if (folder.isEmpty()) {
            return host;
        }
        PluginFolder plugins = PluginFolder.open(folder.get(), host);
        Plugins.load(plugins);
        return plugins;
    }

    /** Says what is used of them. */
    static void tell(Settings settings, Console console) {
        if (of(settings) instanceof PluginFolder plugins) {
            List<String> added = Plugins.load(plugins).added();
            console.say("Plugins: " + (added.isEmpty() ? "none in the folder" : String.join(", ", added)));
        }
    }

    /** The plugins' own settings; any may be a password, so that no value is shown. */
    static Map<String, String> config(Settings settings) {
        Map<String, String> config = new LinkedHashMap<>();
        String before = "";
        for (String pair : settings.given(Setting.PLUGIN_CONFIG).orElse("").split(",")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String key = pair.substring(0, equals).strip();
                if (config.put(key, pair.substring(equals + 1).strip()) != null) {
                    throw settings.refuseUnseen(
                            Setting.PLUGIN_CONFIG, "\"" + key + "\" is given twice; give each key once");
                }
                before = key;
            } else if (!pair.isBlank()) {
                throw settings.refuseUnseen(
                        Setting.PLUGIN_CONFIG,
                        (before.isEmpty()
                                        ? "it begins with no KEY=VALUE"
                                        : "no KEY=VALUE stands behind \"" + before + "\"")
                                + "; give KEY=VALUE, several with commas between them: a value has no comma");
            }
        }
        return config;
    }

    private static Optional<Path> besideTheJar() {
        var source = PluginJars.class.getProtectionDomain().getCodeSource();
        try {
            Path jar = source == null ? null : Path.of(source.getLocation().toURI());
            return jar == null || !jar.toString().endsWith(".jar") ? Optional.empty() : beside(jar);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Where Knit is installed, jars are in a folder {@code lib}, beside which that of the plugins is. */
    static Optional<Path> beside(Path jar) {
        Path folder = jar.toAbsolutePath().resolveSibling("plugins");
        Path above = folder.resolveSibling("..").resolve("plugins").normalize();
        boolean installed = folder.resolveSibling("").endsWith("lib");
        return Stream.of(folder, above)
                .limit(installed ? 2 : 1)
                .filter(Files::isDirectory)
                .findFirst();
    }
}
