package io.knit.core.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import io.knit.core.spec.Field;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every wrong request has a status, a code, a place and words, and nothing reaches the orchestrator. */
class BadInputTest {
    private static ApiServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    static Stream<Arguments> wrongBodies() {
        return Stream.concat(wrong(), WrongFields.rows());
    }

    private static Stream<Arguments> wrong() {
        return Stream.of(
                body("", "not_json", "", "empty"),
                body("{", "not_json", "", "line 1, column 2"),
                body("{\n  \"name\": oops}", "not_json", "", "line 2, column 1"),
                body("{\"name\":\"a\",\"image\":\"b:1\"} x", "not_json", "", "more after the end"),
                body("{\"name\":\"a\",\"name\":\"b\"}", "not_json", "", "Duplicate field 'name'"),
                body("[".repeat(5000), "not_json", "", "nested deeper"),
                body("[]", "wrong_type", "", "a list; give an object"),
                body("null", "wrong_type", "", "null"),
                body("{}", "missing_field", "/name", "name is missing"),
                body("{\"name\":\"a\"}", "missing_field", "/image", "image is missing"),
                spec("\"node_seletor\":{}", "unknown_field", "/node_seletor", "did you mean \"node_selector\"?"),
                spec("\"nodeSelector\":{}", "unknown_field", "/nodeSelector", "did you mean \"node_selector\"?"),
                spec("\"env_file\":[\"a.env\"]", "unknown_field", "/env_file", "\"env_from\": [{\"file\": \"NAME\"}]"),
                spec(
                        "\"volumes\":[{\"tmpfs\":{\"size\":\"1m\"},\"destination\":\"/t\"}]",
                        "unknown_field",
                        "/volumes/0/tmpfs",
                        "\"tmpfs\": [\"/PATH:size=64m\"]"),
                spec("\"zzzzzz\":1", "unknown_field", "/zzzzzz", "known are name, image"),
                spec("\"replicas\":\"3\"", "wrong_type", "/replicas", "remove the quotes"),
                spec("\"replicas\":1.5", "wrong_type", "/replicas", "fraction"),
                spec("\"replicas\":1e2", "wrong_type", "/replicas", "whole number"),
                spec("\"replicas\":-1", "invalid_value", "/replicas", "0 to 1000"),
                spec("\"replicas\":1001", "invalid_value", "/replicas", "0 to 1000"),
                spec("\"replicas\":99999999999", "invalid_value", "/replicas", "too large"),
                spec("\"replicas\":null", "wrong_type", "/replicas", "null"),
                spec("\"init\":\"false\"", "wrong_type", "/init", "remove the quotes"),
                spec("\"init\":0", "wrong_type", "/init", "give true or false"),
                spec("\"init\":null", "wrong_type", "/init", "null"),
                spec("\"no_new_privileges\":1", "wrong_type", "/no_new_privileges", "give true or false"),
                spec("\"resources\":7", "wrong_type", "/resources", "give an object"),
                spec("\"resources\":{\"pid\":7}", "unknown_field", "/resources/pid", "did you mean \"pids\"?"),
                spec("\"resources\":{\"pids\":\"7\"}", "wrong_type", "/resources/pids", "remove the quotes"),
                spec("\"resources\":{\"pids\":-2}", "invalid_value", "/resources/pids", "-1 for no limit"),
                spec("\"resources\":{\"pids\":4194305}", "invalid_value", "/resources/pids", "4194304"),
                spec("\"health\":{\"http\":{}}", "missing_field", "/health/http/port", "port is missing"),
                spec("\"health\":{\"http\":{\"port\":0}}", "invalid_value", "/health/http/port", "1 to 65535"),
                spec(
                        "\"health\":{\"http\":{\"port\":80,\"path\":\"x\"}}",
                        "invalid_value",
                        "/health/http/path",
                        "/healthz"),
                spec(
                        "\"health\":{\"http\":{\"port\":80,\"status\":200}}",
                        "wrong_type",
                        "/health/http/status",
                        "quote it"),
                spec(
                        "\"health\":{\"http\":{\"port\":80,\"status\":\"2xx\"}}",
                        "invalid_value",
                        "/health/http/status",
                        "200-399"),
                spec(
                        "\"health\":{\"http\":{\"port\":80,\"status\":\"399-200\"}}",
                        "invalid_value",
                        "/health/http/status",
                        "lowest"),
                spec(
                        "\"health\":{\"http\":{\"port\":80,\"headers\":{\"A\":\"b\\r\\nC: d\"}}}",
                        "invalid_value",
                        "/health/http/headers/A",
                        "printable"),
                spec("\"health\":{\"tcp\":{\"port\":65536}}", "invalid_value", "/health/tcp/port", "1 to 65535"),
                spec(
                        "\"health\":{\"tcp\":{\"port\":80},\"exec\":[\"x\"]}",
                        "invalid_value",
                        "/health",
                        "has tcp and exec; give one"),
                spec(
                        "\"health\":{\"tcp\":{\"port\":80},\"disabled\":true}",
                        "invalid_value",
                        "/health/disabled",
                        "remove one of the two"),
                spec("\"health\":{\"exec\":\"curl x\"}", "wrong_type", "/health/exec", "give a list"),
                spec("\"health\":{\"exec\":[\"a\\u0000\"]}", "invalid_value", "/health/exec/0", "NUL"),
                spec("\"health\":{\"disabled\":\"yes\"}", "wrong_type", "/health/disabled", "remove the quotes"),
                spec("\"health\":{\"interval\":10}", "wrong_type", "/health/interval", "such as \"10s\""),
                spec("\"health\":{\"interval\":\"10\"}", "invalid_value", "/health/interval", "with h, m, s or ms"),
                spec("\"health\":{\"interval\":\"1ms\"}", "invalid_value", "/health/interval", "100ms to 1h"),
                spec("\"health\":{\"timeout\":\"6m\"}", "invalid_value", "/health/timeout", "100ms to 5m"),
                spec("\"health\":{\"retries\":0}", "invalid_value", "/health/retries", "1 to 100"),
                spec("\"health\":{\"grace\":\"25h\"}", "invalid_value", "/health/grace", "0s to 24h"),
                spec(
                        "\"restart\":{\"condition\":\"sometimes\"}",
                        "invalid_value",
                        "/restart/condition",
                        "always, on_failure, never"),
                spec("\"restart\":{\"delay\":\"2m\"}", "invalid_value", "/restart/delay", "100ms to 1m"),
                spec("\"restart\":{\"attempts\":-1}", "invalid_value", "/restart/attempts", "0 to 1000"),
                spec("\"restart\":{\"window\":\"0s\"}", "invalid_value", "/restart/window", "1s to 24h"),
                spec("\"stop\":{\"signal\":\"QUIT\"}", "invalid_value", "/stop/signal", "SIGQUIT"),
                spec("\"stop\":{\"signal\":\"SIGTREM\"}", "invalid_value", "/stop/signal", "did you mean \"SIGTERM\"?"),
                spec("\"stop\":{\"signal\":\"SIGRTMIN+16\"}", "invalid_value", "/stop/signal", "is no signal"),
                spec("\"stop\":{\"grace\":\"2h\"}", "invalid_value", "/stop/grace", "0s to 1h"),
                spec("\"stop\":{\"pre_stop\":[1]}", "wrong_type", "/stop/pre_stop/0", "is a number"),
                spec("\"env\":{\"A\":1}", "wrong_type", "/env/A", "quote it: \"1\""),
                spec(
                        "\"secrets\":[{\"name\":\"s\",\"mode\":256}]",
                        "wrong_type",
                        "/secrets/0/mode",
                        "quote its octal digits, as in \"0640\""),
                spec(
                        "\"templates\":[{\"content\":\"x\",\"destination\":\"/x\",\"mode\":420}]",
                        "wrong_type",
                        "/templates/0/mode",
                        "quote its octal digits, as in \"0640\""),
                spec("\"env\":{\"A\":true}", "wrong_type", "/env/A", "quote it: \"true\""),
                spec("\"env\":{\"A\":null}", "wrong_type", "/env/A", "give a string"),
                spec("\"env\":[]", "wrong_type", "/env", "give an object"),
                spec("\"env\":{\"\":\"x\"}", "invalid_value", "/env/", "variable's name"),
                spec("\"env\":{\"A=B\":\"x\"}", "invalid_value", "/env/A=B", "without ="),
                spec("\"env\":{\"A\":\"x\\u0000\"}", "invalid_value", "/env/A", "NUL"),
                spec("\"env\":{\"A\":\"" + "x".repeat(33_000) + "\"}", "too_large", "/env/A", "32768"),
                spec("\"labels\":{\"knit.cluster\":\"x\"}", "invalid_value", "/labels/knit.cluster", "Knit's own"),
                spec("\"labels\":{\"\":\"x\"}", "invalid_value", "/labels/", "label's key"),
                spec("\"labels\":{\"a\":\"x\\u0000\"}", "invalid_value", "/labels/a", "NUL"),
                spec("\"labels\":{\"a\":\"" + "x".repeat(33_000) + "\"}", "too_large", "/labels/a", "32768"),
                spec(
                        "\"node_selector\":{\"a/b\":1}",
                        "wrong_type",
                        "/node_selector/a~1b",
                        "node_selector.a/b is a number"),
                spec("\"node_selector\":{\"-a\":\"x\"}", "invalid_value", "/node_selector/-a", "label's key"),
                spec("\"command\":\"ls\"", "wrong_type", "/command", "give a list"),
                spec("\"command\":[1]", "wrong_type", "/command/0", "command[0] is a number"),
                spec("\"args\":[\"a\\u0000\"]", "invalid_value", "/args/0", "NUL"),
                spec("\"pull\":\"sometimes\"", "invalid_value", "/pull", "always, missing, never"),
                spec(
                        "\"registry_auth\":{\"username\":\"u\"}",
                        "missing_field",
                        "/registry_auth/password",
                        "password is missing"),
                spec(
                        "\"registry_auth\":{\"username\":\"\",\"password\":\"p\"}",
                        "invalid_value",
                        "/registry_auth/username",
                        "empty"),
                spec("\"ports\":{}", "wrong_type", "/ports", "give a list"),
                spec("\"ports\":[80]", "wrong_type", "/ports/0", "ports[0] is a number; give an object"),
                spec("\"ports\":[{}]", "missing_field", "/ports/0/container_port", "in ports[0]"),
                port("\"container_port\":\"80\"", "wrong_type", "/ports/0/container_port", "remove the quotes"),
                port("\"container_port\":0", "invalid_value", "/ports/0/container_port", "1 to 65535"),
                port("\"container_port\":65536", "invalid_value", "/ports/0/container_port", "1 to 65535"),
                port("\"container_port\":1,\"host_port\":65536", "invalid_value", "/ports/0/host_port", "1 to 65535"),
                port("\"container_port\":1,\"host_port\":-1", "invalid_value", "/ports/0/host_port", "1 to 65535"),
                port("\"container_port\":1,\"hostport\":1", "unknown_field", "/ports/0/hostport", "\"host_port\""),
                port("\"container_port\":1,\"protocol\":\"sctp\"", "invalid_value", "/ports/0/protocol", "tcp, udp"),
                port("\"container_port\":1,\"protocol\":6", "wrong_type", "/ports/0/protocol", "quote it"),
                port(
                        "\"container_port\":1,\"host_ip\":\"999.1.1.1\"",
                        "invalid_value",
                        "/ports/0/host_ip",
                        "not an IP"),
                port(
                        "\"container_port\":1,\"host_ip\":\"example.org\"",
                        "invalid_value",
                        "/ports/0/host_ip",
                        "\"mesh\""),
                port("\"container_port\":1,\"host_ip\":\"\"", "invalid_value", "/ports/0/host_ip", "not an IP"),
                port(
                        "\"container_port\":1,\"host_ip\":\"010.1.1.1\"",
                        "invalid_value",
                        "/ports/0/host_ip",
                        "not an IP"),
                port("\"container_port\":1,\"host_ip\":\"1::2::3\"", "invalid_value", "/ports/0/host_ip", "not an IP"),
                twoPorts(
                        "\"container_port\":1,\"host_port\":5",
                        "\"container_port\":2,\"host_port\":5",
                        "/ports/1/host_port"),
                twoPorts(
                        "\"container_port\":1,\"host_port\":5,\"host_ip\":\"0.0.0.0\"",
                        "\"container_port\":2,\"host_port\":5,\"host_ip\":\"1.2.3.4\"",
                        "/ports/1/host_port"),
                twoPorts(
                        "\"container_port\":1,\"host_port\":5,\"host_ip\":\"::1\"",
                        "\"container_port\":2,\"host_port\":5,\"host_ip\":\"0:0::1\"",
                        "/ports/1/host_port"),
                twoPorts("\"container_port\":1", "\"container_port\":1", "/ports/1"),
                name("", "/name"),
                name("Web", "/name"),
                name("-a", "/name"),
                name("a-", "/name"),
                name("a.b", "/name"),
                name("a\\u0000", "/name"),
                name("a".repeat(64), "/name"),
                image("", "empty"),
                image("Nginx", "lower case: nginx"),
                image("nginx:", "wrong tag"),
                image("nginx:a b", "space"),
                image("nginx:" + "a".repeat(129), "wrong tag"),
                image("https://nginx", "URL"),
                image("nginx@sha256:12", "digest"),
                image("a//b", "image reference"),
                image("-a", "image reference"),
                image("a".repeat(256), "255"),
                destination("index.html", "absolute"),
                destination("/", "root"),
                destination("/a/../b", ".."),
                destination("/a/./b", "has . in it"),
                destination("/a//b", "//"),
                destination("/a/", "ends with /"),
                destination("/proc/x", "kernel"),
                destination("/sys", "kernel"),
                destination("/dev/null", "kernel"),
                destination("/a\\u0000b", "control"),
                destination("/" + "a".repeat(256), "255"),
                destination("/" + "a/".repeat(2100) + "a", "4096"),
                content("Hello {{ node.id", "line 1, column 17"),
                content("a\\n  {{ nod.id }}", "line 2, column 6"),
                content("{% include \\\"/etc/passwd\\\" %}", "can't include files"),
                content("{% for a in [1,2,3,4,5,6,7,8,9,0] %}".repeat(8) + "{% endfor %}".repeat(8), "loops more than"),
                content("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself"),
                spec(
                        "\"templates\":[{\"destination\":\"/a\"}]",
                        "missing_field",
                        "/templates/0/content",
                        "content is missing"),
                spec(
                        "\"templates\":[{\"destination\":\"/a\",\"content\":\"\"},{\"destination\":\"/a\",\"content\":\"\"}]",
                        "duplicate_value",
                        "/templates/1/destination",
                        "given twice"),
                spec(
                        "\"templates\":[{\"destination\":\"/a/b\",\"content\":\"\"},{\"destination\":\"/a\",\"content\":\"\"}]",
                        "invalid_value",
                        "/templates/0/destination",
                        "lies below /a"));
    }

    @ParameterizedTest(name = "{index} {1} {2}")
    @MethodSource("wrongBodies")
    void refusesBody(String body, String code, String pointer, String words) throws Exception {
        HttpResponse<String> response = server.post("/deployments", body);

        JsonNode problem = problem(response, code.equals("too_large") ? 413 : 400, code);
        assertThat(problem.path("pointer").asText("none")).isEqualTo(pointer);
        assertThat(problem.path("detail").asText()).contains(words);
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @Test
    void everyFieldHasAWrongValueHere() {
        Set<String> wrong = wrongBodies()
                .filter(row -> !"unknown_field".equals(row.get()[1]))
                .map(row -> row.get()[2].toString())
                .collect(Collectors.toSet());
        Set<String> fields = new TreeSet<>();
        leaves("", SpecTable.SPEC, fields);
        fields.removeIf(field -> wrong.stream().anyMatch(place -> place.matches(field + "(/[^/]*)?")));
        assertThat(fields).as("fields without a wrong value in the table").isEmpty();
    }

    /** Of each field that holds no record the pointer, with any number for an element of a list. */
    private static void leaves(String pointer, Table<?> table, Set<String> found) {
        for (Field<?> field : table.fields()) {
            String at = pointer + "/" + field.name();
            switch (field.type()) {
                case OBJECT -> leaves(at, field.table(), found);
                case OBJECTS -> leaves(at + "/\\d+", field.table(), found);
                default -> found.add(at);
            }
        }
    }

    @Test
    void tellsAllThatIsWrong() throws Exception {
        HttpResponse<String> response = server.post(
                "/deployments", "{\"name\":\"A\",\"image\":\"\",\"ports\":[{\"container_port\":0}],\"replicas\":5000}");

        JsonNode problem = problem(response, 400, "invalid_value");
        assertThat(problem.path("pointer").asText()).isEqualTo("/name");
        assertThat(problem.path("errors").findValuesAsText("pointer"))
                .containsExactly("/name", "/image", "/replicas", "/ports/0/container_port");
    }

    /** What can't be read hides nothing of what can, and nothing is said that is so only because of it. */
    static Stream<Arguments> severalFaults() {
        return Stream.of(
                several(
                        "\"name\":\"A\",\"image\":\"x:1\",\"restart\":{\"condition\":\"sometimes\"},\"constraints\":[{\"key\":\"node.arhc\",\"op\":\"exists\"}]",
                        "/restart/condition, /name, /constraints/0/key"),
                several(
                        "\"name\":\"a\",\"image\":\"X\",\"replicas\":5000,\"health\":{\"http\":{\"path\":\"x\"}}",
                        "/replicas, /health/http/port, /image, /health/http/path"),
                // without an op nobody knows what belongs to it; the other constraint is judged
                several(
                        "\"name\":\"a\",\"image\":\"x:1\",\"constraints\":[{\"key\":\"a\",\"op\":\"like\"},{\"key\":\"a\",\"op\":\"=\"}]",
                        "/constraints/0/op, /constraints/1/value"),
                several(
                        "\"name\":\"a\",\"image\":\"x:1\",\"ports\":[{\"container_port\":80},{\"container_port\":\"80\"},{\"container_port\":\"80\"},{\"container_port\":80}]",
                        "/ports/1/container_port, /ports/2/container_port, /ports/3"),
                // nor without the mode what goes with it
                several(
                        "\"name\":\"a\",\"image\":\"x:1\",\"mode\":\"corn\",\"replicas\":2,\"cron\":{\"schedule\":\"1 2 3 4 5\"},\"stop\":{\"signal\":\"HUP\"}",
                        "/mode, /stop/signal"),
                several(
                        "\"name\":\"a\",\"image\":\"x:1\",\"mode\":\"job\",\"replicas\":1,\"restart\":{\"attempts\":2},\"stop\":{\"signal\":\"HUP\"}",
                        "/replicas, /stop/signal, /restart"),
                several(
                        "\"name\":\"A\",\"image\":\"x:1\",\"mode\":\"cron\",\"replicas\":2,\"priorty\":1",
                        "/priorty, /replicas, /name, /cron"));
    }

    @ParameterizedTest(name = "{index} {1}")
    @MethodSource("severalFaults")
    void tellsWhatCanNotBeReadWithAllElse(String body, String pointers) throws Exception {
        JsonNode problem = new ObjectMapper()
                .readTree(server.post("/deployments", "{" + body + "}").body());
        assertThat(String.join(", ", problem.path("errors").findValuesAsText("pointer")))
                .as("%s", problem)
                .isEqualTo(pointers);

        JsonNode supposed = new ObjectMapper()
                .readTree(server.post("/simulate", "{\"steps\":[{\"deploy\":{" + body + "}},{\"kill\":1}]}")
                        .body());
        assertThat(String.join(", ", supposed.path("errors").findValuesAsText("pointer")))
                .as("%s", supposed)
                .isEqualTo("/steps/0/deploy" + pointers.replace(", ", ", /steps/0/deploy") + ", /steps/1/kill");
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @Test
    void neverRepeatsAPassword() throws Exception {
        HttpResponse<String> response = server.post(
                "/deployments",
                "{\"name\":\"a\",\"image\":\"x:1\",\"registry_auth\":{\"username\":\"u\",\"password\":\"ses\\u0001ame\"}}");
        problem(response, 400, "invalid_value");
        assertThat(response.body()).doesNotContain("ses");
    }

    @Test
    void refusesOtherContentTypes() throws Exception {
        for (String type : new String[] {
            "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data"
        }) {
            HttpResponse<String> response = server.send(server.request("/deployments")
                    .header("Content-Type", type)
                    .POST(BodyPublishers.ofString("{\"name\":\"a\",\"image\":\"x:1\"}")));
            problem(response, 415, "unsupported_media_type");
        }
        problem(
                server.send(server.request("/deployments").POST(BodyPublishers.ofString("{}"))),
                415,
                "unsupported_media_type");
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @Test
    void refusesUnknownPathsAndMethods() throws Exception {
        problem(server.get("/nothing"), 404, "not_found");
        problem(server.get("/deployments/a/b"), 404, "not_found");
        problem(server.get("/deployments/nothing%00%2F"), 404, "not_found");
        for (String[] row : new String[][] {
            {"PUT", "/deployments", "GET, HEAD, POST"},
            {"POST", "/deployments/x", "GET, HEAD, DELETE"},
            {"DELETE", "/nodes", "GET, HEAD"},
            {"POST", "/ping", "GET, HEAD"},
            {"POST", "/events", "GET"},
            {"POST", "/dashboard", "GET, HEAD"},
            {"DELETE", "/dashboard/deploy", "GET, HEAD, POST"},
        }) {
            HttpResponse<String> response = server.send(server.request(row[1]).method(row[0], BodyPublishers.noBody()));
            problem(response, 405, "method_not_allowed");
            assertThat(response.headers().firstValue("Allow")).contains(row[2]);
        }
    }

    @Test
    void refusesLargeBodiesBeforeTheyAreAllThere() throws Exception {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send("POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 1048577\r\n\r\n{");
            assertThat(raw.rest()).startsWith("HTTP/1.1 413 ").contains("\"code\":\"too_large\"");
        }
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send("POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");
            String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
            for (int i = 0; i < 16; i++) {
                raw.send(chunk);
            }
            raw.send("1\r\n \r\n");
            assertThat(raw.rest()).startsWith("HTTP/1.1 413 ").contains("\"code\":\"too_large\"");
        }
    }

    @Test
    void takesABodyThatComesInPieces() throws Exception {
        try (ApiServer own = new ApiServer();
                RawHttp raw = new RawHttp(own.api.port())) {
            raw.send(
                    "POST /deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\n"
                            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n10\r\n{\"name\":\"a\",\"ima\r\n");
            raw.send("c\r\nge\":\"x:1\"}  \r\n0\r\n\r\n");
            assertThat(raw.rest()).startsWith("HTTP/1.1 202 ");
            assertThat(own.orchestrator.accepted).hasSize(1);
        }
    }

    private static JsonNode problem(HttpResponse<String> response, int status, String code) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = new ObjectMapper().readTree(response.body());
        assertThat(problem.path("code").asText()).as(response.body()).isEqualTo(code);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asText()).isNotEmpty();
        assertThat(problem.path("detail").asText()).isNotEmpty();
        return problem;
    }

    private static Arguments body(String body, String code, String pointer, String words) {
        return Arguments.of(body, code, pointer, words);
    }

    private static Arguments several(String fields, String pointers) {
        return Arguments.of(fields, pointers);
    }

    private static Arguments spec(String field, String code, String pointer, String words) {
        return body("{\"name\":\"a\",\"image\":\"x:1\"," + field + "}", code, pointer, words);
    }

    private static Arguments port(String fields, String code, String pointer, String words) {
        return spec("\"ports\":[{" + fields + "}]", code, pointer, words);
    }

    private static Arguments twoPorts(String first, String second, String pointer) {
        return spec("\"ports\":[{" + first + "},{" + second + "}]", "duplicate_value", pointer, "twice");
    }

    private static Arguments name(String name, String pointer) {
        return body("{\"name\":\"" + name + "\",\"image\":\"x:1\"}", "invalid_value", pointer, "DNS label");
    }

    private static Arguments image(String image, String words) {
        return body("{\"name\":\"a\",\"image\":\"" + image + "\"}", "invalid_value", "/image", words);
    }

    private static Arguments destination(String path, String words) {
        return spec(
                "\"templates\":[{\"destination\":\"" + path + "\",\"content\":\"\"}]",
                "invalid_value",
                "/templates/0/destination",
                words);
    }

    private static Arguments content(String content, String words) {
        return spec(
                "\"templates\":[{\"destination\":\"/a\",\"content\":\"" + content + "\"}]",
                "template_invalid",
                "/templates/0/content",
                words);
    }
}
