package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.EVIL;
import static io.knit.core.server.dashboard.PageFixtures.refused;
import static io.knit.core.server.dashboard.PageFixtures.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.FakeOrchestrator;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page of variables, secrets, files and registries. */
class ValuesPageTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Value value(Value.Kind kind, String name, int version, int bytes) {
        return new Value(kind, name, version, bytes, FakeOrchestrator.NOW, "ann", null);
    }

    @Test
    void valuesAreListedWithWhoSetThemAndWhoReadsThem() throws Exception {
        server.orchestrator.values = List.of(
                value(Value.Kind.VAR, "HOST", 3, 1),
                value(Value.Kind.FILE, "app.conf", 2, 70_000),
                value(Value.Kind.REGISTRY, "[fd00::1]:5000", 1, 9).with(Value.Content.of(EVIL)));
        server.orchestrator.readers =
                Map.of("HOST", List.of("a", "b", "c", "d", "e", "f", "g"), "app.conf", List.of("web"));
        String page = server.get("/dashboard/values").body();
        assertThat(page)
                .containsSubsequence(
                        ">Variables</h2>",
                        "<a href=\"/vars/HOST\"><b>HOST</b></a>",
                        "version 3 · 1 byte<",
                        "set <time datetime=\"2026-11-23T12:00:00Z\">2026-11-23 12:00:00 UTC</time> by ann",
                        "used by <b>a, b, c, d, e and 2 more</b>",
                        "name=\"name\" value=\"HOST\">Remove HOST<",
                        ">Secrets</h2>",
                        "None is set yet",
                        ">Files</h2>",
                        "version 2 · 68.4 KiB",
                        "used by <b>web</b>",
                        ">Registries</h2>",
                        "<a href=\"/registries/%5Bfd00%3A%3A1%5D%3A5000\">",
                        "as &lt;script&gt;",
                        "not used")
                .doesNotContain("<script");
        List<String> labelled = Pattern.compile("<label for=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(label -> label.group(1))
                .toList();
        assertThat(labelled).hasSize(9).allSatisfy(id -> assertThat(page).contains(" id=\"" + id + "\""));
    }

    @Test
    void valuesAreSetAndRemovedByPlainForms() throws Exception {
        PageSession session = new PageSession(server);
        String[][] forms = {
            {"var", "HOST", "", "a\r\nb\r\n"},
            {"secret", "db", "", "hush\n\n"},
            {"file", "conf", "", "x\r\ny\r\n"},
            {"registry", "registry.example:5000", "ci", "pass:word"}
        };
        for (String[] form : forms) {
            HttpResponse<String> done = session.post(
                    "/dashboard/values",
                    "do",
                    "set",
                    "kind",
                    form[0],
                    "name",
                    " " + form[1] + " ",
                    "username",
                    form[2],
                    "content",
                    form[3]);
            assertThat(done.statusCode()).as(done.body()).isEqualTo(303);
            assertThat(done.headers().firstValue("Location"))
                    .hasValue("/dashboard/values?set=" + form[0] + "%2F"
                            + URLEncoder.encode(form[1], StandardCharsets.UTF_8));
        }
        HttpResponse<String> removed =
                session.post("/dashboard/values", "do", "remove", "kind", "secret", "name", "old");
        assertThat(removed.headers().firstValue("Location")).hasValue("/dashboard/values?removed=secret%2Fold");
        assertThat(server.orchestrator.commands)
                .containsExactly(
                        new Command.SetValue(Value.Kind.VAR, "HOST", Value.Content.of("a\nb")),
                        new Command.SetValue(Value.Kind.SECRET, "db", Value.Content.of("hush\n")),
                        new Command.SetValue(Value.Kind.FILE, "conf", Value.Content.of("x\ny\n")),
                        new Command.SetValue(
                                Value.Kind.REGISTRY, "registry.example:5000", Value.Content.of("ci:pass:word")),
                        new Command.RemoveValue(Value.Kind.SECRET, "old"));
        assertThat(server.orchestrator.callers)
                .allSatisfy(caller -> assertThat(caller.from()).startsWith("the dashboard at "));

        server.orchestrator.values = List.of(value(Value.Kind.VAR, "HOST", 3, 1));
        server.orchestrator.readers = Map.of("HOST", List.of("web"));
        assertThat(server.get("/dashboard/values?set=var%2FHOST").body())
                .contains("The variable HOST is set: it has version 3. It is read by web: where");
        assertThat(server.get("/dashboard/values?removed=secret%2Fold").body()).contains("The secret old is removed.");
        for (String untrue : List.of("?set=var%2Fgone", "?removed=var%2FHOST", "?set=" + "%3Cb%3E")) {
            assertThat(server.get("/dashboard/values" + untrue).body())
                    .as(untrue)
                    .doesNotContain("class=\"notice");
        }
    }

    @Test
    void whatIsRefusedOfAValueStandsAtItsFieldAndNoSecretComesBack() throws Exception {
        PageSession session = new PageSession(server);
        String[] variable = {"do", "set", "kind", "var", "name", "-", "content", "typed before"};
        server.orchestrator.refused = KnitException.at("/name", ErrorCode.INVALID_VALUE, "the name is <wrong>");
        HttpResponse<String> again = session.post("/dashboard/values", variable);
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .contains("Nothing was done: <a href=\"#var-set\">see the form</a>", "id=\"var-set\" open")
                .contains("value=\"-\" required", "aria-invalid=\"true\" aria-describedby=\"var-name-problem\"")
                .contains("id=\"var-name-problem\"><li>the name is &lt;wrong&gt;</li>", "typed before</textarea>");
        server.orchestrator.refused = new KnitException(ErrorCode.IN_USE, "the variable HOST is read by web");
        again = session.post("/dashboard/values", "do", "remove", "kind", "var", "name", "HOST");
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("Nothing was done: the variable HOST is read by web", "role=\"alert\"");

        for (String kind : List.of("secret", "registry", "nothing")) {
            String[] hidden = {"do", "set", "kind", kind, "name", "db", "username", "u:v", "content", "hush-hush"};
            again = session.post("/dashboard/values", hidden);
            assertThat(again.statusCode()).as(kind).isBetween(400, 409);
            assertThat(again.body()).contains("Nothing was done: ").doesNotContain("hush-hush");
            again = session.send("/dashboard/values", "", session.token, hidden);
            assertThat(again.statusCode()).as(kind).isEqualTo(403);
            assertThat(again.body()).contains("opened before the server").doesNotContain("hush-hush");
        }
        assertThat(session.post("/dashboard/values", "do", "set", "kind", "registry", "name", "a", "username", "u:v")
                        .body())
                .contains("id=\"registry-username-problem\"><li>this is no user&#39;s name (not shown)");
        assertThat(server.orchestrator.commands).isEmpty();
        refused(session.post("/dashboard/values", with(variable, "force", "1")), "\"force\"");
        HttpResponse<String> foreign = server.send(server.request("/dashboard/values")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Cookie", session.cookie)
                .header("Origin", "http://evil.example")
                .POST(BodyPublishers.ofString("csrf=" + session.token + "&do=remove&kind=var&name=a")));
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(server.orchestrator.commands).isEmpty();
    }
}
