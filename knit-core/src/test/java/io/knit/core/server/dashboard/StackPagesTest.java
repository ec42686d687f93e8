package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.core.server.http.ApiServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page on which a Compose file is typed. */
class StackPagesTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static final String SHOP =
            "version: '3'\r\nservices:\r\n  a: {image: 'a:${TAG}'}\r\n  b: {image: 'b:1'}\r\n";

    private static String hidden(String page, String name) {
        Matcher field =
                Pattern.compile("name=\"" + name + "\" value=\"([^\"]*)\"").matcher(page);
        assertThat(field.find()).as(page).isTrue();
        return field.group(1);
    }

    private void ofShop(String name) {
        server.orchestrator.put(
                DeploymentSpec.builder(name, "old:1").stack("shop").build(), DeploymentStatus.RUNNING, List.of());
    }

    @Test
    void aComposeFileIsShownAsAPlanAndDoneAsItWasShown() throws Exception {
        ofShop("shop-b");
        ofShop("shop-gone");
        PageSession session = new PageSession(server);
        String[] typed = {"file", SHOP, "project", "shop", "env", "TAG=4"};
        HttpResponse<String> plan = session.post("/dashboard/compose", with(typed, "do", "plan"));
        assertThat(plan.statusCode()).as(plan.body()).isEqualTo(200);
        assertThat(plan.body())
                .containsSubsequence(
                        "shop: what would come of it",
                        "compose.yaml:1:1: version:",
                        "Deploy shop-a",
                        "<code>/replicas</code> <del>1</del> → <ins>2</ins>",
                        "Deploy shop-b",
                        "name=\"do\" value=\"deploy\">Yes, deploy shop")
                .doesNotContain("shop-gone", "name=\"prune\"");
        assertThat(hidden(plan.body(), "seen")).isEqualTo("shop-a=0,shop-b=1");
        assertThat(server.orchestrator.commands).isEmpty();

        String[] seen = with(with(typed, "do", "deploy"), "seen", "shop-a=0,shop-b=1");
        HttpResponse<String> done = session.post("/dashboard/compose", seen);
        assertThat(done.headers().firstValue("Location")).as(done.body()).hasValue("/dashboard?changed=shop");
        assertThat(server.orchestrator.accepted)
                .extracting(DeploymentSpec::image)
                .containsExactly("a:4", "b:1");
        assertThat(server.orchestrator.commands.stream().map(Command.Deploy.class::cast))
                .extracting(Command.Deploy::ifRevision)
                .containsExactly(0, 1);

        server.orchestrator.commands.clear();
        plan = session.post("/dashboard/compose", with(with(typed, "do", "plan"), "prune", "1"));
        assertThat(plan.body()).contains("Undeploy shop-gone", "name=\"prune\" value=\"1\"");
        String shown = hidden(plan.body(), "seen");
        assertThat(shown).isEqualTo("shop-a=1,shop-b=1,shop-gone=1");
        ofShop("shop-later");
        session.post("/dashboard/compose", with(with(with(typed, "do", "deploy"), "seen", shown), "prune", "1"));
        assertThat(server.orchestrator.commands).hasSize(3).endsWith(new Command.Undeploy("shop-gone", 1));
    }

    @Test
    void whatIsRefusedOfAComposeFileIsSaidWithItsLinesAndTheFileStays() throws Exception {
        PageSession session = new PageSession(server);
        String wrong = "services:\n  a: {image: 'a:1', nonsense: 1}\n  b: {image: '</textarea><script>', other: 1}\n";
        for (String action : List.of("plan", "deploy")) {
            HttpResponse<String> again = session.post(
                    "/dashboard/compose",
                    "do",
                    action,
                    "file",
                    wrong,
                    "project",
                    "shop",
                    "prune",
                    "1",
                    "seen",
                    "shop-a=0");
            assertThat(again.statusCode()).isEqualTo(400);
            assertThat(again.body())
                    .contains("<li>compose.yaml:2:", "<li>compose.yaml:3:", "aria-describedby=\"file-problem\"")
                    .contains("image: &#39;&lt;/textarea&gt;&lt;script&gt;&#39;, other: 1}", "value=\"1\" checked")
                    .doesNotContain("<script");
        }
        for (String unknown : List.of("", "shop-a", "shop-a=0;x")) {
            assertThat(session.post(
                                    "/dashboard/compose",
                                    "do",
                                    "deploy",
                                    "file",
                                    SHOP,
                                    "project",
                                    "shop",
                                    "seen",
                                    unknown)
                            .body())
                    .contains("plan it anew");
        }
        server.orchestrator.refused = new KnitException(ErrorCode.IN_USE, "shop-a has revision 2 by now");
        HttpResponse<String> late = session.post(
                "/dashboard/compose",
                "do",
                "deploy",
                "env",
                "TAG=4",
                "file",
                SHOP,
                "project",
                "shop",
                "seen",
                "shop-a=1");
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).contains("Nothing was done:", "<li>shop-a has revision 2 by now");
        HttpResponse<String> old =
                session.send("/dashboard/compose", "", session.token, "do", "deploy", "file", SHOP, "seen", "shop-a=0");
        assertThat(old.statusCode()).isEqualTo(403);
        assertThat(old.body()).contains("opened before the server", "services:");
        assertThat(server.orchestrator.commands).isEmpty();
    }
}
