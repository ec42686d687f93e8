package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.launcher.Typed;
import io.knit.testkit.ImageBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images pushed to a real server with agents, whose engines alone are fakes. */
class ImagePushTest {
    private static final byte[] BASE = ImageBytes.layer(1, 3 << 20);

    @TempDir
    Path folder;

    private String tar(String name, byte[]... layers) throws IOException {
        Path tar = folder.resolve("image.tar");
        Files.write(tar, ImageBytes.of(name, layers));
        return tar.toString();
    }

    /** Nothing of an image that was pushed, or was not, is left on the server's disk. */
    private void nothingLeft() {
        Awaitility.await().untilAsserted(() -> {
            try (Stream<Path> left = Files.list(folder.resolve("server/images"))) {
                assertThat(left).isEmpty();
            }
        });
    }

    private static JsonNode on(JsonNode pushed, String node) {
        for (JsonNode one : pushed.path("nodes")) {
            if (one.path("node").asText().equals(node)) {
                return one;
            }
        }
        throw new AssertionError("nothing of " + node + " in " + pushed);
    }

    @Test
    @DisplayName(
            "what is pushed is on every node, and runs there by its name with no registry; what a node has of it is not sent again")
    void pushed() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.engine("n1").setRegistryUp(false);
            fleet.engine("n2").setRegistryUp(false);
            JsonNode first = fleet.json(
                    "image",
                    "push",
                    "team/shop:3",
                    tar("team/shop:3", BASE, ImageBytes.layer(2, 50_000)),
                    "--node",
                    "n1",
                    "-o",
                    "json");
            assertThat(on(first, "n1").path("state").asText()).isEqualTo("loaded");
            assertThat(on(first, "n1").path("sent_bytes").asLong()).isGreaterThan(3 << 20);
            assertThat(first.path("nodes")).hasSize(1);
            assertThat(fleet.engine("n1").hasImage("team/shop:3")).isTrue();
            assertThat(fleet.engine("n2").hasImage("team/shop:3")).isFalse();

            JsonNode second = fleet.json(
                    "image",
                    "push",
                    "docker.io/team/shop:3",
                    tar("team/shop:3", BASE, ImageBytes.layer(2, 50_000)),
                    "-o",
                    "json");
            assertThat(on(second, "n1").path("state").asText()).isEqualTo("present");
            assertThat(on(second, "n1").path("sent_bytes").asLong()).isZero();
            assertThat(on(second, "n2").path("state").asText()).isEqualTo("loaded");

            JsonNode newer = fleet.json(
                    "image",
                    "push",
                    "team/shop:4",
                    tar("team/shop:4", BASE, ImageBytes.layer(3, 60_000)),
                    "-o",
                    "json");
            for (String node : List.of("n1", "n2")) {
                assertThat(on(newer, node).path("layers_present").asInt()).isEqualTo(1);
                assertThat(on(newer, node).path("sent_bytes").asLong()).isBetween(60_000L, 70_000L);
            }
            fleet.done("deploy", fleet.file("shop.yaml", "name: shop\nimage: team/shop:4\nmode: global\n"), "--wait");
            nothingLeft();
        }
    }

    @Test
    @DisplayName("the page's command, as it stands there")
    void ofThePage() throws Exception {
        String page =
                Files.readString(Path.of(System.getProperty("knit.home", "..")).resolve("docs/images.md"));
        String line = page.split("<!-- typed -->")[2].replaceFirst("(?s).*?```sh\n(.*?)\n```.*", "$1");
        assertThat(line).startsWith("knit image push ").doesNotContain("\n");
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            String tar = tar("shop:3", BASE);
            String said = fleet.done(line.substring("knit ".length())
                    .replace("shop.tar", tar)
                    .replace("node-a", "n1")
                    .replace("node-b", "n2")
                    .split(" "));
            assertThat(said).containsPattern("n1 +loaded").containsPattern("n2 +loaded");
            assertThat(fleet.engine("n2").hasImage("shop:3")).isTrue();
        }
    }

    @Test
    @DisplayName("what is refused is refused in words, and pushes nothing")
    void refused() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            Typed other = fleet.knit("image", "push", "shop:3", tar("shop:4", BASE));
            assertThat(other.exitCode()).isNotZero();
            assertThat(other.err()).contains("has the image shop:4, and not just shop:3");
            assertThat(fleet.knit("image", "push", "shop:3", tar("shop:3", BASE), "--node", "n9")
                            .err())
                    .contains("there is no node \"n9\"");
            assertThat(fleet.knit("image", "push", "Shop:3", tar("shop:3", BASE))
                            .err())
                    .contains("image names are lower case");
            assertThat(fleet.knit("image", "push", "shop@sha256:" + "a".repeat(64), tar("shop:3", BASE))
                            .err())
                    .contains("has a digest");
            assertThat(fleet.knit(
                                    "image",
                                    "push",
                                    "shop:3",
                                    folder.resolve("none").toString())
                            .err())
                    .contains("there is no file");
            Path cut = folder.resolve("cut.tar");
            Files.write(cut, Arrays.copyOf(ImageBytes.of("shop:3", BASE), 2 << 20));
            assertThat(fleet.knit("image", "push", "shop:3", cut.toString()).err())
                    .contains("is not whole");
            assertThat(fleet.engine("n1").hasImage("shop:3")).isFalse();
            nothingLeft();
        }
    }

    @Test
    @DisplayName("what breaks on its way to the server leaves nothing, there or on a node, and keeps nobody out")
    void broken() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            KnitClient client = KnitClient.builder(URI.create(fleet.url())).build();
            for (int i = 0; i < 3; i++) {
                InputStream breaks = new ByteArrayInputStream(ImageBytes.of("shop:3", BASE)) {
                    @Override
                    public synchronized int read(byte[] into, int from, int most) {
                        if (pos > 1 << 20) {
                            throw new IllegalStateException("the disk is gone");
                        }
                        return super.read(into, from, most);
                    }
                };
                assertThat(catchThrowable(() -> client.pushImage("shop:3", List.of(), breaks)))
                        .isNotNull();
                nothingLeft();
            }
            assertThat(fleet.engine("n1").hasImage("shop:3")).isFalse();
            JsonNode pushed = client.pushImage(
                    "shop:3", List.of("n1", "n2"), new ByteArrayInputStream(ImageBytes.of("shop:3", BASE)));
            assertThat(on(pushed, "n1").path("state").asText()).isEqualTo("loaded");
            assertThat(on(pushed, "n2").path("state").asText()).isEqualTo("loaded");
        }
    }

    @Test
    @DisplayName("from a pipe, as a shell's <(docker save shop:3) is one; not from a folder")
    void pipe() throws Exception {
        // the pipe is another process' standard input: not every file system has named pipes
        Process reader = new ProcessBuilder("bash", "-c", "exec sleep 60 < <(cat \"$0\")", tar("shop:3", BASE)).start();
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("image", "push", "shop:3", "/proc/" + reader.pid() + "/fd/0", "--node", "n1");
            assertThat(fleet.engine("n1").hasImage("shop:3")).isTrue();
            assertThat(fleet.knit("image", "push", "shop:4", folder.toString()).err())
                    .contains("there is no file");
        } finally {
            reader.destroy();
        }
    }
}
