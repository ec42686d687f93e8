package io.knit.core.server.dashboard;

import static io.knit.core.server.http.FakeOrchestrator.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.model.Capacity;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.PullProgress;
import io.knit.api.model.StartTimes;
import io.knit.core.server.Fixtures;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.connection.HttpLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the script of the pages does in a browser. */
class LivePageTest {
    private static final String TOKEN = "ann-of-the-tests";

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
        server = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        server.orchestrator.tokens.put(TOKEN, new Caller("ann", Role.ADMIN, "a test"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Browser.Tab loggedIn() {
        Browser.Tab tab = browser.open(server.url("/dashboard/login"));
        logIn(tab);
        tab.untilSaid("#live", "live");
        return tab;
    }

    private void event() {
        server.orchestrator.event("node.ready", null, null, "n1", "n1 is ready");
    }

    private void logIn(Browser.Tab tab) {
        tab.type("#token", TOKEN);
        tab.press("form[action='/dashboard/login'] button");
        tab.until("location.pathname === '/dashboard' && document.readyState === 'complete'");
    }

    @Test
    @DisplayName("whose session is over is led to the login, though nothing happens that he is told of")
    void led() throws Exception {
        Browser.Tab tab = loggedIn();
        server.orchestrator.tokens.clear();
        event();
        tab.until("location.pathname === '/dashboard/login'");
        assertThat(tab.value("document.title")).isEqualTo("Knit: log in");
    }

    @Test
    @DisplayName("what is half typed is not taken from him, and once he has logged in beside it the page is live again")
    void typed() throws Exception {
        Browser.Tab tab = loggedIn();
        tab.type("#image", "registry.example/web:1");
        server.orchestrator.tokens.clear();
        event();
        tab.untilSaid("#live", "your session has ended: log in");
        assertThat(tab.value("document.querySelector('#live a').target")).isEqualTo("_blank");

        tab.press("#deploy button[type=submit]");
        tab.until("document.activeElement === document.querySelector('#live a')");
        assertThat(tab.value("location.pathname")).isEqualTo("/dashboard");
        // and stays there while the page asks again
        String asked = "performance.getEntriesByType('resource').length";
        int before = Integer.parseInt(tab.value("String(" + asked + ")"));
        tab.until(asked + " > " + (before + 1));
        assertThat(tab.value("String(document.activeElement === document.querySelector('#live a'))"))
                .isEqualTo("true");

        server.orchestrator.tokens.put(TOKEN, new Caller("ann", Role.ADMIN, "a test"));
        logIn(tab.beside(server.url("/dashboard/login")));
        tab.look();
        tab.untilSaid("#live", "live");
        assertThat(tab.value("document.querySelector('#image').value")).isEqualTo("registry.example/web:1");
    }

    @Test
    @DisplayName("what a refusal sent back is as dear to him as what he just typed")
    void sentBack() throws Exception {
        Browser.Tab tab = loggedIn();
        tab.type("#image", "registry.example/web:1");
        tab.press("#deploy button[type=submit]");
        tab.until("location.pathname === '/dashboard/deploy' && document.readyState === 'complete'");
        tab.untilSaid("#name-problem", "give a name");
        tab.untilSaid("#live", "live");
        server.orchestrator.tokens.clear();
        event();
        tab.untilSaid("#live", "your session has ended: log in");
        assertThat(tab.value("document.querySelector('#image').value")).isEqualTo("registry.example/web:1");
    }

    @Test
    @DisplayName("a section that comes later hinders none after it, and a node whose capacity is not known yet says so")
    void sectionsThatCome() throws Exception {
        node(new Capacity(0, 0));
        Browser.Tab tab = loggedIn();
        tab.go(server.url("/dashboard/nodes/n1"));
        tab.untilSaid("#live", "live");
        tab.untilSaid("#room", "Not known");
        // as on a page that was opened when the server was another one
        tab.value("document.getElementById('room').remove(), document.getElementById('witnesses').remove()");
        tab.value("document.getElementById('node').insertAdjacentHTML('afterend', '<p id=gone data-live>')");
        node(new Capacity(4, 8L << 30));
        server.orchestrator.put(
                DeploymentSpec.builder("web", "web:1").build(),
                DeploymentStatus.RUNNING,
                List.of(Instance.pending("web-0-a", "web", 1, 0, 0, List.of(), NOW, "", NOW)
                        .placedOn("n1", List.of(), NOW)));
        tab.untilSaid("#tenants", "slot 0");
        tab.untilSaid("#room", "8.00 GiB");
        assertThat(tab.value("[...document.querySelectorAll('[data-live]')].map(it => it.id).join()"))
                .isEqualTo("node,witnesses,room,what-if,tenants");
    }

    private void node(Capacity capacity) {
        server.orchestrator.forget("n1");
        server.orchestrator.node(Fixtures.node(
                "n1",
                NodeState.READY,
                new NodeFacts("n1", Map.of(), capacity, "20.10", "0.1.0", "10.54.0.10", "key", "", List.of())));
        event();
    }

    @Test
    @DisplayName("one answer that fails is tried again, and then the page is live again")
    void triedAgain() throws Exception {
        Browser.Tab tab = loggedIn();
        AtomicBoolean broken = new AtomicBoolean(true);
        server.orchestrator.readyAsked = () -> {
            if (broken.get()) {
                throw new IllegalStateException("as the test wants it");
            }
        };
        event();
        tab.untilSaid("#live", "the server answers 500, trying again");
        broken.set(false);
        tab.until("document.getElementById('live').textContent === 'live'");
        tab.untilSaid("#events", "n1 is ready");
    }

    @Test
    @DisplayName("the page of a node that was forgotten says that, and not that the server is away")
    void forgotten() throws Exception {
        node(new Capacity(4, 8L << 30));
        Browser.Tab tab = loggedIn();
        tab.go(server.url("/dashboard/nodes/n1"));
        tab.untilSaid("#live", "live");
        server.orchestrator.forget("n1");
        event();
        tab.untilSaid("#live", "what this page shows is no longer there");
    }

    @Test
    @DisplayName(
            "what moves without an event is followed on the overview, too, and the sooner while an image is fetched")
    void withoutEvents() throws Exception {
        put(null);
        Browser.Tab tab = loggedIn();
        tab.until("document.querySelector('[data-every]').dataset.every === '30'");
        put(new PullProgress(1 << 20, 4 << 20));
        tab.untilSaid("#deployments", "1.0 of 4.0 MiB");
        tab.until("document.querySelector('[data-every]').dataset.every === '5'");
        server.orchestrator.ready = false;
        tab.untilSaid("#totals", "The server is not ready");
    }

    private void put(@Nullable PullProgress pull) {
        server.orchestrator.put(
                DeploymentSpec.builder("web", "web:1").build(),
                DeploymentStatus.DEPLOYING,
                List.of(Instance.pending("web-0-a", "web", 1, 0, 0, List.of(), NOW, "", NOW)
                        .placedOn("n1", List.of(), NOW)
                        .with(new Observed(
                                InstanceState.PREPARING,
                                "",
                                0,
                                false,
                                1,
                                NOW,
                                Health.NONE,
                                NOW,
                                StartTimes.UNKNOWN,
                                null,
                                pull,
                                null))));
    }

    @Test
    @DisplayName("tabs that nobody looks at hold no connection, and are as things are once somebody does")
    void hidden() throws Exception {
        Browser.Tab first = loggedIn();
        for (int i = 0; i < 6; i++) {
            first.beside(server.url("/dashboard")).untilSaid("#live", "live");
        }
        assertThat(first.value("String(document.hidden)")).isEqualTo("true");
        event();
        Browser.Tab seventh = first.beside(server.url("/dashboard"));
        seventh.untilSaid("#events", "n1 is ready");
        assertThat(first.value("document.getElementById('events').textContent")).doesNotContain("n1 is ready");
        first.look();
        first.untilSaid("#events", "n1 is ready");
        server.orchestrator.event("node.ready", null, null, "n2", "n2 is ready");
        first.untilSaid("#events", "n2 is ready");
    }
}
