package io.knit.launcher.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** A plugin that somebody built without a library in the jar: it is found, and fails where it is used. It has one more, of a family that the host has, too. */
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
                    return io.vertx.lacking.Helper.help() ? Library.open() : null;
                }
            }

            class Library {
                static Future<Discovery> open() {
                    return Future.failedFuture("it is there");
                }
            }
            """;

    private static final String HELPER = """
            package io.vertx.lacking;

            public final class Helper {
                public static boolean help() {
                    return io.vertx.core.Future.succeededFuture(true).result();
                }
            }
            """;

    private LackingPlugin() {}

    /**
     * @param work a folder for its source and classes
     * @param helper whether the jar has that of the host's family
     */
    static void jar(Path work, Path target, boolean helper) throws IOException {
        Path folder = Files.createDirectories(work.resolve("lacking-source"));
        Path classes = work.resolve("lacking-classes");
        ExamplePlugin.compile(
                classes,
                Files.writeString(folder.resolve("Lacking.java"), SOURCE),
                Files.writeString(folder.resolve("Helper.java"), HELPER));
        List<String> held = helper
                ? List.of("com/example/lib/Lacking.class", "io/vertx/lacking/Helper.class")
                : List.of("com/example/lib/Lacking.class");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(target))) {
            for (String file : held) {
                jar.putNextEntry(new ZipEntry(file));
                Files.copy(classes.resolve(file), jar);
            }
            jar.putNextEntry(new ZipEntry(ExamplePlugin.SERVICE));
            jar.write("com.example.lib.Lacking".getBytes(StandardCharsets.UTF_8));
        }
    }
}
