package io.knit.core.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.connection.HttpLimits;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What the script of the pages does in a browser. */
class LivePageTest {
    private static final String TOKEN = "ann-of-the-tests";

    private static Browser browser;

    private ApiServer server;

    @BeforeAll
    static void open(@TempDir(cleanup = CleanupMode.NEVER) Path profile) throws Exception {
        browser = Browser.start(profile);
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
        server.orchestrator.event("node.ready", null, null, "n1", "n1 is ready");
        tab.until("location.pathname === '/dashboard/login'");
        assertThat(tab.value("document.title")).isEqualTo("Knit: log in");
    }

    @Test
    @DisplayName("what is half typed is not taken from him, and once he has logged in beside it the page is live again")
    void typed() throws Exception {
        Browser.Tab tab = loggedIn();
        tab.type("#image", "registry.example/web:1");
        server.orchestrator.tokens.clear();
        server.orchestrator.event("node.ready", null, null, "n1", "n1 is ready");
        tab.untilSaid("#live", "your session has ended: log in");
        assertThat(tab.value("document.querySelector('#live a').target")).isEqualTo("_blank");

        tab.press("#deploy button[type=submit]");
        tab.until("document.activeElement === document.querySelector('#live a')");
        assertThat(tab.value("location.pathname")).isEqualTo("/dashboard");

        server.orchestrator.tokens.put(TOKEN, new Caller("ann", Role.ADMIN, "a test"));
        logIn(tab.beside(server.url("/dashboard/login")));
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
        server.orchestrator.event("node.ready", null, null, "n1", "n1 is ready");
        tab.untilSaid("#live", "your session has ended: log in");
        assertThat(tab.value("document.querySelector('#image').value")).isEqualTo("registry.example/web:1");
    }
}
