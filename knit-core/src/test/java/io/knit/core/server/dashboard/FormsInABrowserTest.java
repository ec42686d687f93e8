package io.knit.core.server.dashboard;

import static io.knit.core.server.http.FakeOrchestrator.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Value;
import io.knit.api.foresight.Foretold;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.NodeState;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.http.ApiServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a person sees of the pages' forms in a browser, and what comes of what he types there. */
class FormsInABrowserTest {
    private static Browser browser;

    private ApiServer server;

    @BeforeAll
    static void open() throws Exception {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        browser = Browser.start(Files.createTempDirectory(target, "browser"));
    }

    @AfterAll
    static void end() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    @DisplayName("no page is wider than a telephone, also with what is opened on it and the longest names")
    void narrow() throws Exception {
        String longest = "n".repeat(128);
        server.orchestrator.values = Arrays.stream(Value.Kind.values())
                .map(kind -> new Value(kind, longest, 1, 1, NOW, longest, Value.Content.of(longest)))
                .toList();
        server.orchestrator.readers = Map.of(longest, List.of("w".repeat(63), "x".repeat(63)));
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        server.orchestrator.put(
                DeploymentSpec.builder("web", "web:1")
                        .template("/etc/web.conf", "x")
                        .build(),
                DeploymentStatus.DEPLOYING,
                List.of());
        SlotVolume volume = new SlotVolume("web", "0", longest, "n1", NOW, null);
        server.orchestrator.node("n".repeat(63), NodeState.READY, Map.of(), "", "");
        server.orchestrator.volumes = List.of(new VolumeView(volume, "web-0-a", "", "", null));
        Browser.Tab tab = browser.open(server.url("/dashboard")).on(400, true);
        for (String path : List.of(
                "/dashboard",
                "/dashboard/nodes/n1",
                "/dashboard/values",
                "/dashboard/compose",
                "/dashboard/volumes",
                "/dashboard/images",
                "/dashboard/deployments/web/render")) {
            tab.go(server.url(path));
            tab.value("document.querySelectorAll('details').forEach(it => it.open = true)");
            fits(tab, path);
        }
        server.orchestrator.foretold = new Foretold(
                1,
                true,
                true,
                Duration.ofHours(23),
                List.of(new Foretold.Fate(longest, 2, 2, 0, Duration.ZERO, 1, 1, "done", List.of(longest))),
                List.of(new Foretold.Move(Duration.ZERO, longest, longest, "a", longest, longest, longest)),
                List.of(new Foretold.Moment(Duration.ofMillis(7_599_999), "node.down", null, null, longest, longest)));
        tab.go(server.url("/dashboard/nodes/n1"));
        tab.press("#what-if button[value=die]");
        tab.untilSaid("h1", "If n1 died");
        fits(tab, "what if");
    }

    private static void fits(Browser.Tab tab, String page) {
        assertThat(tab.value("[...document.querySelectorAll('body *')]"
                        + ".filter(it => it.getBoundingClientRect().right > innerWidth)"
                        + ".map(it => it.tagName + '.' + it.className).join()"))
                .as(page)
                .isEmpty();
    }

    @Test
    @DisplayName("what a page keeps for its next form is not to be seen on it")
    void kept() throws Exception {
        Browser.Tab tab = browser.open(server.url("/dashboard"));
        tab.type("#name", "web");
        tab.type("#image", "web:1");
        tab.type("#env", "A=1");
        tab.press("button[name=show]");
        tab.untilSaid("h1", "Files of web");
        assertThat(tab.value("[...document.querySelectorAll('[hidden]')].map(it => it.offsetHeight).join()"))
                .startsWith("0,0,0,0")
                .matches("0(,0)*");
    }

    @Test
    @DisplayName("a Compose file that is typed is deployed letter by letter, after its plan was seen")
    void composeFile() throws Exception {
        Browser.Tab tab = browser.open(server.url("/dashboard"));
        tab.go(server.url("/dashboard/compose"));
        String file = "\n# two lines, a quote \" and a tab\nservices:\n  a:\n    image: a:1\n"
                + "    environment:\n      TEXT: |\n        one\n\n        <two> &amp; \\\n";
        tab.type("#file", file);
        tab.type("#project", "shop");
        tab.press("button[value=plan]");
        tab.untilSaid("h1", "shop: what would come of it");
        tab.press("button[value=edit]");
        tab.untilSaid("#stack-title", "Deploy a Compose file");
        assertThat(tab.value("document.querySelector('#file').value")).isEqualTo(file);
        tab.press("button[value=plan]");
        tab.untilSaid("h1", "shop: what would come of it");
        assertThat(server.orchestrator.accepted).isEmpty();
        tab.press("button[value=deploy]");
        tab.untilSaid(".notice", "shop is changed as you asked");
        assertThat(server.orchestrator.accepted)
                .singleElement()
                .satisfies(spec -> assertThat(spec.env()).containsEntry("TEXT", "one\n\n<two> &amp; \\\n"));
    }
}
