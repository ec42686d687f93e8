package io.knit.core.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.model.Capacity;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.core.server.Fixtures;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.inside.Pipe;
import io.knit.core.wire.Features;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.image.ImageHere;
import io.knit.core.wire.image.ImagesHere;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The page on which images are pushed and removed. */
class ImagesPageTest {
    private static final String EVIL = "<script>alert(1)</script>";

    private final List<StreamRequest> asked = new CopyOnWriteArrayList<>();
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        server.orchestrator.tokens.put("all", new Caller("all", Role.ADMIN, "a test"));
        server.orchestrator.tokens.put("some", new Caller("some", Role.DEPLOYER, "a test", List.of("web")));
        server.orchestrator.tokens.put("looks", new Caller("looks", Role.VIEWER, "a test"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private PageSession as(String token) throws Exception {
        return new PageSession(server, token);
    }

    private static ImageHere image(String name, String state, String reason) {
        return new ImageHere(
                "sha256:1", List.of(name), 5 << 20, Instant.EPOCH, 0, ImageHere.PULLED, false, null, state, reason);
    }

    private static Node node(String feature) {
        NodeFacts facts =
                new NodeFacts("n1", Map.of(), new Capacity(4, 8L << 30), "", "", null, null, "", List.of(feature));
        return Fixtures.node("n1", NodeState.READY, facts);
    }

    /** A node whose agent says that of its images. */
    private void says(ImageHere... images) {
        server.orchestrator.node(node(Features.IMAGE_LIST));
        server.inside.opening = (request, reader) -> {
            asked.add(request);
            reader.begun();
            reader.bytes(0, WireCodec.encode(new ImagesHere(1, List.of(images), images.length, 0, 0, List.of())));
            reader.ended(new byte[0]);
            return Pipe.NONE;
        };
    }

    @Test
    @DisplayName("it is shown which images would go, and only who says yes has them removed")
    void prune() throws Exception {
        says(image("old:1", ImageHere.UNUSED, ""), image("db:" + EVIL, ImageHere.KEPT, "a container is made of it"));
        PageSession session = as("all");
        HttpResponse<String> look = session.post("/dashboard/images", "do", "look", "nodes", "n1", "pushed", "1");
        assertThat(look.statusCode()).as(look.body()).isEqualTo(200);
        assertThat(look.body())
                .contains("1 image would go. Nothing was done yet.", "Yes, remove them")
                .contains("name=\"nodes\" value=\"n1\"", "name=\"pushed\" value=\"1\"")
                .containsSubsequence("old:1", "5.0 MiB", "would go", "kept", "a container is made of it")
                .doesNotContain("<script>");
        says(image("old:1", ImageHere.REMOVED, ""));
        HttpResponse<String> done = session.post("/dashboard/images", "do", "prune", "nodes", "n1");
        assertThat(done.body()).contains("1 image went.", ">removed<").doesNotContain("Yes, remove them");
        assertThat(asked)
                .extracting(request -> Objects.requireNonNull(request.images()).dryRun())
                .containsExactly(true, false);
        assertThat(asked)
                .extracting(request -> Objects.requireNonNull(request.images()).pushed())
                .containsExactly(true, false);
        assertThat(asked)
                .allMatch(request -> Objects.requireNonNull(request.images()).remove());
    }

    @Test
    @DisplayName("where nothing would go there is nothing to say yes to, and what can't be asked is said")
    void nothing() throws Exception {
        server.orchestrator.node("n2", NodeState.DOWN, Map.of(), "", "");
        HttpResponse<String> look = as("all").post("/dashboard/images", "do", "look", "nodes", "n2");
        assertThat(look.body()).contains("Nothing would go.", "it is down").doesNotContain("Yes, remove them");
        HttpResponse<String> none = as("all").post("/dashboard/images", "do", "look", "nodes", "n9");
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("Nothing was done: there is no node &quot;n9&quot;");
        HttpResponse<String> wrong = as("all").post("/dashboard/images", "do", EVIL);
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("no such button");
    }

    @Test
    @DisplayName("a push that is refused says why to the end of its file, and one without a page of ours is none")
    void push() throws Exception {
        byte[] tar = new byte[3 << 20];
        HttpResponse<String> nowhere = as("all").upload("/dashboard/images/push", tar, "image", "web:1", "nodes", "");
        assertThat(nowhere.statusCode()).isEqualTo(503);
        assertThat(nowhere.body()).contains("there is no node that can take the image now");
        HttpResponse<String> name = as("all").upload("/dashboard/images/push", tar, "image", "Web:1", "nodes", "");
        assertThat(name.statusCode()).isEqualTo(400);
        server.imageNodes.add(node(Features.IMAGES));
        HttpResponse<String> noTar = as("all").upload("/dashboard/images/push", tar, "image", "web:1", "nodes", "n1");
        assertThat(noTar.statusCode()).isEqualTo(400);
        assertThat(noTar.body()).contains("That was refused");
        HttpResponse<String> old =
                as("all").upload("/dashboard/images/push", "0".repeat(64), tar, "image", "web:1", "nodes", "");
        assertThat(old.statusCode()).isEqualTo(403);
        assertThat(old.body()).contains(Frame.OLD_PAGE);
    }

    @Test
    @DisplayName("who may only look sees where images are, and is offered nothing; who sees not all has no such page")
    void roles() throws Exception {
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        assertThat(as("all").get("/dashboard/images").body())
                .contains("enctype=\"multipart/form-data\"", "value=\"look\"", "/dashboard/nodes/n1/images");
        assertThat(as("looks").get("/dashboard/images").body())
                .contains("/dashboard/nodes/n1/images")
                .doesNotContain("multipart", "value=\"look\"", "Push an image");
        assertThat(as("looks").get("/dashboard").body()).contains("href=\"/dashboard/images\"");
        assertThat(as("some").get("/dashboard").body()).doesNotContain("href=\"/dashboard/images\"");
        assertThat(as("some").get("/dashboard/images").statusCode()).isEqualTo(403);
        for (String token : List.of("some", "looks")) {
            assertThat(as(token)
                            .post("/dashboard/images", "do", "prune", "nodes", "")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(as(token)
                            .upload("/dashboard/images/push", new byte[9], "image", "web:1", "nodes", "")
                            .statusCode())
                    .isEqualTo(403);
        }
    }
}
