package io.knit.plugin.docker;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * An image made of a static busybox, without a registry.
 *
 * @param layer a tar of its one layer: {@code /bin/busybox} and links to it
 * @param config the image's configuration, JSON
 */
record TestImage(byte[] layer, byte[] config) {
    static final Path BUSYBOX = Path.of("/bin/busybox");

    static final String CPU = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    static final String OTHER_CPU = CPU.equals("amd64") ? "arm64" : "amd64";

    static TestImage busybox() throws IOException {
        return of(busyboxLayer());
    }

    /** An image with one of this machine's programs, which is what it runs, and the libraries that it needs. */
    static TestImage running(Path program) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            file(tar, "bin/app", Files.readAllBytes(program));
            for (String library : libraries(program)) {
                file(tar, library.substring(1), Files.readAllBytes(Path.of(library)));
            }
            tar.finish();
        }
        TestImage plain = of(bytes.toByteArray());
        JsonObject json = new JsonObject(new String(plain.config, StandardCharsets.UTF_8));
        json.getJsonObject("config").put("Entrypoint", new JsonArray().add("/bin/app"));
        return new TestImage(plain.layer, json.encode().getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> libraries(Path program) throws IOException {
        Process ldd = new ProcessBuilder("ldd", program.toString()).start();
        String said = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Pattern.compile("(?:=> |^\\s*)(/\\S+) \\(", Pattern.MULTILINE)
                .matcher(said)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** An image with a mark of its own and nothing that could run. */
    static TestImage marked(String mark) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            file(tar, "mark", mark.getBytes(StandardCharsets.UTF_8));
            tar.finish();
        }
        return of(bytes.toByteArray());
    }

    /** An image with one program, {@code /bin/app}, which is for another CPU than this machine's, and says so. */
    static TestImage forAnotherCpu() throws IOException {
        byte[] program = Arrays.copyOf(Files.readAllBytes(BUSYBOX), 4096);
        program[18] = (byte) (CPU.equals("amd64") ? 0xb7 : 0x3e);
        program[19] = 0;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            file(tar, "bin/app", program);
            tar.finish();
        }
        return of(bytes.toByteArray(), OTHER_CPU);
    }

    /** An image that says that it is for another CPU, and runs on this machine's. */
    static TestImage mislabelled() throws IOException {
        return of(busyboxLayer(), OTHER_CPU);
    }

    /** With a {@code HEALTHCHECK} that a shell runs four times a second. */
    TestImage checkedBy(String script) {
        JsonObject json = new JsonObject(new String(config, StandardCharsets.UTF_8));
        json.getJsonObject("config")
                .put(
                        "Healthcheck",
                        new JsonObject()
                                .put(
                                        "Test",
                                        new JsonArray()
                                                .add("CMD")
                                                .add("sh")
                                                .add("-c")
                                                .add(script))
                                .put("Interval", 250_000_000L)
                                .put("Timeout", 1_000_000_000L)
                                .put("Retries", 1));
        return new TestImage(layer, json.encode().getBytes(StandardCharsets.UTF_8));
    }

    /** The same, as one for this CPU. */
    TestImage saying(String cpu) {
        JsonObject json = new JsonObject(new String(config, StandardCharsets.UTF_8)).put("architecture", cpu);
        return new TestImage(layer, json.encode().getBytes(StandardCharsets.UTF_8));
    }

    /** With a {@code VOLUME}. */
    TestImage withVolume(String path) {
        JsonObject json = new JsonObject(new String(config, StandardCharsets.UTF_8));
        json.getJsonObject("config").put("Volumes", new JsonObject().put(path, new JsonObject()));
        return new TestImage(layer, json.encode().getBytes(StandardCharsets.UTF_8));
    }

    private static TestImage of(byte[] layer) {
        return of(layer, CPU);
    }

    private static TestImage of(byte[] layer, String cpu) {
        JsonObject config = new JsonObject()
                .put("architecture", cpu)
                .put("os", "linux")
                .put("config", new JsonObject().put("Env", new JsonArray().add("PATH=/bin")))
                .put(
                        "rootfs",
                        new JsonObject().put("type", "layers").put("diff_ids", new JsonArray().add(digest(layer))));
        return new TestImage(layer, config.encode().getBytes(StandardCharsets.UTF_8));
    }

    /** What it says of itself, as a list of manifests has it. */
    JsonObject platform() {
        JsonObject json = new JsonObject(new String(config, StandardCharsets.UTF_8));
        return new JsonObject().put("os", json.getString("os")).put("architecture", json.getString("architecture"));
    }

    /** What {@code docker load} reads. */
    byte[] archive(String tag) throws IOException {
        JsonArray manifest = new JsonArray()
                .add(new JsonObject()
                        .put("Config", "config.json")
                        .put("RepoTags", new JsonArray().add(tag))
                        .put("Layers", new JsonArray().add("layer.tar")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            file(tar, "layer.tar", layer);
            file(tar, "config.json", config);
            file(tar, "manifest.json", manifest.encode().getBytes(StandardCharsets.UTF_8));
            tar.finish();
        }
        return bytes.toByteArray();
    }

    static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static byte[] busyboxLayer() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            file(tar, "bin/busybox", Files.readAllBytes(BUSYBOX));
            tar.putArchiveEntry(new TarArchiveEntry("tmp/"));
            tar.closeArchiveEntry();
            for (String applet : new String[] {"sh", "sleep", "true", "touch", "httpd", "dd", "tail", "cat", "stty"}) {
                TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
                link.setLinkName("busybox");
                tar.putArchiveEntry(link);
                tar.closeArchiveEntry();
            }
            tar.finish();
        }
        return bytes.toByteArray();
    }

    private static void file(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setMode(0100755);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
