package io.knit.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.testkit.ImageBytes;
import io.knit.testkit.TarBytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operation of the document, asked of a live server in each way that it says it may be answered: status, headers, type and every field are as
 * declared, and what is declared is seen.
 */
@Timeout(120)
class ApiContractTest {
    /** Status, method, path, a body or {@code -}, and headers. In order: each finds what those before it left. */
    private static final String ASKED = """
            200 GET /ping
            200 GET /healthz
            200 GET /readyz
            200 GET /metrics
            400 GET /metrics?a=1
            200 GET /openapi.json
            200 GET /nodes
            200 GET /nodes?limit=1
            400 GET /nodes?limit=0
            200 GET /nodes/node-a
            404 GET /nodes/node-x
            200 PATCH /nodes/node-a {"labels":{"rack":"7"}}
            200 PATCH /nodes/node-a?dry_run=true {"labels":{"rack":"8"}}
            400 PATCH /nodes/node-a {"labels":{"rack":7}}
            404 PATCH /nodes/node-x {"labels":{}}
            415 PATCH /nodes/node-a -
            413 PATCH /nodes/node-a {large}
            200 POST /nodes/node-a/pause
            200 POST /nodes/node-a/pause?dry_run=true {}
            400 POST /nodes/node-a/pause {"a":1}
            404 POST /nodes/node-x/pause
            200 POST /nodes/node-a/activate
            400 POST /nodes/node-a/activate - If-Match:"1"
            404 POST /nodes/node-x/activate
            409 DELETE /nodes/node-a
            404 DELETE /nodes/node-x
            400 DELETE /nodes/node-x?wait=1s
            202 POST /deployments {"name":"api","image":"web:1","replicas":2,"update":{"min_healthy":"0s"}}
            200 POST /deployments?wait=1m {"name":"api","image":"web:2","replicas":2,"update":{"min_healthy":"0s"}}
            200 POST /deployments?dry_run=true {"name":"api","image":"web:1","replicas":3}
            200 POST /deployments?wait=1m {"name":"api","image":"web:2","replicas":2,"ports":[{"container_port":80}],"update":{"max_parallel":2,"min_healthy":"0s"}}
            202 POST /deployments?wait=50ms {"name":"nowhere","image":"web:1","node_selector":{"region":"mars"}}
            202 POST /deployments {"name":"once","image":"web:1","mode":"job","job":{"completions":1}}
            202 POST /deployments {"name":"daily","image":"web:1","mode":"cron","cron":{"schedule":"0 3 * * *"}}
            400 POST /deployments {"name":"API","image":""}
            400 POST /deployments {"name":
            412 POST /deployments {"name":"api","image":"web:1"} If-Match:"99"
            412 POST /deployments {"name":"api","image":"web:1"} If-None-Match:*
            415 POST /deployments {"name":"api","image":"web:1"} Content-Type:text/plain
            413 POST /deployments {large}
            403 POST /deployments {"name":"api","image":"web:1"} Origin:https://elsewhere.example
            200 GET /deployments
            200 GET /deployments?limit=1
            200 GET /deployments/web
            200 GET /deployments/nowhere
            200 GET /deployments/once
            200 GET /deployments/daily
            200 GET /deployments/web?at=NOW
            404 GET /deployments/web?at=2001-01-01T00:00:00Z
            400 GET /deployments/web?at=tomorrow
            404 GET /deployments/none
            200 GET /deployments/web/revisions
            404 GET /deployments/none/revisions
            200 GET /deployments/web/revisions/1
            404 GET /deployments/web/revisions/99
            200 GET /deployments/web/diff
            200 GET /deployments/web/diff?from=1&to=2
            404 GET /deployments/none/diff
            400 GET /deployments/web/diff?from=x
            200 GET /deployments/web/explain
            200 GET /deployments/nowhere/explain
            200 GET /deployments/daily/explain
            404 GET /deployments/none/explain
            200 GET /instances/INSTANCE/explain
            404 GET /instances/none/explain
            200 GET /instances/INSTANCE/logs?tail=5
            400 GET /instances/INSTANCE/logs?tail= - Last-Event-ID:2026-01-01T00:00:00Z
            404 GET /instances/INSTANCE/logs?part=none
            400 GET /instances/INSTANCE/logs?part=No
            404 GET /instances/none/logs
            200 GET /deployments/web/logs
            404 GET /deployments/none/logs
            200 GET /instances/INSTANCE/stats
            404 GET /instances/none/stats
            200 GET /deployments/web/stats
            404 GET /deployments/none/stats
            200 GET /nodes/node-a/stats
            404 GET /nodes/node-x/stats
            400 GET /instances/INSTANCE/exec?command=sh
            400 GET /instances/INSTANCE/attach
            400 PUT /instances/INSTANCE/files?path=/tmp -
            204 PUT /instances/INSTANCE/files?path=/tmp {tar}
            404 PUT /instances/none/files?path=/tmp -
            200 GET /instances/INSTANCE/files?path=/tmp
            404 GET /instances/INSTANCE/files?path=/none
            404 GET /instances/none/files?path=/tmp
            400 GET /instances/INSTANCE/files
            202 POST /deployments/web/scale {"replicas":2}
            200 POST /deployments/web/scale?wait=1m {"replicas":3}
            200 POST /deployments/web/scale?dry_run=true {"replicas":5}
            400 POST /deployments/web/scale {"replicas":-1}
            400 POST /deployments/daily/scale {"replicas":2}
            404 POST /deployments/none/scale {"replicas":1}
            412 POST /deployments/web/scale {"replicas":1} If-Match:"99"
            415 POST /deployments/web/scale {"replicas":1} Content-Type:text/plain
            413 POST /deployments/web/scale {large}
            200 POST /deployments/web/restart?wait=1m
            202 POST /deployments/web/restart {"pull":false}
            404 POST /deployments/none/restart
            412 POST /deployments/web/restart {} If-Match:"99"
            200 POST /deployments/web/rollback?wait=1m {"revision":2}
            202 POST /deployments/web/rollback
            404 POST /deployments/none/rollback
            404 POST /deployments/web/rollback {"revision":99}
            412 POST /deployments/web/rollback {} If-Match:"99"
            200 POST /deployments/web/pause
            200 POST /deployments/web/pause?wait=1m
            404 POST /deployments/none/pause
            412 POST /deployments/web/pause {} If-Match:"99"
            200 POST /deployments/web/resume?wait=1m
            202 POST /deployments/web/resume
            404 POST /deployments/none/resume
            412 POST /deployments/web/resume {} If-Match:"99"
            202 POST /deployments/web/promote
            200 POST /deployments/web/promote?wait=1m
            404 POST /deployments/none/promote
            412 POST /deployments/web/promote {} If-Match:"99"
            200 POST /simulate {"steps":[{"kill":"node-a"},{"advance":"1m"},{"deploy":{"name":"later","image":"web:1"}},{"drain":"node-b"},{"activate":"node-b"},{"drain":{"node":"node-b","deadline":"5m","start_first":false}}],"for":"5m"}
            404 POST /simulate {"steps":[{"kill":"node-x"}]}
            400 POST /simulate {"steps":[{}]}
            415 POST /simulate -
            413 POST /simulate {large}
            200 POST /render {"name":"web","image":"web:1","templates":[{"destination":"/a","content":"{{ node.id }}"}]}
            200 POST /render?node=node-a {"name":"later","image":"web:1"}
            404 POST /render?node=node-x {"name":"later","image":"web:1"}
            400 POST /render {"name":"later","image":"web:1","templates":[{"destination":"/a","content":"{{ nope }}"}]}
            415 POST /render -
            413 POST /render {large}
            200 POST /compose?dry_run=true&prune=true {"file":"name: group\\nservices: {one: {image: 'web:1', tty: true}}"}
            202 POST /compose {"file":"services: {one: {image: 'web:1'}, one-x: {image: 'web:1', build: .}}","project":"group","env":{"A":"b"},"env_file":"C=d","files":{"f":"g"},"profiles":["x"]}
            409 POST /compose {"file":"services: {x: {image: 'web:1'}}","project":"group-one"}
            200 POST /compose?wait=1m&prune=true&project=group {"file":"services: {one: {image: 'web:1'}}","prune":true}
            202 POST /compose?wait=50ms {"file":"name: far\\nservices: {away: {image: 'web:1', deploy: {placement: {constraints: ['node.labels.region==mars']}}}}"}
            400 POST /compose {"file":"services: {one: {build: .}}"}
            415 POST /compose {"file":"a"} Content-Type:text/plain
            413 POST /compose {large}
            200 POST /rebalance {"dry_run":true}
            400 POST /rebalance {"max_moves":0}
            204 DELETE /deployments/once?wait=1m
            200 POST /deployments?wait=1m {"name":"kept","image":"web:1","volumes":[{"name":"data","destination":"/data"}],"update":{"min_healthy":"0s"}}
            200 GET /volumes
            200 GET /volumes/kept/0/data
            404 GET /volumes/kept/9/data
            409 DELETE /volumes/kept/0/data
            200 GET /volumes/kept/0/data/snapshot
            404 GET /volumes/kept/9/data/snapshot
            400 GET /volumes/kept/0/data/snapshot?path=/
            409 PUT /volumes/kept/0/data/snapshot -
            404 PUT /volumes/kept/9/data/snapshot -
            404 DELETE /volumes/kept/9/data
            404 POST /deployments/kept/move {"slot":"0","to":"node-x"}
            200 POST /deployments?wait=1m {"name":"moved","image":"web:1","prefer":[{"key":"name","op":"=","value":"node-a"}],"volumes":[{"name":"data","destination":"/data"}],"update":{"min_healthy":"0s"}}
            removals held
            202 POST /deployments/moved/move {"slot":"0","to":"node-b"}
            409 POST /deployments/moved/move {"slot":"0","to":"node-b"}
            202 DELETE /deployments/moved/move?slot=0
            removals free
            404 DELETE /deployments/moved/move?slot=0
            204 DELETE /deployments/moved?volumes=true&wait=1m
            400 POST /deployments/kept/move {"slot":"0"}
            400 POST /deployments/kept/move {"slot":"","to":""}
            400 DELETE /deployments/kept/move
            400 DELETE /deployments/kept/move?slot=
            204 DELETE /deployments/kept?wait=1m
            204 PUT /volumes/kept/0/data/snapshot {tar}
            400 PUT /volumes/kept/0/data/snapshot -
            400 PUT /volumes/kept/0/data/snapshot {"a":1}
            202 DELETE /volumes/kept/0/data
            200 POST /nodes/node-b/drain?dry_run=true
            202 POST /nodes/node-b/drain?wait=1ms
            200 POST /nodes/node-b/drain?wait=1m {"deadline":"10m"}
            400 POST /nodes/node-b/drain {"deadline":"soon"}
            404 POST /nodes/node-x/drain
            200 GET /nodes/node-b
            200 POST /nodes/node-b/activate
            200 POST /nodes/node-b/activate?wait=1m
            202 POST /deployments {"name":"each","image":"web:1","mode":"global","node_selector":{"disk":"ssd"},"resources":{"memory":"900GiB"}}
            202 PATCH /nodes/node-b?wait=1ms {"labels":{"disk":"ssd"}}
            200 PATCH /nodes/node-b?wait=1m {"labels":{"disk":null}}
            204 DELETE /deployments/each?wait=1m
            202 POST /rebalance
            201 POST /tokens {"name":"ci","role":"deployer","deployments":["web-*"],"ttl":"30d"}
            409 POST /tokens {"name":"ci","role":"viewer"}
            400 POST /tokens {"role":"king"}
            415 POST /tokens {"role":"viewer"} Content-Type:text/plain
            200 GET /tokens
            200 DELETE /tokens/ci
            404 DELETE /tokens/none
            201 POST /webhooks {"name":"chat","url":"http://127.0.0.1:1/x","events":["deployment.*"]}
            409 POST /webhooks {"name":"chat","url":"https://a.example"}
            400 POST /webhooks {"name":"chat","url":"http://8.8.8.8/"}
            415 POST /webhooks {"name":"chat"} Content-Type:text/plain
            200 GET /webhooks
            404 GET /backup
            200 POST /webhooks/chat/test
            404 POST /webhooks/none/test {}
            200 DELETE /webhooks/chat
            404 DELETE /webhooks/none
            200 PUT /vars/DB_HOST {"value":"db.example"}
            400 PUT /vars/DB_HOST {"value":7}
            400 PUT /vars/-x {"value":"a"}
            415 PUT /vars/DB_HOST {"value":"a"} Content-Type:text/plain
            200 GET /vars
            200 GET /vars?limit=1
            200 GET /vars/DB_HOST
            404 GET /vars/none
            200 DELETE /vars/DB_HOST
            404 DELETE /vars/DB_HOST
            200 PUT /files/app.conf {"base64":"/w=="}
            400 PUT /files/app.conf {"base64":"!"}
            200 GET /files
            200 GET /files/app.conf
            404 GET /files/none
            200 DELETE /files/app.conf
            404 DELETE /files/none
            200 PUT /secrets/db {"value":"s3cret"}
            400 PUT /secrets/db {"value":"a","base64":"YQ=="}
            400 PUT /secrets/db {"base64":"YQ="}
            200 PUT /secrets/db {"base64":"YQ"}
            200 GET /secrets
            200 GET /secrets/db
            404 GET /secrets/none
            200 PUT /registries/registry.example:5000 {"username":"ci","password":"t0ken"}
            400 PUT /registries/registry.example:5000 {"username":"c:i","password":"t0ken"}
            400 PUT /registries/registry.example:5000 {"username":"ci","password":"t0\\nken"}
            400 PUT /registries/index.docker.io {"username":"ci","password":"t0ken"}
            400 PUT /registries/registry.example:5000 {"username":"ci"}
            400 PUT /registries/Registry {"username":"ci","password":"t0ken"}
            200 GET /registries
            200 GET /registries/registry.example:5000
            404 GET /registries/none
            200 DELETE /registries/registry.example:5000
            404 DELETE /registries/none
            200 POST /images/team%2Fshop:3 {image}
            200 POST /images/team%2Fshop:3?node=node-a&node=node-b {image}
            400 POST /images/team%2Fshop:4 {image}
            400 POST /images/Shop {image}
            400 POST /images/shop:3 -
            404 POST /images/team%2Fshop:3?node=node-x {image}
            200 GET /images
            200 GET /images?node=node-a&node=node-b
            404 GET /images?node=node-x
            200 DELETE /images?dry_run=true&pushed=true
            200 DELETE /images?pushed=true
            400 DELETE /images?pushed=yes
            400 DELETE /images?unused=true
            404 DELETE /images?node=node-x
            200 POST /keys/rotate
            400 POST /keys/rotate {"a":1}
            200 DELETE /secrets/db
            404 DELETE /secrets/none
            200 GET /history
            200 GET /history?deployment=web&limit=1
            400 GET /history?limit=0
            200 GET /incident
            400 GET /events?after=x
            412 DELETE /deployments/api - If-Match:"99"
            200 DELETE /deployments/api?dry_run=true
            204 DELETE /deployments/api?wait=1m
            202 DELETE /deployments/daily
            404 DELETE /deployments/none
            """;

    /** What any operation may be answered, and some are seen to be: each answer is made in the same place for all. */
    private static final Set<String> OF_ALL =
            Set.of("400", "401", "403", "408", "413", "414", "415", "429", "431", "500", "503");

    /** What is declared and is not seen here, with where it is seen. */
    private static final Set<String> ELSEWHERE = Set.of(
            // it does not end: EventStreamTest
            "followEvents 200",
            // its node must have been down for a while: OperationsApiTest
            "forgetNode 200",
            // as it was before the history that is kept began: HistoryTest
            "showDeployment 410",
            // its witnesses speak all the time: VersionedApiTest
            "showNode 304",
            // while it is undeployed, which takes a fake engine no time: PresentCommandsTest
            "pause 409",
            // what does not settle in time: WaitedForTest
            "pause 202",
            "activateNode 202",
            "promote 409",
            "restart 409",
            "resume 409",
            "rollback 409",
            "scale 409",
            "simulate 409",
            "render 409",
            // of an older agent: OtherReleasesTest
            "deploymentLogs 409",
            "instanceLogs 409",
            "copyIn 409",
            "copyOut 409",
            "snapshotVolume 409",
            "instanceStats 409",
            "nodeStats 409",
            "pushImage 409",
            // WebSockets: InsideTest
            "attach 101",
            "attach 404",
            "attach 409",
            "exec 101",
            "exec 404",
            "exec 409",
            // whose store keeps none: HistoryApiTest
            "history 404",
            "incident 404",
            // beyond so many, or by a key that others give: ValueCommandsTest, SecretsKeysTest
            "setVar 409",
            "setFile 409",
            "setRegistry 409",
            "setSecret 409",
            "rotateSecrets 409",
            // of a store that can be copied: RestoreTest
            "backup 200");

    private static final Pattern ROW =
            Pattern.compile("(\\d+) (\\w+) (\\S+)(?: (-|\\{.*?}|\\{\"name\":))?(?: ([A-Z][\\w-]+:\\S+))?");

    @TempDir
    private static Path dir;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> faults = new ArrayList<>();
    private final Set<String> seen = new TreeSet<>();

    @Test
    void whatIsAnsweredIsDeclaredAndWhatIsDeclaredIsAnswered() throws Exception {
        try (ContractFleet fleet = new ContractFleet(dir, "127.0.0.1:0")) {
            DeclaredAnswers declared = new DeclaredAnswers(
                    send(fleet, "GET", "/openapi.json", "", "").body());
            for (String row : ASKED.split("\n")) {
                ask(fleet, declared, row);
            }
            assertThat(faults).isEmpty();
            Set<String> unseen = new TreeSet<>(declared.all());
            unseen.removeIf(each -> OF_ALL.contains(each.replaceFirst(".* ", "")));
            unseen.removeAll(seen);
            assertThat(unseen).isEqualTo(new TreeSet<>(ELSEWHERE));
        }
    }

    private void ask(ContractFleet fleet, DeclaredAnswers declared, String row) throws Exception {
        if (row.startsWith("removals ")) {
            fleet.removals(row.endsWith("free"));
            return;
        }
        Matcher parts = ROW.matcher(row);
        assertThat(parts.matches()).as(row).isTrue();
        String method = parts.group(2);
        String path = parts.group(3)
                .replace("INSTANCE", fleet.anInstance())
                .replace("NOW", java.time.Instant.now().toString());
        String body = parts.group(4) == null || parts.group(4).equals("-") ? "" : parts.group(4);
        String header = parts.group(5) == null ? "" : parts.group(5);
        JsonNode operation = declared.operation(method, path.replaceAll("\\?.*", ""));
        HttpResponse<String> answer = send(fleet, method, path, body, header);
        if (answer.statusCode() != Integer.parseInt(parts.group(1))) {
            faults.add(row + " was answered " + answer.statusCode() + " " + answer.body());
        }
        check(declared, operation, answer);
        String tag = answer.headers().firstValue("ETag").orElse("");
        if (method.equals("GET") && !tag.isEmpty() && !path.startsWith("/nodes")) {
            check(declared, operation, send(fleet, method, path, body, "If-None-Match:" + tag));
        }
    }

    private void check(DeclaredAnswers declared, JsonNode operation, HttpResponse<String> answer) {
        seen.add(operation.get("operationId").asText() + " " + answer.statusCode());
        faults.addAll(declared.faults(operation, answer));
    }

    private HttpResponse<String> send(ContractFleet fleet, String method, String path, String body, String header)
            throws IOException, InterruptedException {
        String sent = body.equals("{large}") ? "{\"a\":\"" + "x".repeat(1 << 20) + "\"}" : body;
        byte[] bytes = switch (body) {
            case "{tar}" -> TarBytes.of(Map.of("volume/a", new byte[] {1}));
            case "{image}" -> ImageBytes.of("team/shop:3", new byte[] {1});
            default -> sent.getBytes(StandardCharsets.UTF_8);
        };
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(fleet.url() + "/v1" + path))
                .timeout(Duration.ofSeconds(90))
                .method(method, sent.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(bytes));
        if (!header.startsWith("Content-Type") && !sent.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (!header.isEmpty()) {
            request.header(header.replaceAll(":.*", ""), header.replaceFirst("[^:]*:", ""));
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
