package io.knit.launcher.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** The example's plugin as a jar, compiled here from its source, as somebody would drop it into a folder. */
public final class ExamplePlugin {
    /** What names a jar's plugin. */
    public static final String SERVICE = "META-INF/services/io.knit.api.spi.KnitPlugin";

    private static final Path SOURCE =
            Path.of("../examples/custom-plugin/src/main/java/io/knit/example/plugin/HostsFilePlugin.java");

    private final Path classes;

    private ExamplePlugin(Path classes) {
        this.classes = classes;
    }

    /** @param classes a folder for its classes */
    public static ExamplePlugin compile(Path classes) throws IOException {
        compile(classes, SOURCE);
        return new ExamplePlugin(classes);
    }

    /** Compiles a plugin's sources, with all of Knit at hand. */
    static void compile(Path classes, Path... sources) throws IOException {
        Files.createDirectories(classes);
        Stream<String> options = Stream.of(
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path") + ":" + testPath());
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        OutputStream.nullOutputStream(),
                        null,
                        Stream.concat(options, Stream.of(sources).map(Path::toString))
                                .toArray(String[]::new));
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

    /** Makes the jar. */
    public void jar(Path file) throws IOException {
        jar(file, true);
    }

    /** @param service whether it says that it holds a plugin */
    public void jar(Path target, boolean service) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(target));
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
}
