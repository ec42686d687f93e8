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
import io.knit.api.command.Value.Content;
import io.knit.api.history.HistoryQuery;
import io.knit.core.KnitServer;
import io.knit.launcher.Typed;
import io.knit.testkit.Futures;
import io.knit.testkit.discovery.FixedDiscovery;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
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

/** Variables, secrets and files typed at a real server. */
class ValuesTest {
    private static final Path HOME = Path.of(System.getProperty("knit.home", ".."));
    /** What is searched for everywhere. */
    private static final String MARKER = "mArKeR-7d1f0c-of-a-secret";

    @TempDir
    Path folder;

    private KnitServer started;
    private String server = "";
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void start() {
        logged.start();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(logged);
        startServer(Map.of());
    }

    private Path data() {
        return folder.resolve("server");
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
        server = Objects.requireNonNull(started.endpoints().get("http"));
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

    private Typed knit(String... words) {
        Typed typed = Typed.knit(Map.of("KNIT_SERVER", server), words);
        said.add(typed.out());
        said.add(typed.err());
        return typed;
    }

    private String done(String... words) {
        Typed typed = knit(words);
        assertThat(typed.err()).as(typed.out()).isEmpty();
        assertThat(typed.exitCode()).as(typed.out()).isZero();
        return typed.out().strip();
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private String logs() {
        StringBuilder text = new StringBuilder();
        List.copyOf(logged.list)
                .forEach(event -> text.append(event.getFormattedMessage()).append('\n'));
        return text.toString();
    }

    @Test
    @DisplayName("the page's commands, as they stand there")
    void ofThePage() throws IOException {
        String page = Files.readString(HOME.resolve("docs/values.md"));
        file("password.txt", "hunter2\n");
        file("app.conf", "debug = true\n");
        List<String> answers = new ArrayList<>();
        for (String line :
                page.split("```sh\n")[1].replaceFirst("(?s)```.*", "").lines().toList()) {
            String[] words = line.substring("knit ".length()).split(" ");
            for (int i = 1; i < words.length; i++) {
                words[i] = words[i - 1].equals("--from-file")
                        ? folder.resolve(words[i]).toString()
                        : words[i];
            }
            answers.add(done(words));
        }
        assertThat(answers.get(0)).isEqualTo("variable DB_HOST has version 1");
        assertThat(answers.get(1)).isEqualTo("db.example");
        assertThat(answers.get(3)).containsPattern("db-password +1 +7 ");
        assertThat(answers.get(4)).isEqualTo(answers.get(3));
        assertThat(answers.get(6)).isEqualTo("debug = true");
        assertThat(answers.get(7)).startsWith("1 secrets are sealed with the key ");
        assertThat(answers.get(10)).isEqualTo("file app.conf is removed");
        assertThat(done("var", "ls")).isEqualTo("no variables; knit var set NAME makes one");
    }

    /** What comes of a command with this as its standard input. */
    private String given(String input, String... words) {
        return Typed.given(input, () -> done(words));
    }

    @Test
    @DisplayName("what is not in UTF-8 is no text, and is not kept as another one")
    void noText() throws IOException {
        Path bytes = folder.resolve("latin");
        Files.write(bytes, new byte[] {'a', 'b', (byte) 0xe4, 'c', '\n'});
        Typed variable = knit("var", "set", "HOST", "--from-file", bytes.toString());
        assertThat(variable.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(variable.err())
                .startsWith("knit: " + bytes + " is no text in UTF-8 (byte 3 is of none); a variable holds text;"
                        + " knit file set and knit secret set keep any bytes\n");
        Files.write(bytes, new byte[] {'a', (byte) 0xc3});
        assertThat(knit("var", "set", "HOST", "--from-file", bytes.toString()).err())
                .contains("(byte 2 is of none)");
        assertThat(knit("registry", "set", "ghcr.io", "-u", "ci", "--from-file", bytes.toString())
                        .err())
                .startsWith("knit: " + bytes + " is no text in UTF-8 (byte 2 is of none); give the password in UTF-8");
        assertThat(done("var", "ls")).isEqualTo("no variables; knit var set NAME makes one");
        assertThat(done("registry", "ls")).startsWith("no registries");
        done("file", "set", "any", bytes.toString());
        assertThat(done("file", "get", "any", "-o", "json")).contains("\"base64\" : \"YcM=\"");
        done("secret", "set", "any", "--from-file", bytes.toString());
        assertThat(done("secret", "ls")).containsPattern("any +1 +2 ");
        given("gr\u00fc\u00df \ud83d\ude00\n", "var", "set", "HOST", "-");
        assertThat(done("var", "get", "HOST")).isEqualTo("gr\u00fc\u00df \ud83d\ude00");
        // as Java gives what was typed under LC_ALL=C
        Typed lost = knit("var", "set", "HOST", "gr\ufffd\ufffd");
        assertThat(lost.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(lost.err()).startsWith("knit: word 4 has characters that this locale does not know");
    }

    @Test
    @DisplayName("- is standard input for variables, secrets and files, and a file may be named behind its name")
    void standardInput() throws IOException {
        given("db.example\n", "var", "set", "HOST", "-");
        assertThat(done("var", "get", "HOST")).isEqualTo("db.example");
        given("hush\n", "secret", "set", "db", "-");
        assertThat(done("secret", "ls")).containsPattern("db +1 +4 ");
        given("a = 1\n", "file", "set", "app.conf", "-");
        assertThat(done("file", "get", "app.conf")).isEqualTo("a = 1");
        done("file", "set", "app.conf", file("app.conf", "a = 2\n"));
        assertThat(done("file", "get", "app.conf")).isEqualTo("a = 2");
        assertThat(done("file", "ls")).containsPattern("app.conf +2 +6 ");
        assertThat(knit("file", "set", "app.conf", "-", "--from-file", "x").err())
                .contains("give one of them");
        Typed nothing = knit("file", "set", "app.conf", "/nowhere");
        assertThat(nothing.err()).contains("/nowhere can't be read (/nowhere is not there, or its folder is not)");
        assertThat(nothing.exitCode()).isEqualTo(2);
    }

    @Test
    @DisplayName("what a secret holds is found nowhere, whatever is done")
    void nowhere() throws IOException {
        String secret = file("secret", MARKER + "-1\n");
        done("secret", "set", "db", "--from-file", secret);
        done("secret", "set", "db", "--from-file", file("other", MARKER + "-2"), "--raw");
        done("secret", "set", "gone", "--from-file", secret);
        done("secret", "rm", "gone");
        // each way to be refused
        assertThat(knit("secret", "set", "-db", "--from-file", secret).exitCode())
                .isNotZero();
        assertThat(knit("secret", "set", "db", "--from-file", file("large", MARKER.repeat(3_000)))
                        .err())
                .contains("a secret at most 65536");
        assertThat(done("secret", "get", "db")).containsPattern("db +2 +").doesNotContain(MARKER);
        assertThat(knit("secret", "set", "db", MARKER).exitCode()).isEqualTo(2);
        assertThat(knit("secret", "set", "db", "-", MARKER).err()).contains("(not shown)", "give - for standard input");
        assertThat(knit("secret", "set", "db", "-", "--from-file", secret).err())
                .contains("give one of them");
        given(MARKER + "-3\n", "secret", "set", "db", "-");
        done("secret", "rotate");
        done("secret", "ls", "-o", "json");
        done("backup", folder.resolve("backup.zip").toString());
        said.add(await(started.incident(Caller.PROGRAM)));
        said.add(await(started.history(HistoryQuery.NEWEST)).toString());
        said.add(started.eventsAfter(0).toString());
        said.add(started.values(Value.Kind.SECRET, Caller.PROGRAM).toString());
        said.add(started.value(Value.Kind.SECRET, "db", Caller.PROGRAM).toString());
        said.add(new Command.SetValue(Value.Kind.SECRET, "db", Content.of(MARKER)).toString());
        assertThat(said.toString()).contains("set secret db");
        startAgain(Map.of());

        assertThat(said).noneMatch(text -> text.contains("mArKeR"));
        assertThat(logs()).doesNotContain("mArKeR");
        assertThat(Files.readString(data().resolve("secrets.key"))).contains("No backup has it");
        try (Stream<Path> files = Files.walk(data())) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertClean(each.toString(), Files.readAllBytes(each));
            }
        }
        String key =
                Files.readString(data().resolve("secrets.key")).lines().toList().get(1);
        try (ZipFile zip = new ZipFile(folder.resolve("backup.zip").toFile())) {
            for (var entry : zip.stream().toList()) {
                byte[] bytes = zip.getInputStream(entry).readAllBytes();
                assertClean(entry.getName(), bytes);
                assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain(key);
            }
        }
    }

    private static void assertClean(String what, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        // in each of three places that Base64 has for it
        for (int i = 0; i < 3; i++) {
            String base = Base64.getEncoder().encodeToString(("x".repeat(i) + MARKER).getBytes(StandardCharsets.UTF_8));
            assertThat(text.contains(base.substring(4, base.length() - 8)))
                    .as(what + " in Base64")
                    .isFalse();
        }
        assertThat(text.contains("mArKeR")).as(what).isFalse();
    }

    @Test
    @DisplayName("without its key a server starts, says what is missing and what to do, and does all the rest")
    void locked() throws IOException {
        await(started.run(new Command.SetValue(Value.Kind.SECRET, "db", Content.of("a")), Caller.PROGRAM));
        Path key = data().resolve("secrets.key");
        Path away = folder.resolve("away");
        await(started.close());
        Files.move(key, away);
        startServer(Map.of());
        assertThat(logs())
                .containsPattern("secrets are sealed with [0-9a-f]{8}, and the server has no such key; bring back");
        done("var", "set", "HOST", "a");
        assertThat(knit("secret", "set", "new", "--from-file", file("s", "b")).err())
                .contains("the server has no such key")
                .contains("secrets.key");
        assertThat(knit("secret", "rotate").exitCode()).isNotZero();
        assertThat(key).as("no other is made").doesNotExist();
        assertThat(done("secret", "ls")).contains("db");

        startAgain(Map.of("secrets-key", "bm90IGEga2V5"));
        assertThat(logs()).contains("KNIT_SECRETS_KEY has something that is no key for secrets (not shown)");
        done("var", "set", "HOST", "b");

        String fresh = Base64.getEncoder().encodeToString(new byte[32]);
        String old = Files.readString(away).lines().toList().get(1);
        startAgain(Map.of("secrets-key", fresh + "," + old));
        org.awaitility.Awaitility.await()
                .untilAsserted(() ->
                        assertThat(logs()).containsPattern("1 secrets were sealed anew with the key [0-9a-f]{8}"));
        startAgain(Map.of("secrets-key", fresh));
        await(started.run(new Command.SetValue(Value.Kind.SECRET, "db", Content.of("a")), Caller.PROGRAM));
        assertThat(started.value(Value.Kind.SECRET, "db", Caller.PROGRAM).version())
                .as("it opened, and holds the same")
                .isEqualTo(1);
        assertThatThrownBy(() -> await(started.run(new Command.RotateSecrets(), Caller.PROGRAM)))
                .hasMessageContaining("NEW,OLD");
    }

    @Test
    @DisplayName("a rotated key of the server's own is the only one then, and opens after a restart")
    void rotated() throws IOException {
        await(started.run(new Command.SetValue(Value.Kind.SECRET, "db", Content.of("a")), Caller.PROGRAM));
        String before = Files.readString(data().resolve("secrets.key"));
        done("secret", "rotate");
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(Files.readAllLines(data().resolve("secrets.key")))
                        .hasSize(2));
        assertThat(Files.readString(data().resolve("secrets.key"))).isNotEqualTo(before);
        startAgain(Map.of());
        Value same = await(started.run(new Command.SetValue(Value.Kind.SECRET, "db", Content.of("a")), Caller.PROGRAM));
        assertThat(same.version()).isEqualTo(1);
    }

    @Test
    @DisplayName("secrets that are the first at the same moment are sealed with one key, also after a restart")
    void firstAtOnce() {
        List<Future<Value>> set = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            set.add(started.run(new Command.SetValue(Value.Kind.SECRET, "s" + i, Content.of("a")), Caller.PROGRAM));
        }
        set.forEach(Futures::await);
        startAgain(Map.of());
        assertThat(logs()).doesNotContain("no such key");
        assertThat(await(started.run(new Command.RotateSecrets(), Caller.PROGRAM))
                        .sealed())
                .as("all of them open")
                .isEqualTo(20);
    }

    @Test
    @DisplayName("rotations at the same moment lose nothing, and one key is left of them")
    void rotatedAtOnce() {
        await(started.run(new Command.SetValue(Value.Kind.SECRET, "db", Content.of("a")), Caller.PROGRAM));
        for (int round = 0; round < 5; round++) {
            List<Future<Value.Rotation>> rotations = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                rotations.add(started.run(new Command.RotateSecrets(), Caller.PROGRAM));
            }
            rotations.forEach(Futures::await);
            startAgain(Map.of());
            assertThat(logs()).doesNotContain("no such key");
            Value same =
                    await(started.run(new Command.SetValue(Value.Kind.SECRET, "db", Content.of("a")), Caller.PROGRAM));
            assertThat(same.version()).as("it opened, and holds the same").isEqualTo(1);
        }
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(Files.readAllLines(data().resolve("secrets.key")))
                        .hasSize(2));
    }
}
