package io.knit.launcher.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** A plugin that somebody built without its library in the jar: it is found, and fails where it is used. */
final class LackingPlugin {
    private static final String SOURCE = """
            package com.example.lib;

            import io.knit.api.spi.KnitPlugin;
            import io.knit.api.spi.PluginConfig;
            import io.knit.api.spi.PluginContext;
            import io.knit.api.spi.PluginFactory;
            import io.knit.api.spi.discovery.Discovery;
            import io.vertx.core.Future;
            import java.util.List;

            public final class Lacking implements KnitPlugin, PluginFactory<Discovery> {
                @Override
                public List<PluginFactory<?>> factories() {
                    return List.of(this);
                }

                @Override
                public Class<Discovery> spi() {
                    return Discovery.class;
                }

                @Override
                public String name() {
                    return "lacking";
                }

                @Override
                public Future<Discovery> create(PluginConfig config, PluginContext context) {
                    return Library.open();
                }
            }

            class Library {
                static Future<Discovery> open() {
                    return Future.failedFuture("it is there");
                }
            }
            """;

    private LackingPlugin() {}

    /** @param work a folder for its source and classes */
    static void jar(Path work, Path target) throws IOException {
        Path source = Files.writeString(
                Files.createDirectories(work.resolve("lacking-source")).resolve("Lacking.java"), SOURCE);
        Path classes = work.resolve("lacking-classes");
        ExamplePlugin.compile(classes, source);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(target))) {
            jar.putNextEntry(new ZipEntry("com/example/lib/Lacking.class"));
            Files.copy(classes.resolve("com/example/lib/Lacking.class"), jar);
            jar.putNextEntry(new ZipEntry(ExamplePlugin.SERVICE));
            jar.write("com.example.lib.Lacking".getBytes(StandardCharsets.UTF_8));
        }
    }
}
