package io.knit.bench.beside;

import com.github.dockerjava.api.DockerClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An image of a static busybox, made on the spot without a registry and removed by {@link #close}. */
public final class LocalImage implements AutoCloseable {
    public static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final int EXECUTABLE = 0100755;

    private final DockerClient client;
    private final String repository;

    public LocalImage(DockerClient client, String repository) throws IOException {
        this.client = client;
        this.repository = repository;
        byte[] layer = tar("bin/busybox", Files.readAllBytes(BUSYBOX));
        JsonObject config = new JsonObject()
                .put("os", "linux")
                .put("architecture", System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64")
                .put("config", new JsonObject())
                .put(
                        "rootfs",
                        new JsonObject().put("type", "layers").put("diff_ids", new JsonArray().add(digest(layer))));
        JsonObject manifest = new JsonObject()
                .put("Config", "config.json")
                .put("RepoTags", new JsonArray().add(name()))
                .put("Layers", new JsonArray().add("layer.tar"));
        byte[] archive = tar(
                "layer.tar", layer,
                "config.json", bytes(config.encode()),
                "manifest.json", bytes(new JsonArray().add(manifest).encode()));
        client.loadImageCmd(new ByteArrayInputStream(archive)).exec();
    }

    public String name() {
        return repository + ":1";
    }

    /** @param namesAndContents in turns */
    private static byte[] tar(Object... namesAndContents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                byte[] content = (byte[]) namesAndContents[i + 1];
                TarArchiveEntry entry = new TarArchiveEntry((String) namesAndContents[i]);
                entry.setSize(content.length);
                entry.setMode(EXECUTABLE);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
            tar.finish();
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        client.removeImageCmd(name()).withForce(true).exec();
    }
}
