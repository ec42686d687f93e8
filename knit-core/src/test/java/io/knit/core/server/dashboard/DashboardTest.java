package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.EVIL;
import static io.knit.core.server.dashboard.PageFixtures.busy;
import static io.knit.core.server.dashboard.PageFixtures.refused;
import static io.knit.core.server.dashboard.PageFixtures.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.http.ApiServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds of all pages. */
class DashboardTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void rootLeadsToAnEmptyDashboard() throws Exception {
        HttpResponse<String> root = server.get("/");
        assertThat(root.statusCode()).isEqualTo(302);
        assertThat(root.headers().firstValue("Location")).contains("/dashboard");

        HttpResponse<String> page = server.get("/dashboard");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body()).contains("Nothing is deployed yet").contains("No agent has joined yet");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'");
        // with no-referrer a browser would send the forms with "Origin: null", which is refused
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("same-origin");
        assertThat(page.headers().firstValue("Set-Cookie").orElse(""))
                .containsIgnoringCase("HttpOnly")
                .contains("SameSite=Strict");
    }

    @Test
    void nothingIsInlineOrFromElsewhere() throws Exception {
        busy(server, "plain");
        String page = server.get("/dashboard").body();
        assertThat(page).doesNotContain("style=\"").doesNotContain("onclick").doesNotContain("<style");
        assertThat(page).doesNotContainPattern("<script(?! src=\"/dashboard/app.js\" defer></script>)");
        assertThat(page).doesNotContainPattern("(src|href)=\"(https?:)?//(?!10\\.54\\.|\\[::1])");
        for (String file : List.of("/dashboard/app.js", "/dashboard/style.css", "/dashboard/icon.svg")) {
            assertThat(server.get(file).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatOthersWroteIsEscaped() throws Exception {
        busy(server, EVIL);
        for (String path : List.of(
                "/dashboard",
                "/dashboard/fragments",
                "/dashboard?deployed=%3Cscript%3Ealert(1)",
                "/dashboard?undeployed=%3Cscript%3Ealert(1)")) {
            assertThat(server.get(path).body()).doesNotContain("<script>alert").doesNotContain("\"'&");
        }
        assertThat(server.get("/dashboard").body()).contains("&lt;script&gt;alert(1)");
        PageSession session = new PageSession(server);
        HttpResponse<String> again = session.post(
                "/dashboard/deploy",
                "name",
                EVIL,
                "image",
                EVIL,
                "platform",
                EVIL,
                "replicas",
                EVIL,
                "selector",
                EVIL,
                "ports",
                EVIL,
                "env",
                "</textarea>" + EVIL,
                "destination",
                EVIL,
                "content",
                "</textarea>" + EVIL);
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .doesNotContain("<script>alert")
                .doesNotContain("</textarea><")
                .doesNotContain("&lt;/textarea>");
    }

    @Test
    void timesHaveADate() throws Exception {
        server.orchestrator.event("node.ready", null, null, "n1", "n1 is ready");
        assertThat(server.get("/dashboard").body()).contains(">2026-11-23 12:00:01 UTC</time>");
        assertThat(server.get("/dashboard/app.js").body()).contains("toLocaleDateString");
    }

    @Test
    void formsWithoutTheirTokenDoNothing() throws Exception {
        busy(server, "plain");
        PageSession session = new PageSession(server);
        String[] form = {"name", "evil", "image", "x:1", "replicas", "1"};

        List<HttpResponse<String>> refused = new ArrayList<>();
        refused.add(session.send("/dashboard/deploy", session.cookie, "", form));
        refused.add(session.send("/dashboard/deploy", session.cookie, "0".repeat(64), form));
        refused.add(session.send("/dashboard/deploy", "", session.token, form));
        refused.add(session.send("/dashboard/deploy", "knit_csrf_test=" + "a".repeat(32), session.token, form));
        refused.add(session.send("/dashboard/deploy", "knit_csrf_test=", session.token, form));
        refused.add(session.send("/dashboard/undeploy", "", session.token, "name", "web"));
        refused.add(session.send("/dashboard/undeploy", session.cookie, "", "name", "web"));
        refused.add(session.send("/dashboard/plan", session.cookie, "", "do", "restart", "name", "web"));
        refused.add(session.send("/dashboard/change", session.cookie, "", "do", "restart", "name", "web"));
        refused.add(session.send("/dashboard/change", "", session.token, "do", "restart", "name", "web"));

        for (HttpResponse<String> response : refused) {
            assertThat(response.statusCode()).isEqualTo(403);
        }
        assertThat(refused.get(0).body()).contains("value=\"evil\"").contains("opened before");
        assertThat(server.orchestrator.accepted).isEmpty();
        assertThat(server.orchestrator.snapshot().deployment("web")).isPresent();
    }

    @Test
    void fieldsThatAFormDoesNotHaveAreRefused() throws Exception {
        PageSession session = new PageSession(server);
        String[] plain = {"name", "web", "image", "x:1", "replicas", "1"};
        refused(
                session.post("/dashboard/deploy", with(plain, "dry_run", "true")),
                "\"dry_run\"",
                "remove it; known are");
        refused(session.post("/dashboard/deploy", with(plain, "selectors", "a=b")), "did you mean selector?");
        refused(session.post("/dashboard/deploy", with(plain, "Env", "A=b")), "did you mean env?");
        refused(session.post("/dashboard/deploy", with(plain, "image", "y:1")), "image is given twice");
        refused(session.post("/dashboard/undeploy", "name", "web", "force", "1"), "\"force\"");
        assertThat(server.orchestrator.accepted).isEmpty();
        assertThat(session.post("/dashboard/deploy", plain).statusCode()).isEqualTo(303);
    }
}
