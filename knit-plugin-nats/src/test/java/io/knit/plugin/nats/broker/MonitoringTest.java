package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.testkit.Futures;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same clients do the same at nats-server and at the embedded broker; then both are asked the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoringTest {
    /** What a server of 2.9 does not tell yet. */
    private static final List<String> SINCE_THEN =
            List.of(".slow_consumer_stats", ".stale_connections", ".stale_connection_stats");

    private static final String MAX_PAYLOAD = "max_payload: 1000\n";

    private Scene theirs;
    private Scene ours;

    /** Whom we are compared with. */
    NatsServerGeneration generation() {
        return NatsServerGeneration.DEBIAN;
    }

    @BeforeAll
    void play() {
        int http = NatsServerProcess.freePort();
        theirs = new Scene(
                new NatsServerProcess(
                        generation(), TestBroker.Limits.USUAL, "http: \"127.0.0.1:" + http + "\"\n" + MAX_PAYLOAD),
                "http://127.0.0.1:" + http);
        EmbeddedNats nats = await(EmbeddedNats.builder()
                .maxPayload(1000)
                .monitoring("127.0.0.1", 0)
                .start());
        ours = new Scene(new Running(nats), nats.monitoringUrl().orElseThrow());
        new RawClient(nats.port()).close(); // as NatsServerProcess does to see whether it listens
        for (Scene scene : List.of(theirs, ours)) {
            scene.play();
        }
    }

    @AfterAll
    void close() {
        Stream.of(theirs, ours).filter(Objects::nonNull).forEach(Scene::close);
    }

    private record Running(EmbeddedNats nats) implements TestBroker {
        @Override
        public int port() {
            return nats.port();
        }

        @Override
        public void stop() {
            await(nats.close());
        }

        @Override
        public void start() {
            throw new UnsupportedOperationException("starts once");
        }

        @Override
        public void close() {
            stop();
        }
    }

    /** A broker with two clients that talk, one that is there in silence, and some that left. */
    private static final class Scene {
        private final TestBroker broker;
        private final Web web;
        private final List<RawClient> staying = new ArrayList<>();

        Scene(TestBroker broker, String url) {
            this.broker = broker;
            this.web = new Web(url);
        }

        void play() {
            RawClient alice = client("\"name\":\"alice\",\"lang\":\"java\",\"version\":\"1.2.3\"");
            RawClient bob = client("\"name\":\"b\u00c3\u00b6b \\\"<script>\\\\\",\"lang\":\"c\"");
            RawClient carol = client("\"verbose\":false");
            staying.addAll(List.of(alice, bob, carol));
            bob.send("SUB a.b 1\r\nSUB a.* workers 2\r\nSUB x\u00e9\u00c3\u00a9\u00ff 3\r\n")
                    .answers();
            carol.send("SUB c 7\r\nSUB d 8\r\nUNSUB 8\r\n").answers();
            alice.send("PUB a.b 5\r\nhello\r\nPUB a.b 5\r\nhello\r\nPUB nobody 3\r\nabc\r\n")
                    .answers();
            bob.answers();
            carol.send("PUB c 100\r\n" + "z".repeat(100) + "\r\n").answers();
            leave("unknown", "FOO\r\n");
            leave("arguments", "SUB\r\n");
            leave("line", "SUB " + "a".repeat(5000) + " 1\r\n");
            leave("payload", "PUB a 1001\r\n");
            leave("gone", "");
            leave("protocol", "CONNECT {\"protocol\":9}\r\n");
            leave("responders", "CONNECT {\"headers\":false,\"no_responders\":true}\r\n");
            Awaitility.await()
                    .atMost(Futures.PATIENCE)
                    .until(() -> web.json("/connz?state=closed").getInteger("total") == 8);
        }

        private RawClient client(String said) {
            RawClient client = new RawClient(broker.port());
            client.send("CONNECT {\"verbose\":false,\"headers\":true," + said + "}\r\n")
                    .answers();
            return client;
        }

        private void leave(String name, String lastWords) {
            try (RawClient client = client("\"name\":\"" + name + "\"")) {
                if (!lastWords.isEmpty()) {
                    client.send(lastWords).untilClosed();
                }
            }
        }

        void close() {
            staying.forEach(RawClient::close);
            broker.close();
        }

        JsonArray connections(String query) {
            return web.json("/connz" + query).getJsonArray("connections");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/varz",
                "/connz",
                "/connz?subs=1",
                "/connz?subs=detail",
                "/connz?state=closed",
                "/connz?state=any&limit=2",
                "/connz?offset=50",
                "/subsz",
                "/subsz?subs=1",
                "/subsz?subs=true&test=a.b",
                "/subscriptionsz?subs=1&limit=100",
                "/healthz"
            })
    @DisplayName("every field that we give is nats-server's, and has its type")
    void shapes(String path) {
        assertThat(theirs.web.json(path).isEmpty()).isFalse();
        Map<String, String> given = shape(ours.web.json(path));
        if (!theirs.web.json("/varz").containsKey("stale_connections")) {
            given.keySet().removeIf(field -> SINCE_THEN.stream().anyMatch(field::startsWith));
        }
        assertThat(shape(theirs.web.json(path))).containsAllEntriesOf(given);
    }

    /** Each field's path and JSON type; those of an array's elements together. */
    private static Map<String, String> shape(JsonObject json) {
        Map<String, String> shape = new TreeMap<>();
        shape("", json, shape);
        shape.keySet().removeIf(field -> field.startsWith(".http_req_stats."));
        return shape;
    }

    private static void shape(String at, Object value, Map<String, String> shape) {
        if (value instanceof JsonObject object) {
            shape.put(at, "object");
            object.forEach(field -> shape(at + "." + field.getKey(), field.getValue(), shape));
        } else if (value instanceof JsonArray array) {
            shape.put(at, "array");
            array.forEach(element -> shape(at + "[]", element, shape));
        } else {
            shape.put(at, value instanceof Number ? "number" : value.getClass().getSimpleName());
        }
    }

    @Test
    @DisplayName("what nats-top and exporters read is there")
    void whatToolsRead() {
        assertThat(ours.web.json("/varz").fieldNames())
                .contains(("server_id server_name version proto go host port ping_interval ping_max"
                                + " http_host http_port max_payload max_pending max_control_line write_deadline start now"
                                + " uptime mem cores gomaxprocs cpu connections total_connections routes remotes leafnodes"
                                + " in_msgs out_msgs in_bytes out_bytes slow_consumers subscriptions http_req_stats")
                        .split(" "));
        assertThat(ours.web.json("/connz").fieldNames())
                .containsOnly("server_id", "now", "num_connections", "total", "offset", "limit", "connections");
        assertThat(ours.connections("?subs=1").getJsonObject(1).fieldNames())
                .contains(("cid kind type ip port start last_activity rtt uptime idle pending_bytes in_msgs out_msgs"
                                + " in_bytes out_bytes subscriptions name lang subscriptions_list")
                        .split(" "));
        assertThat(ours.web.json("/subsz").fieldNames())
                .containsOnly(("num_subscriptions num_cache num_inserts num_removes num_matches cache_hit_rate"
                                + " max_fanout avg_fanout")
                        .split(" "));
        assertThat(ours.web.get("/healthz").body())
                .isEqualTo(theirs.web.get("/healthz").body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?subs=1",
                "?subs=detail",
                "?subs=TRUE&limit=2",
                "?limit=1&offset=1",
                "?limit=0&offset=-3",
                "?limit=%2B1",
                "?offset=4",
                "?limit=",
                "?cid=",
                "?state=closed",
                "?state=CLOSED&sort=reason&limit=3",
                "?state=closed&sort=stop",
                "?state=any",
                "?state=all&sort=msgs_to&limit=2",
                "?sort=cid",
                "?sort=start",
                "?sort=subs",
                "?sort=msgs_to",
                "?sort=msgs_from",
                "?sort=bytes_to",
                "?sort=bytes_from",
                "?sort=uptime",
                "?cid=999"
            })
    @DisplayName("both tell the same of the same clients, in the same order; 2.9 has another total of one client")
    void sameClients(String query) {
        JsonObject all = ours.web.json("/connz" + query);
        JsonObject expected = theirs.web.json("/connz" + query);
        for (String count : List.of("num_connections", "total", "offset", "limit")) {
            if (!count.equals("total") || !query.equals("?cid=999") || generation() == NatsServerGeneration.TODAY) {
                assertThat(all.getInteger(count)).as(count).isEqualTo(expected.getInteger(count));
            }
        }
        assertThat(lasting(all.getJsonArray("connections"))).isEqualTo(lasting(expected.getJsonArray("connections")));
    }

    /** Without what is never the same twice. */
    private static List<Map<String, Object>> lasting(JsonArray connections) {
        Set<String> changing =
                Set.of("cid", "port", "start", "last_activity", "stop", "uptime", "idle", "rtt", "pending_bytes");
        return connections.stream()
                .map(one -> {
                    JsonObject connection = (JsonObject) one;
                    Map<String, Object> lasting = new TreeMap<>(connection.getMap());
                    lasting.keySet().removeAll(changing);
                    lasting.replaceAll(
                            (field, value) -> value instanceof List<?> list ? sorted(new JsonArray(list)) : value);
                    return lasting;
                })
                .toList();
    }

    private static List<String> sorted(JsonArray list) {
        list.forEach(element -> {
            if (element instanceof JsonObject entry) {
                entry.remove("cid");
                entry.remove("account"); // the embedded broker has none
                entry.remove("account_tag");
            }
        });
        return list.stream().map(Object::toString).sorted().toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/connz?cid=x",
                "/connz?cid=-1",
                "/connz?limit=x",
                "/connz?limit=+5",
                "/connz?limit=99999999999999999999",
                "/connz?offset=1.5",
                "/connz?sort=bogus",
                "/connz?sort=CID",
                "/connz?sort=stop",
                "/connz?sort=reason&state=any",
                "/connz?state=1",
                "/connz?subs=x",
                "/subsz?subs=detail",
                "/subsz?limit=x",
                "/subsz?test=a..b",
                "/subsz?test=a.*",
                "/nothing",
                "/varz/"
            })
    @DisplayName("what makes no sense is refused in the same words")
    void sameRefusals(String path) {
        Web.Answer expected = theirs.web.get(path);
        assertThat(expected.status()).isIn(400, 404);
        assertThat(ours.web.get(path).status()).isEqualTo(expected.status());
        assertThat(ours.web.get(path).body()).isEqualTo(expected.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"in_msgs", "out_msgs", "in_bytes", "out_bytes", "connections", "slow_consumers"})
    @DisplayName("both count the same, of clients that left too")
    void sameFigures(String field) {
        assertThat(ours.web.json("/varz").getLong(field))
                .isEqualTo(theirs.web.json("/varz").getLong(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a.c", "c", "nobody", "a"})
    @DisplayName("both say who would get a message")
    void sameSubscribers(String subject) {
        assertThat(subscribers(ours, subject)).isEqualTo(subscribers(theirs, subject));
    }

    private static List<String> subscribers(Scene scene, String subject) {
        JsonObject json = scene.web.json("/subsz?subs=1&test=" + subject);
        JsonArray list = json.getJsonArray("subscriptions_list", new JsonArray());
        assertThat(json.getInteger("total", 0)).isEqualTo(list.size());
        return sorted(list);
    }

    @Test
    @DisplayName("all subscriptions are listed page by page, each once")
    void allSubscriptions() {
        JsonArray all = new JsonArray();
        for (int offset = 0; offset < 4; offset++) {
            JsonObject page = ours.web.json("/subsz?subs=1&limit=1&offset=" + offset);
            assertThat(page.getInteger("total")).isEqualTo(4);
            all.addAll(page.getJsonArray("subscriptions_list"));
        }
        assertThat(sorted(all)).hasSize(4).doesNotHaveDuplicates();
        assertThat(ours.web.json("/subsz?subs=1&offset=4").containsKey("subscriptions_list"))
                .isFalse();
    }

    @Test
    @DisplayName("subscriptions that came and went, and what was found without a search, are counted")
    void subscriptionFigures() {
        JsonObject json = ours.web.json("/subsz");
        assertThat(json.getInteger("num_subscriptions")).isEqualTo(4);
        assertThat(json.getInteger("num_inserts")).isEqualTo(5);
        assertThat(json.getInteger("num_removes")).isEqualTo(1);
        assertThat(json.getInteger("num_matches")).isEqualTo(4);
        assertThat(json.getDouble("cache_hit_rate")).isBetween(0.0, 1.0);
        assertThat(json.getInteger("max_fanout")).isLessThanOrEqualTo(2);
    }

    @Test
    @DisplayName("one client is found by its id, also when it has left")
    void oneClient() {
        for (String state : List.of("open", "closed")) {
            long id =
                    ours.connections("?limit=1&state=" + state).getJsonObject(0).getLong("cid");
            assertThat(ours.connections("?state=" + state + "&cid=" + id)).hasSize(1);
            assertThat(ours.web.json("/connz?state=" + state + "&cid=" + id).getInteger("limit"))
                    .isEqualTo(1);
        }
    }

    @Test
    @DisplayName("requests are counted by path, but not by paths that strangers make up")
    void requestFigures() {
        ours.web.get("/made-up");
        JsonObject before = ours.web.json("/varz").getJsonObject("http_req_stats");
        JsonObject after = ours.web.json("/varz").getJsonObject("http_req_stats");
        assertThat(after.getInteger("/varz")).isEqualTo(before.getInteger("/varz") + 1);
        assertThat(after.fieldNames())
                .isSubsetOf("/", "/varz", "/connz", "/subsz", "/subscriptionsz", "/healthz", "/metrics");
    }
}
