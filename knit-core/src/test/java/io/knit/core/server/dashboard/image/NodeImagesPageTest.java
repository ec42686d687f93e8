package io.knit.core.server.dashboard.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.model.NodeState;
import io.knit.core.server.dashboard.frame.Allowed;
import io.knit.core.server.dashboard.frame.Pages;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.image.NodeImages;
import io.knit.core.wire.image.FailedHere;
import io.knit.core.wire.image.ImageHere;
import io.knit.core.wire.image.ImagesHere;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The page of a node's images. */
class NodeImagesPageTest {
    private static final String EVIL = "<script>alert(1)</script>\"'&";
    private static final Instant USED = Instant.parse("2026-11-28T10:00:00Z");

    private static ImageHere image(
            String name, long mebibytes, int containers, String origin, boolean wanted, @Nullable Instant unusedSince) {
        return new ImageHere(
                "sha256:" + "0".repeat(64),
                name.isEmpty() ? List.of() : List.of(name),
                mebibytes << 20,
                Instant.EPOCH,
                containers,
                origin,
                wanted,
                unusedSince,
                "",
                "");
    }

    private static String html(ImagesHere here) {
        return new Pages()
                .render(
                        "node-images.peb",
                        Map.of(
                                "page",
                                NodeImagesPage.of(new NodeImages.Said("n1", here, "")),
                                "who",
                                "",
                                "here",
                                "",
                                "may",
                                Allowed.of(Caller.PROGRAM)));
    }

    @Test
    @DisplayName("says of each, the largest first, who uses it, who brought it, and what becomes of it")
    void rows() {
        List<NodeImagesPage.Row> rows = NodeImagesPage.of(new NodeImages.Said(
                        "n1",
                        new ImagesHere(
                                1,
                                List.of(
                                        image("web:1", 10, 2, ImageHere.PULLED, true, null),
                                        image("db:1", 3 << 10, 0, ImageHere.PUSHED, false, USED),
                                        image("old:1", 9, 0, ImageHere.PULLED, false, USED),
                                        image("next:1", 8, 0, ImageHere.PULLED, true, null),
                                        image("", 7, 0, ImageHere.OTHER, false, null)),
                                6,
                                0,
                                0,
                                List.of()),
                        ""))
                .images();
        assertThat(rows.stream().map(it -> it.names().get(0) + " " + it.size() + " " + it.use() + ", " + it.note()))
                .containsExactly(
                        "db:1 3.0 GiB unused, since 2026-11-28 10:00:00 UTC; stays until it is pruned with --pushed",
                        "web:1 10.0 MiB 2 containers, ",
                        "old:1 9.0 MiB unused, since 2026-11-28 10:00:00 UTC; goes by itself",
                        "next:1 8.0 MiB wanted here, ",
                        "000000000000… (no name) 7.0 MiB unused, never removed by Knit");
    }

    @Test
    @DisplayName("the empty image by which Knit reaches volumes is its own")
    void own() {
        List<ImageHere> images = List.of(
                image(ImageHere.EMPTY, 0, 0, ImageHere.OTHER, false, null),
                image("db:1", 1, 0, ImageHere.OTHER, false, null));
        assertThat(NodeImagesPage.of(new NodeImages.Said("n1", new ImagesHere(1, images, 2, 0, 0, List.of()), ""))
                        .images())
                .extracting(it -> it.names().get(0) + " " + it.origin())
                .containsExactlyInAnyOrder("knit/volume:1 Knit's own", "db:1 not Knit's");
    }

    @Test
    @DisplayName(
            "writes no text of a node as anything but text, and says how full the disk is, and what failed and is kept")
    void texts() {
        String html = html(new ImagesHere(
                1,
                List.of(image(EVIL, 1, 0, EVIL, false, null)),
                1,
                100L << 30,
                25L << 30,
                List.of(new FailedHere("knit-" + EVIL, EVIL, "i", EVIL))));
        assertThat(html)
                .doesNotContain("<script")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;")
                .contains("1 image; their disk is 75 % full: 25.0 GiB of 100.0 GiB are free")
                .contains("Containers that failed and are kept");
        assertThat(html(new ImagesHere(1, List.of(), 0, 0, 0, List.of())))
                .contains("0 images")
                .doesNotContain("their disk", "<table", "failed");
    }

    @Test
    @DisplayName("is a page by its own address, which says why a node can't be asked")
    void asked() throws Exception {
        try (ApiServer server = new ApiServer()) {
            server.orchestrator.node("n1", NodeState.DOWN, Map.of(), "", "it is silent");
            assertThat(server.get("/dashboard/nodes/n1").body()).contains("href=\"/dashboard/nodes/n1/images\"");
            assertThat(server.get("/dashboard/nodes/n1/images").body())
                    .contains("It can't be said which there are: it is down")
                    .contains("href=\"/images?node=n1\"");
            assertThat(server.get("/dashboard/nodes/n9/images").statusCode()).isEqualTo(404);
        }
    }
}
