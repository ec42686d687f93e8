package io.knit.launcher.remote;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.DeploymentView;
import io.knit.core.KnitServer;
import io.knit.core.wire.SpecBlob;
import io.knit.testkit.discovery.FixedDiscovery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Passwords of registries in specs, at a real server with a real store. */
class RegistryPasswordsTest {
    /** What is searched for everywhere. */
    private static final String MARKER = "mArKeR-5e0a7b-of-a-password";

    @TempDir
    Path folder;

    private KnitServer started;
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void start() {
        logged.start();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(logged);
        startServer(Map.of());
    }

    private Path data() {
        return folder.resolve("server");
    }

    private Path key() {
        return data().resolve("secrets.key");
    }

    private void startServer(Map<String, String> config) {
        var builder = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(data())
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0");
        config.forEach(builder::config);
        started = builder.build();
        await(started.start());
    }

    private void startAgain(Map<String, String> config) {
        await(started.close());
        startServer(config);
    }

    @AfterEach
    void close() {
        await(started.close());
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(logged);
    }

    private String logs() {
        StringBuilder text = new StringBuilder();
        List.copyOf(logged.list)
                .forEach(event -> text.append(event.getFormattedMessage()).append('\n'));
        return text.toString();
    }

    private static DeploymentSpecBuilder web(String tag) {
        return DeploymentSpec.builder("web", "registry.example/web:" + tag);
    }

    private void deploy(DeploymentSpecBuilder spec) {
        await(started.run(new Command.Deploy(spec.build(), null), Caller.PROGRAM));
    }

    private String password() {
        return passwordOf(started.deployment("web").orElseThrow());
    }

    private static String passwordOf(DeploymentView view) {
        return Objects.requireNonNull(view.deployment().spec().registryAuth()).password();
    }

    private interface Sql<T> {
        T with(Connection connection) throws SQLException;
    }

    private <T> T sql(Sql<T> work) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data().resolve("knit.db"))) {
            return work.with(connection);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Documents of a table by their keys. */
    private Map<String, String> table(String name) {
        return sql(connection -> {
            Map<String, String> found = new HashMap<>();
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT doc_key, body FROM document WHERE tbl = ?")) {
                select.setString(1, name);
                ResultSet rows = select.executeQuery();
                while (rows.next()) {
                    found.put(rows.getString(1), rows.getString(2));
                }
            }
            return found;
        });
    }

    /** Makes a store of it as a release of before left it: passwords in clear, some of them where nothing is any more. */
    private void asBefore(DeploymentSpec... specs) throws IOException {
        sql(connection -> {
            try (Statement statement = connection.createStatement();
                    PreparedStatement put = connection.prepareStatement(
                            "INSERT INTO document (tbl, doc_key, body) VALUES ('spec', ?, ?)")) {
                statement.execute("PRAGMA secure_delete = OFF");
                statement.executeUpdate("DELETE FROM document WHERE tbl = 'sealed'");
                for (DeploymentSpec spec : specs) {
                    put.setString(1, SpecBlob.nameOf(spec));
                    put.setString(2, SpecBlob.textOf(spec));
                    put.executeUpdate();
                }
                for (int i = 0; i < 200; i++) {
                    put.setString(1, "gone-" + i);
                    put.setString(2, (MARKER + " ").repeat(100));
                    put.executeUpdate();
                }
                statement.executeUpdate("DELETE FROM document WHERE doc_key LIKE 'gone-%'");
            }
            return true;
        });
        Files.delete(key());
        assertThat(Files.readString(data().resolve("knit.db"), StandardCharsets.ISO_8859_1))
                .contains(MARKER + " " + MARKER);
    }

    private void assertNowhere() throws IOException {
        try (Stream<Path> files = Files.walk(data())) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertClean(each.toString(), Files.readAllBytes(each));
            }
        }
    }

    private static void assertClean(String what, byte[] bytes) {
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1).contains("mArKeR"))
                .as(what)
                .isFalse();
    }

    @Test
    @DisplayName("a password is found nowhere on the server's disk, whatever is done")
    void nowhere() throws IOException {
        deploy(web("1"));
        assertThat(key()).as("nothing took a key").doesNotExist();
        deploy(web("1").registryAuth("me", MARKER + "-1"));
        assertThat(key()).exists();
        deploy(web("1").registryAuth("me", MARKER + "-2"));
        deploy(web("2").registryAuth("me", MARKER + "-2").replicas(3));
        await(started.rollback("web"));
        await(started.run(new Command.RotateSecrets(), Caller.PROGRAM));
        await(started.run(
                new Command.Deploy(
                        DeploymentSpec.builder("gone", "x:1")
                                .registryAuth("me", MARKER)
                                .build(),
                        null),
                Caller.PROGRAM));
        await(started.run(new Command.Undeploy("gone", null), Caller.PROGRAM));
        Path backup = await(started.backup(Caller.PROGRAM));
        List<String> said = new ArrayList<>();
        said.add(await(started.incident(Caller.PROGRAM)));
        said.add(await(started.history(HistoryQuery.NEWEST)).toString());
        said.add(started.eventsAfter(0).toString());
        said.add(started.snapshot().toString());
        try (ZipFile zip = new ZipFile(backup.toFile())) {
            for (var entry : zip.stream().toList()) {
                assertClean(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
            assertThat(new String(
                            zip.getInputStream(zip.getEntry("manifest.json")).readAllBytes(), StandardCharsets.UTF_8))
                    .as("it says which key it takes")
                    .containsPattern("secrets_keys\":\\[\"[0-9a-f]{8}\"");
        }
        assertNowhere();
        startAgain(Map.of());
        assertThat(password()).isEqualTo(MARKER + "-2");
        await(started.close());

        assertNowhere();
        assertThat(said).noneMatch(text -> text.contains("mArKeR"));
        assertThat(logs()).doesNotContain("mArKeR");
        assertThat(table("sealed")).isNotEmpty();
    }

    @Test
    @DisplayName("a store in which nobody logs in at a registry is one that older releases read")
    void withoutPasswords() {
        deploy(web("1"));
        deploy(web("2").registryAuth("me", MARKER));
        await(started.run(new Command.Undeploy("web", null), Caller.PROGRAM));
        org.awaitility.Awaitility.await().until(() -> started.deployment("web").isEmpty());
        await(started.close());
        assertThat(table("sealed")).isEmpty();
        assertThat(table("spec")).isEmpty();
    }

    @Test
    @DisplayName("passwords in clear of a release of before are sealed at the first start, and wiped from the file")
    void ofBefore() throws IOException {
        DeploymentSpecBuilder one = web("1").registryAuth("me", MARKER + "-1");
        DeploymentSpecBuilder two = web("2").registryAuth("me", MARKER + "-2");
        deploy(one);
        deploy(two);
        await(started.close());
        asBefore(one.build(), two.build());

        startServer(Map.of());
        assertNowhere();
        assertThat(password()).isEqualTo(MARKER + "-2");
        assertThat(logs()).contains("Passwords of registries were in clear in the store; they are sealed now");
        assertThat(Files.readAllLines(key())).hasSize(2);
        assertThat(passwordOf(await(started.rollback("web")))).isEqualTo(MARKER + "-1");
        startAgain(Map.of());
        assertNowhere();
        assertThat(password()).isEqualTo(MARKER + "-1");
        assertThat(table("spec")).isEmpty();
        assertThat(table("meta").toString()).doesNotContain("residue");
    }

    @Test
    @DisplayName("a server that was killed before it had wiped the file does so at its next start")
    void killedBetween() throws IOException {
        DeploymentSpecBuilder spec = web("1").registryAuth("me", MARKER + "-1");
        deploy(spec);
        await(started.close());
        byte[] kept = Files.readAllBytes(key());
        Map<String, String> sealed = table("sealed");
        asBefore(spec.build());
        Files.write(key(), kept);
        sql(connection -> {
            try (Statement statement = connection.createStatement();
                    PreparedStatement put = connection.prepareStatement(
                            "INSERT INTO document (tbl, doc_key, body) VALUES ('sealed', ?, ?)")) {
                for (var entry : sealed.entrySet()) {
                    put.setString(1, entry.getKey());
                    put.setString(2, entry.getValue());
                    put.executeUpdate();
                }
                statement.executeUpdate("DELETE FROM document WHERE tbl = 'spec'");
                statement.executeUpdate(
                        "UPDATE document SET body = replace(body, '\"cluster\"', '\"residue\":true,\"cluster\"') WHERE"
                                + " tbl = 'meta'");
            }
            return true;
        });
        startServer(Map.of());
        assertNowhere();
        assertThat(password()).isEqualTo(MARKER + "-1");
    }

    @Test
    @DisplayName("without its key a server starts, says what is missing, loses nothing, and goes on with what is there")
    void locked() throws IOException {
        deploy(web("1").registryAuth("me", MARKER));
        await(started.close());
        Map<String, String> before = table("sealed");
        Path away = folder.resolve("away");
        Files.move(key(), away);

        startServer(Map.of());
        assertThat(logs()).containsPattern("Passwords of registries are sealed with [0-9a-f]{8}, and do not open");
        assertThat(password()).doesNotContain("mArKeR");
        await(started.scale("web", 3));
        await(started.restart("web", false));
        assertThat(key()).as("no other is made").doesNotExist();
        assertThatThrownBy(() -> deploy(web("2").registryAuth("me", "another")))
                .hasMessageContaining("the server has no such key");
        assertThatThrownBy(() -> await(started.restart("web", true)))
                .as("it says that the image is pulled, and so is another spec")
                .hasMessageContaining("does not open without the key");
        startAgain(Map.of());
        await(started.scale("web", 4));
        Path backup = await(started.backup(Caller.PROGRAM));
        assertThat(backup).exists();
        await(started.close());
        assertThat(table("sealed").values()).as("as it was").containsExactlyElementsOf(before.values());

        Files.move(away, key());
        startServer(Map.of());
        assertThat(password()).isEqualTo(MARKER);
        assertThat(started.deployment("web").orElseThrow().deployment().spec().replicas())
                .isEqualTo(4);
        await(started.close());
        assertThat(table("sealed").keySet()).containsExactlyElementsOf(before.keySet());
    }

    @Test
    @DisplayName("with another key than its own a server is as without, and what is deployed anew opens")
    void otherKey() {
        deploy(web("1").registryAuth("me", MARKER));
        String fresh = Base64.getEncoder().encodeToString(new byte[32]);
        startAgain(Map.of("secrets-key", fresh));
        assertThat(password()).doesNotContain("mArKeR");
        deploy(web("1").registryAuth("me", "another"));
        startAgain(Map.of("secrets-key", fresh));
        assertThat(password()).isEqualTo("another");
    }

    @Test
    @DisplayName("a rotation seals passwords, too: the new key alone opens them")
    void rotated() throws IOException {
        deploy(web("1").registryAuth("me", MARKER + "-1"));
        deploy(web("1").registryAuth("me", MARKER + "-2"));
        String before = Files.readString(key());
        Value.Rotation done = await(started.run(new Command.RotateSecrets(), Caller.PROGRAM));
        assertThat(done.sealed()).isEqualTo(2);
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(Files.readAllLines(key())).hasSize(2));
        assertThat(Files.readString(key())).isNotEqualTo(before);
        startAgain(Map.of());
        assertThat(password()).isEqualTo(MARKER + "-2");
        assertThat(passwordOf(await(started.rollback("web")))).isEqualTo(MARKER + "-1");

        String old = Files.readString(key()).lines().toList().get(1);
        String fresh = Base64.getEncoder().encodeToString(new byte[32]);
        await(started.close());
        Files.delete(key());
        startServer(Map.of("secrets-key", fresh + "," + old));
        startAgain(Map.of("secrets-key", fresh));
        assertThat(password()).as("a start seals anew").isEqualTo(MARKER + "-1");
    }
}
