package io.knit.core.server.dashboard;

import static io.knit.core.server.http.FakeOrchestrator.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.command.Rendering;
import io.knit.api.command.Value;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.TemplateSpec;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.connection.HttpLimits;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The page of what templates become. */
class RenderPageTest {
    private static final String EVIL = "<script>alert(1)</script>";

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        server.orchestrator.tokens.put("all", new Caller("all", Role.ADMIN, "a test"));
        server.orchestrator.tokens.put("others", new Caller("others", Role.DEPLOYER, "a test", List.of("db")));
        server.orchestrator.tokens.put("looks", new Caller("looks", Role.VIEWER, "a test"));
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .template("/etc/web.conf", "x")
                .build();
        server.orchestrator.put(new Deployment("web", 1, spec, false, NOW, NOW), DeploymentStatus.RUNNING, List.of());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Rendering.File file(
            String destination, @Nullable String text, String problem, boolean removed, @Nullable String diff) {
        return new Rendering.File(destination, text, null, List.of(), List.of(), problem, removed, diff);
    }

    private void becomes(Rendering.File... files) {
        server.orchestrator.rendering = new Rendering(
                "web",
                4,
                3,
                List.of(new Rendering.Read(Value.Kind.SECRET, "db", 2, 1)),
                List.of(new Rendering.OnNode("n1", List.of(0, 2), List.of(files))),
                5,
                "");
    }

    private PageSession as(String token) throws Exception {
        return new PageSession(server, token);
    }

    @Test
    @DisplayName("each file is shown as it becomes, with what differs from what runs, and what goes or fails")
    void files() throws Exception {
        becomes(
                file("/a", "one\n" + EVIL, "", false, "--- a\n+++ b\n@@ -1 +1,2 @@\n-" + EVIL + "\n+one\n"),
                file("/same", "s", "", false, ""),
                file("/gone", null, "", true, "-old\n"),
                file("/bad", null, "there is no variable \"x\"", false, null),
                new Rendering.File("/masked", "***", null, List.of("secret db"), List.of(1, 4), "", false, null),
                new Rendering.File("/bytes", null, "AAEC", List.of(), List.of(), "", false, null));
        HttpResponse<String> page = as("all").get("/dashboard/deployments/web/render");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body())
                .contains("Compared with revision 3, which is deployed.", "secret db: version 2, deployed is 1")
                .contains("<h2>n1 <span class=\"aside\">2 slots; of slot 0</span></h2>", "and 5 more nodes")
                .containsSubsequence(
                        "<code>/a</code> <span class=\"pill busy\">changes</span>",
                        "<del>-&lt;script&gt;alert(1)&lt;/script&gt;</del>",
                        "<ins>+one</ins>",
                        "<details><summary>All of it",
                        "one\n&lt;script&gt;",
                        "<code>/same</code> <span class=\"pill quiet\">as it is now</span>",
                        "<details open>",
                        "<code>/gone</code> <span class=\"pill warn\">goes</span>",
                        "<del>-old</del>",
                        "<code>/bad</code> <span class=\"pill bad\">can&#39;t be rendered</span>",
                        "there is no variable &quot;x&quot;",
                        "Not shown, or not known yet: secret db.",
                        "line 1, 4.",
                        "It is no text, and has 3 bytes.")
                .doesNotContain("<script");
        assertThat(server.orchestrator.rendered)
                .singleElement()
                .satisfies(spec -> assertThat(spec.templates())
                        .extracting(TemplateSpec::destination)
                        .containsExactly("/etc/web.conf"));
    }

    @Test
    @DisplayName("the deploy form shows its files first, deploys nothing, and comes back as it was typed")
    void form() throws Exception {
        becomes(file("/a", "one", "", false, null));
        PageSession session = as("all");
        String[] typed = {
            "name",
            "web",
            "image",
            "web:2",
            "replicas",
            "2",
            "env",
            "A=1\r\nB=2",
            "destination",
            "/a",
            "content",
            "\n{{ x }}\n"
        };
        String[] show = with(typed, "show");
        HttpResponse<String> page = session.post("/dashboard/deploy", show);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body())
                .contains("Files of web", "Nothing has been done", "Deploy web</button>")
                .contains("<textarea name=\"env\" hidden>\nA=1\nB=2</textarea>")
                .contains("<textarea name=\"content\" hidden>\n\n{{ x }}\n</textarea>");
        assertThat(server.orchestrator.accepted).isEmpty();
        assertThat(server.orchestrator.rendered)
                .singleElement()
                .satisfies(spec -> assertThat(spec.replicas()).isEqualTo(2));
        HttpResponse<String> edit = session.post("/dashboard/deploy", with(typed, "edit"));
        assertThat(edit.statusCode()).isEqualTo(200);
        assertThat(edit.body()).contains("id=\"image\" name=\"image\" value=\"web:2\"");
        HttpResponse<String> wrong = session.post("/dashboard/deploy", "name", "web", "show", "1");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("give an image, like nginx:1.27");
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    private static String[] with(String[] fields, String button) {
        String[] all = java.util.Arrays.copyOf(fields, fields.length + 2);
        all[fields.length] = button;
        all[fields.length + 1] = "1";
        return all;
    }

    @Test
    @DisplayName("who may not deploy it is neither offered it nor answered")
    void roles() throws Exception {
        String link = "href=\"/dashboard/deployments/web/render\"";
        assertThat(as("all").get("/dashboard").body()).contains(link);
        assertThat(as("looks").get("/dashboard").body()).contains(">web</h3>").doesNotContain(link, "name=\"show\"");
        assertThat(as("looks").get("/dashboard/deployments/web/render").statusCode())
                .isEqualTo(403);
        assertThat(as("others").get("/dashboard/deployments/web/render").statusCode())
                .isEqualTo(403);
        HttpResponse<String> none = as("all").get("/dashboard/deployments/none/render");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("there is no deployment &quot;none&quot;");
        assertThat(as("all").get("/dashboard/deployments/web/render").body())
                .contains("No instance would be placed: no node");
    }
}
