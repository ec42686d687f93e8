package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.Resources;
import io.knit.core.KnitServer;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.transport.InMemoryBus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code store-0.1.0.tsv} is what a server of Knit 0.1.0 had in its SQLite file: four deployments and one that is gone, one that runs in its
 * second revision, one whose image can't be had, one that fits nowhere, on one node.
 */
class OldDatabaseTest {
    /** What the agent of 0.1.0 said of the set that it had been given. */
    private static final String OLD_DIGEST = "00b9b80103072374";

    private static final String OLD_HEARTBEAT =
            "{\"v\":1,\"cluster\":\"sdiagwfj4moh\",\"node\":\"old-node\",\"identity\":\"the-word-of-old-node\",\"session\":1795716400000,"
                    + "\"hostname\":\"vm\",\"labels\":{\"disk\":\"ssd\",\"region\":\"eu\"},\"cpus\":2,\"memory_bytes\":25276514304,"
                    + "\"engine_version\":\"docker 20.10.24+dfsg1\",\"agent_version\":\"0.1.0-SNAPSHOT\",\"assignments_revision\":34,"
                    + "\"assignments_digest\":\"" + OLD_DIGEST + "\",\"condition\":\"\"}";

    @TempDir
    Path folder;

    private final ThreadLoop network = new ThreadLoop("network");
    private final InMemoryBus bus = new InMemoryBus(network);

    @BeforeEach
    void unpack() throws IOException, SQLException {
        try (Connection file = file();
                Statement statement = file.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at BIGINT)");
            statement.execute("INSERT INTO schema_version VALUES (1, 1795716297190)");
            statement.execute("CREATE TABLE document (tbl TEXT NOT NULL, doc_key TEXT NOT NULL, body TEXT NOT NULL,"
                    + " PRIMARY KEY (tbl, doc_key))");
            for (String line : oldDocuments()) {
                String[] document = line.split("\t", 3);
                // the next try of what can't be had lies ahead, as it did then
                put(file, document[0], document[1], document[2].replace("1795716804771", "4102444800000"));
            }
        }
    }

    @AfterEach
    void endNetwork() {
        network.close();
    }

    private static List<String> oldDocuments() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(OldDatabaseTest.class.getResourceAsStream("store-0.1.0.tsv"), "resource")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private Connection file() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("knit.db"));
    }

    private static void put(Connection file, String table, String key, String body) throws SQLException {
        try (PreparedStatement put = file.prepareStatement("INSERT OR REPLACE INTO document VALUES (?, ?, ?)")) {
            put.setString(1, table);
            put.setString(2, key);
            put.setString(3, body);
            put.execute();
        }
    }

    private Map<String, String> documents() throws SQLException {
        try (Connection file = file();
                Statement statement = file.createStatement();
                ResultSet rows = statement.executeQuery("SELECT tbl, doc_key, body FROM document")) {
            Map<String, String> found = new TreeMap<>();
            while (rows.next()) {
                found.put(rows.getString(1) + "/" + rows.getString(2), rows.getString(3));
            }
            return found;
        }
    }

    private KnitServer server() {
        return KnitServer.builder()
                .withoutHttp()
                .dataDir(folder)
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build();
    }

    private <T> T asked(String subject, String question, Class<T> answer) {
        return await(bus.connect("old-node")
                .request(subject, question.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(20))
                .map(bytes -> WireCodec.decode(bytes, answer)));
    }

    @Test
    @DisplayName("a server of today goes on with all of it, and no container is made anew")
    void goesOn() throws SQLException, IOException {
        Map<String, String> before = documents();
        for (int start = 1; start <= 2; start++) {
            KnitServer server = server();
            await(server.start());
            try {
                assertThat(server.snapshot().cluster()).isEqualTo("sdiagwfj4moh");
                assertThat(waits(server)).containsAnyOf("waits to be placed", "region=us");
                // why it waits is stored nowhere: it is found out anew, beside the start
                Awaitility.await().until(() -> waits(server).contains("region=us"));
                showsAll(server.snapshot());
                assertThat(server.eventsAfter(0))
                        .extracting(KnitEvent::seq)
                        .startsWith(1L, 2L, 3L)
                        .contains(122L);
                theAgentKeepsItsContainers();
            } finally {
                await(server.close());
            }
        }
        Map<String, String> after = documents();
        for (String key : before.keySet()) {
            boolean changes = Stream.of("meta/", "node/", "instance/", "deployment/", "revision/", "event/")
                    .anyMatch(key::startsWith);
            assertThat(changes || Objects.equals(after.get(key), before.get(key)))
                    .as(key)
                    .isTrue();
        }
        assertThat(after.get("meta/meta")).contains("\"format\":4");
        // what was told is told by the same document, which may have more of them now
        assertThat(after.get("event/0000000000000000001"))
                .isEqualTo("{\"events\":[" + before.get("event/0000000000000000001") + "]}");
        assertThat(after.get("instance/tool-0-26s7ab")).doesNotContain("restarts");
        assertThat(after.get("observed/tool-0-26s7ab")).contains("RUNNING");
        assertThat(after).containsKeys("facts/old-node", "judgement/old-node");
        // the present spec and the one before, and each of the others, once
        assertThat(after.keySet()).filteredOn(key -> key.startsWith("spec/")).hasSize(4);
        assertThat(after.keySet()).filteredOn(key -> key.startsWith("sealed/")).hasSize(1);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("not-a-secret-of-anyone");
            }
        }
        assertThat(after.get("deployment/private")).doesNotContain("not-a-secret-of-anyone", "image");
    }

    private static String waits(KnitServer server) {
        return server.deployment("elsewhere").orElseThrow().instances().get(0).reason();
    }

    private static void showsAll(ClusterSnapshot now) {
        assertThat(now.deployments())
                .extracting(DeploymentView::name)
                .containsExactly("elsewhere", "private", "tool", "web");
        DeploymentView web = now.deployment("web").orElseThrow();
        assertThat(web.deployment().revision()).isEqualTo(2);
        assertThat(web.status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(web.instances()).extracting(Instance::id).containsExactly("web-0-a4d7x1", "web-1-zcnj2j");
        assertThat(web.instances()).allMatch(it -> it.state() == InstanceState.RUNNING && it.revision() == 2);
        assertThat(web.deployment().spec().env()).containsExactly(Map.entry("GREETING", "hello again"));
        assertThat(web.deployment().spec().templates()).hasSize(1);
        assertThat(web.deployment().spec().init()).isTrue();
        assertThat(web.deployment().spec().noNewPrivileges()).isTrue();
        assertThat(web.deployment().spec().resources()).isEqualTo(Resources.DEFAULT);
        DeploymentSpec secret =
                now.deployment("private").orElseThrow().deployment().spec();
        assertThat(Objects.requireNonNull(secret.registryAuth()).password()).isEqualTo("not-a-secret-of-anyone");
        assertThat(now.deployment("private").orElseThrow().instances().get(0).reason())
                .contains("old-node could not take it");
        assertThat(now.deployment("elsewhere").orElseThrow().instances().get(0).reason())
                .contains("region=us");
        assertThat(now.nodes())
                .singleElement()
                .satisfies(node -> {
                    assertThat(node.labels()).containsEntry("disk", "ssd");
                    assertThat(node.features()).isEmpty();
                })
                .extracting(Node::key)
                .asString()
                .startsWith("U");
    }

    private void theAgentKeepsItsContainers() throws SQLException {
        HeartbeatReply reply = asked(Subjects.heartbeat("old-node"), OLD_HEARTBEAT, HeartbeatReply.class);
        assertThat(reply.refusal()).as(reply.message()).isNull();
        assertThat(reply.fetch())
                .as("the agent has the set that it should have")
                .isFalse();
        AssignmentsPage page = asked(
                Subjects.assignments("old-node"),
                WireCodec.encodeText(
                        new AssignmentsRequest(1, "sdiagwfj4moh", "old-node", "the-word-of-old-node", null)),
                AssignmentsPage.class);
        assertThat(page.digest()).isEqualTo(OLD_DIGEST);
        Map<String, String> hashes =
                page.assignments().stream().collect(Collectors.toMap(Assignment::instance, Assignment::specHash));
        assertThat(hashes)
                .containsOnlyKeys("tool-0-26s7ab", "web-0-a4d7x1", "web-1-zcnj2j")
                .containsEntry("tool-0-26s7ab", "6cbe33108d8d2290");
        assertThat(documents().get("revision/web/000000002"))
                .contains("\"spec_hash\":\"" + hashes.get("web-0-a4d7x1") + "\"");
    }

    @Test
    @DisplayName("it goes on where the machine speaks another language than before")
    void inAnotherLanguage() throws SQLException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            KnitServer server = server();
            await(server.start());
            await(server.deploy(DeploymentSpec.builder("new", "nginx:1")
                    .nodeSelector("region", "nowhere")
                    .build()));
            await(server.close());
        } finally {
            Locale.setDefault(before);
        }
        assertThat(documents().keySet()).contains("revision/new/000000001", "event/0000000000000000123");
        assertThat(documents().keySet()).allMatch(key -> key.chars().allMatch(c -> c < 128));
        KnitServer server = server();
        await(server.start());
        assertThat(server.snapshot().deployments()).hasSize(5);
        await(server.undeploy("new"));
        await(server.close());
        assertThat(documents().keySet()).doesNotContain("revision/new/000000001", "deployment/new");
    }

    @Test
    @DisplayName(
            "it has a history from the first command on, also after a restart, and 0.1.0's schema stays what it was")
    void beginsAHistory() throws SQLException {
        KnitServer server = server();
        await(server.start());
        assertThat(await(server.history(HistoryQuery.NEWEST))).isEmpty();
        await(server.undeploy("web"));
        await(server.close());

        KnitServer again = server();
        await(again.start());
        List<HistoryEntry> entries = await(again.history(HistoryQuery.NEWEST.of("web")));
        await(again.close());

        assertThat(entries).extracting(HistoryEntry::command).contains("undeploy web");
        assertThat(entries).last().extracting(HistoryEntry::caller).isEqualTo(Caller.PROGRAM);
        try (Connection file = file();
                Statement statement = file.createStatement();
                ResultSet schema = statement.executeQuery("SELECT MAX(version) FROM schema_version")) {
            assertThat(schema.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "a database of a newer Knit is refused with what to do, and not one byte of it or beside it is written")
    void newer() throws IOException, SQLException {
        try (Connection file = file()) {
            put(file, "meta", "meta", "{\"cluster\":\"c\",\"format\":99,\"revision\":1,\"last_event\":1}");
            put(file, "deployment", "web", "{\"of\":\"the future\"}");
        }
        byte[] before = Files.readAllBytes(folder.resolve("knit.db"));

        KnitServer server = server();
        KnitException refused = failure(server.start());

        assertThat(refused.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(refused)
                .hasMessageContaining("newer Knit (format 99")
                .hasMessageContaining("start that version, or restore the backup from before the upgrade");
        assertThat(Files.readAllBytes(folder.resolve("knit.db"))).isEqualTo(before);
        assertThat(folder.resolve("cluster")).doesNotExist();
        assertThat(folder.resolve("knit.db-wal")).doesNotExist();
    }
}
