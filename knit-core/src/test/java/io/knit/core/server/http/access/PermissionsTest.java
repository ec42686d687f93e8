package io.knit.core.server.http.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.InstanceState;
import io.knit.core.server.Fixtures;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.access.RightsTable.Who;
import io.knit.core.server.http.connection.HttpLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each cell of the table of routes, asked of a server that asks everybody for a token; and all of them of one that asks nobody. */
class PermissionsTest {
    private static final String SPEC = "{\"name\":\"NAME\",\"image\":\"web:1\"}";
    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("POST /deployments", SPEC),
            Map.entry("POST /render", SPEC),
            Map.entry("POST /compose", "{\"project\":\"NAME\",\"file\":\"services: {a: {image: a}}\"}"),
            Map.entry("POST /deployments/{name}/scale", "{\"replicas\":2}"),
            Map.entry("POST /simulate", "{\"steps\":[{\"kill_node\":\"n1\"}]}"),
            Map.entry("PATCH /nodes/{id}", "{\"labels\":{\"a\":\"b\"}}"),
            Map.entry("POST /tokens", "{\"role\":\"viewer\"}"),
            Map.entry("POST /webhooks", "{\"name\":\"chat\",\"url\":\"https://a.example\"}"),
            Map.entry("PUT /vars/{name}", "{\"value\":\"a\"}"),
            Map.entry("PUT /secrets/{name}", "{\"value\":\"a\"}"),
            Map.entry("PUT /files/{name}", "{\"value\":\"a\"}"),
            Map.entry("PUT /registries/{host}", "{\"username\":\"a\",\"password\":\"b\"}"),
            Map.entry("POST /dashboard/login", "token=viewer"),
            Map.entry("POST /dashboard/deploy", "name=NAME&image=web:1&replicas=1"),
            Map.entry("POST /dashboard/undeploy", "name=NAME"),
            Map.entry("POST /dashboard/plan", "do=restart&name=NAME"),
            Map.entry("POST /dashboard/change", "do=restart&name=NAME"),
            Map.entry("POST /dashboard/nodes/{id}/simulate", "do=die"),
            Map.entry("POST /dashboard/volumes", "do=remove&name=NAME&slot=0&volume=data&node=n1"),
            Map.entry("POST /dashboard/compose", "do=plan&project=NAME&file=services: {a: {image: a}}"),
            Map.entry("POST /dashboard/values", "do=set&kind=var&name=a&content=b"));

    private static ApiServer asking;
    private static ApiServer open;

    @BeforeAll
    static void start() throws Exception {
        asking = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        open = new ApiServer();
        for (Role role : Role.values()) {
            for (Who who : RightsTable.of(role)) {
                Caller caller = Objects.requireNonNull(who.caller());
                asking.orchestrator.tokens.put(caller.name(), caller);
            }
        }
        open.orchestrator.tokens.putAll(asking.orchestrator.tokens);
        for (ApiServer server : List.of(asking, open)) {
            for (String name : List.of("web", "db")) {
                server.orchestrator.put(
                        DeploymentSpec.builder(name, "web:1").build(),
                        DeploymentStatus.RUNNING,
                        List.of(Fixtures.on("n1", Fixtures.pending(name + "-0-a", name, 1, 0), InstanceState.RUNNING)));
            }
        }
    }

    @AfterAll
    static void close() {
        asking.close();
        open.close();
    }

    static Stream<Arguments> cells() throws IOException {
        List<Arguments> cells = new ArrayList<>();
        RightsTable.table("routes").forEach((route, row) -> {
            cells.add(Arguments.of(route, new Who("nobody", null, "web"), row.get(0)));
            int column = 1;
            for (Role role : Role.values()) {
                for (Who who : RightsTable.of(role)) {
                    cells.add(Arguments.of(route, who, row.get(column)));
                }
                column++;
            }
        });
        return cells.stream();
    }

    @ParameterizedTest(name = "{0}: {1}: {2}")
    @MethodSource("cells")
    void eachCell(String route, Who who, String cell) throws Exception {
        boolean versioned = !route.matches("GET /(docs)?|.*/dashboard.*");
        for (String prefix : versioned ? List.of("", "/v1") : List.of("")) {
            int status = ask(asking, route, who, prefix);
            if (who.may(cell)) {
                assertLetIn(route, status);
            } else {
                assertThat(status).isEqualTo(who.caller() == null ? 401 : 403);
            }
        }
    }

    /** No agent is there whose logs there could be, or that could take an image: that is told to who is let in. */
    private static void assertLetIn(String route, int status) {
        assertThat(status).isNotIn(401, 403);
        assertThat(status < 500
                        || (route.matches(".*/(logs|stats|exec|attach|files|snapshot|images/.*)") && status == 503))
                .as("status %s", status)
                .isTrue();
    }

    static Stream<String> routes() throws IOException {
        return RightsTable.table("routes").keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("routes")
    @DisplayName("where nobody is asked, everybody may everything")
    void withoutTokens(String route) throws Exception {
        assertLetIn(route, ask(open, route, new Who("nobody", null, "web")));
    }

    @Test
    @DisplayName("no route is without a row, on the page and in the code")
    void allRoutes() throws IOException {
        Set<String> rows = new TreeSet<>();
        RightsTable.table("routes").keySet().forEach(route -> rows.add(route.replaceAll("\\{(\\w+)}", ":$1")));
        assertThat(rows).isEqualTo(ApiServer.routes());
        assertThat(RouteRights.BY_ROUTE.keySet()).isEqualTo(ApiServer.routes());
    }

    @Test
    @DisplayName("a path that nobody has thought of is shown to nobody but who may everything")
    void unknownPaths() throws Exception {
        assertThat(ask(asking, "GET /nothing", new Who("nobody", null, "web"))).isEqualTo(401);
        for (Who who : RightsTable.of(Role.VIEWER)) {
            assertThat(ask(asking, "GET /nothing", who)).isEqualTo(404);
        }
        assertThat(ask(open, "GET /nothing", new Who("nobody", null, "web"))).isEqualTo(404);
    }

    private static int ask(ApiServer server, String route, Who who) throws Exception {
        return ask(server, route, who, "");
    }

    private static int ask(ApiServer server, String route, Who who, String prefix) throws Exception {
        String[] parts = route.split(" ", 2);
        String path = parts[1].replace("/nodes/{id}", "/nodes/n1")
                .replace("/{deployment}/{slot}/{name}", "/" + who.target() + "/0/data")
                .replace("/instances/{id}", "/instances/" + who.target() + "-0-a")
                .replace("{host}", "registry.example")
                .replace("{name}", who.target())
                .replace("{number}", "1");
        boolean scoped = who.caller() != null && !who.caller().isForAll();
        if (route.equals("GET /history") && scoped) {
            path += "?deployment=" + who.target();
        }
        HttpRequest.Builder request = shown(server.request(prefix + path), who);
        String body = BODIES.getOrDefault(route, "").replace("NAME", who.target());
        boolean form = path.startsWith("/dashboard") && parts[0].equals("POST");
        if (form) {
            body = body + "&csrf=" + csrf(server, who, request);
            request.header("Content-Type", "application/x-www-form-urlencoded");
        } else if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return status(
                server,
                request.method(parts[0], body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder shown(HttpRequest.Builder request, Who who) {
        return who.caller() == null
                ? request
                : request.header("Authorization", "Bearer " + who.caller().name());
    }

    /** What a form must have, from the page that he is shown; its cookie goes with the request. */
    private static String csrf(ApiServer server, Who who, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpResponse<String> page = server.send(shown(server.request("/dashboard/login"), who));
        if (page.statusCode() != 200) {
            page = server.send(shown(server.request("/dashboard"), who));
        }
        page.headers().firstValue("Set-Cookie").ifPresent(cookie -> request.header("Cookie", cookie.split(";", 2)[0]));
        return Arrays.stream(page.body().split("name=\"csrf\" value=\"", 2))
                .skip(1)
                .findFirst()
                .map(rest -> rest.split("\"", 2)[0])
                .orElse("");
    }

    /** Of an answer that may have no end. */
    private static int status(ApiServer server, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = server.client.send(request.build(), BodyHandlers.ofInputStream());
        answer.body().close();
        return answer.statusCode();
    }
}
