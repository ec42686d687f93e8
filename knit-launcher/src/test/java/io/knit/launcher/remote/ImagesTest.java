package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.Typed;
import io.knit.testkit.ImageBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which images the nodes of a real server have, and how those go that nothing uses; the engines alone are fakes. */
class ImagesTest {
    @TempDir
    Path folder;

    private static List<String> words(JsonNode all) {
        List<String> words = new ArrayList<>();
        all.path("images")
                .forEach(image -> words.add((image.path("node").asText() + " "
                                + image.path("names").get(0).asText().replaceAll("@.*", "") + " "
                                + image.path("origin").asText() + " "
                                + (image.path("wanted").asBoolean() ? "wanted " : "")
                                + image.path("state").asText())
                        .strip()));
        return words;
    }

    private String tar(String name) throws IOException {
        Path tar = folder.resolve("image.tar");
        Files.write(tar, ImageBytes.of(name, ImageBytes.layer(1, 5_000)));
        return tar.toString();
    }

    @Test
    @DisplayName(
            "what runs is wanted and stays; what ran goes when it is asked for, what was pushed when that is said, nothing else")
    void story() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.engine("n1").withImage("mine:1").withImage("knit/volume:1");
            fleet.done(
                    "deploy",
                    fleet.file(
                            "shop.yaml",
                            "name: shop\nimage: shop:1\nmode: global\ninit_containers:\n"
                                    + "  - {name: first, image: 'tool:1', args: ['exit 0']}\n"),
                    "--wait");
            fleet.done("image", "push", "team/own:3", tar("team/own:3"), "--node", "n1");

            JsonNode all = fleet.json("image", "ls", "-o", "json");
            assertThat(words(all))
                    .contains(
                            "n1 mine:1 other",
                            "n1 knit/volume:1 knit",
                            "n1 shop:1 pulled wanted",
                            "n1 tool:1 pulled wanted",
                            "n1 team/own:3 pushed",
                            "n2 shop:1 pulled wanted");
            assertThat(words(fleet.json("image", "ls", "--node", "n2", "-o", "json")))
                    .allMatch(word -> word.startsWith("n2 "));
            assertThat(fleet.done("image", "prune")).contains("nothing that Knit brought is unused");

            fleet.done("undeploy", "shop", "--wait");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(fleet.done("image", "prune", "--dry-run", "--node", "n1"))
                            .contains("would go: 2 images"));
            assertThat(fleet.engine("n1").hasImage("shop:1")).isTrue();
            String pruned = fleet.done("image", "prune", "--node", "n1");
            assertThat(pruned).containsPattern("shop:1 +n1 .* removed").contains("removed: 2 images", "on 1 node");
            assertThat(fleet.engine("n1").hasImage("shop:1")).isFalse();
            assertThat(fleet.engine("n1").hasImage("tool:1")).isFalse();
            assertThat(fleet.engine("n1").hasImage("team/own:3")).isTrue();
            assertThat(fleet.engine("n1").hasImage("mine:1")).isTrue();
            assertThat(fleet.engine("n2").hasImage("shop:1")).as("not named").isTrue();

            assertThat(words(fleet.json("image", "prune", "--pushed", "-o", "json")))
                    .contains("n1 team/own:3 pushed removed", "n2 shop:1 pulled removed");
            assertThat(fleet.engine("n1").hasImage("team/own:3")).isFalse();
            assertThat(fleet.engine("n1").hasImage("mine:1")).isTrue();
        }
    }

    @Test
    @DisplayName(
            "a node that is not there is refused; one that can't be asked is named, and is a failure where it was meant")
    void unasked() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            Typed none = fleet.knit("image", "ls", "--node", "n9");
            assertThat(none.exitCode()).isEqualTo(Exit.NOT_FOUND);
            assertThat(none.err()).contains("there is no node \"n9\"");
            fleet.engine("n2").kill();
            assertThat(fleet.done("image", "ls")).contains("n2 was not asked: ");
            Typed meant = fleet.knit("image", "ls", "--node", "n2");
            assertThat(meant.exitCode()).isEqualTo(Exit.FAILED);
            assertThat(meant.out()).contains("no images", "n2 was not asked: ");
        }
    }

    @Test
    @DisplayName("which containers a node keeps since they failed is told below its images")
    void keptFailed() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done(
                    "deploy",
                    fleet.file(
                            "shop.yaml",
                            "name: shop\nimage: shop:1\nargs: ['exit 3']\nkeep_failed: 1\n"
                                    + "restart: {attempts: 1, window: 10m}\n"));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(fleet.done("image", "ls"))
                            .containsPattern(
                                    "\\nn[12] keeps the container knit-shop-0-[a-z0-9]+ of shop since it failed: exit"
                                            + " code 3"));
            assertThat(fleet.json("image", "ls", "-o", "json").toString())
                    .contains("\"kept_failed\":[{\"container\":\"knit-shop-0-");
            String looking = "docker logs knit-shop-0-[a-z0-9]+, docker inspect knit-shop-0-[a-z0-9]+; to be rid of it:"
                    + " docker rm knit-shop-0-[a-z0-9]+ there, or deploy shop with keep_failed: 0";
            assertThat(fleet.done("explain", "shop"))
                    .containsPattern(
                            "\nknit-shop-0-[a-z0-9]+ \\(exit code 3\\) failed and is kept; on n[12]: " + looking);
            assertThat(fleet.json("explain", "shop", "-o", "json").path("kept_failed"))
                    .isNotEmpty()
                    .allMatch(one -> one.path("node").asText().matches("n[12]"));
            assertThat(fleet.knit("doctor").out())
                    .containsPattern(
                            "deployment shop: its container knit-shop-0-[a-z0-9]+ \\(exit code 3\\) failed, and"
                                    + " n[12] keeps it for people to look at\n  on n[12]: " + looking);
        }
    }

    @Test
    @DisplayName("the page's commands, as they stand there")
    void ofThePage() throws Exception {
        String page =
                Files.readString(Path.of(System.getProperty("knit.home", "..")).resolve("docs/images.md"));
        String lines = page.split("<!-- typed -->")[3].replaceFirst("(?s).*?```sh\n(.*?)\n```.*", "$1");
        assertThat(lines.lines().toList()).hasSize(3).allMatch(line -> line.startsWith("knit image "));
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            for (String line : lines.lines().toList()) {
                fleet.done(line.substring("knit ".length()).split(" "));
            }
        }
    }
}
