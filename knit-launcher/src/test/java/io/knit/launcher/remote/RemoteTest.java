package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.knit.client.KnitClientException;
import io.knit.launcher.KnitCommandTest;
import io.knit.launcher.Typed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** RemoteCommands typed at a real server with two agents, whose engines alone are fakes. */
class RemoteTest {
    @TempDir
    static Path folder;

    private static RemoteFleet fleet;

    @BeforeAll
    static void start() {
        fleet = new RemoteFleet(folder);
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
    }

    private static Typed knit(String... words) {
        return fleet.knit(words);
    }

    private static String done(String... words) {
        return fleet.done(words);
    }

    private static JsonNode json(String... words) throws IOException {
        return fleet.json(words);
    }

    private static String file(String name, String text) throws IOException {
        return fleet.file(name, text);
    }

    private static String spec(String name, String more) {
        return RemoteFleet.spec(name, more);
    }

    @Test
    @DisplayName("planned, deployed, changed, looked at, rolled back, taken away")
    void aLife() throws IOException {
        String file = file("web.yaml", spec("web", "replicas: 2\nupdate: {min_healthy: 0s}"));
        assertThat(done("plan", file)).contains("deploy web", "web/0", "web/1", "create", "n1", "n2");
        assertThat(done("deploy", "--dry-run", file)).contains("create");
        assertThat(knit("status", "web").exitCode()).isEqualTo(Exit.NOT_FOUND);

        assertThat(done("deploy", "--wait", file)).isEqualToIgnoringNewLines("web deployed, revision 1: running");
        assertThat(done("status")).containsPattern("web +1 +running +2/2 +web:1");
        assertThat(done("status", "web"))
                .contains("web revision 1: running, 2 of 2 healthy, image web:1")
                .containsPattern("web-0-\\w+ +1 +n[12] +running +0");
        assertThat(done("ps", "web", "-o", "name").lines()).hasSize(2);
        assertThat(done("ps")).contains("web-1-");

        assertThat(done("scale", "web", "3", "--timeout=30s")).contains("web scaled, revision 2: running");
        assertThat(done("diff", "web")).isEqualToIgnoringNewLines("~ /replicas: 2 → 3");
        assertThat(done("history", "web")).contains("2*", "scale web to 3", "deploy web");
        assertThat(done("restart", "web", "--wait")).contains("web restarts, revision 3");
        assertThat(done("rollback", "web", "1", "-w", "--timeout", "1m"))
                .contains(
                        "web rolled back, revision 4", "; ", " went back to revision 1, with the present replicas, 3");
        assertThat(json("status", "web", "-o", "json")
                        .path("spec")
                        .path("replicas")
                        .asInt())
                .as("they stay")
                .isEqualTo(3);
        assertThat(done("pause", "web")).contains("web paused");
        assertThat(done("status")).contains("running, paused");
        assertThat(done("resume", "web")).contains("web goes on");
        assertThat(done("explain", "web"))
                .contains("web revision 4", "on n1", "Decided, newest first:", "roll back web to revision 1");
        String instance = done("ps", "web", "-o", "name").lines().findFirst().orElseThrow();
        assertThat(done("explain", instance))
                .contains(instance + ": running", "  by the fleet as it is now: of 2 nodes that fit ");

        Typed late = knit("scale", "web", "5", "--if-revision", "1");
        assertThat(late.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(late.err()).contains("revision 4");
        assertThat(done("undeploy", "web", "--wait")).contains("web is taken away");
        assertThat(knit("status", "web").exitCode()).isEqualTo(Exit.NOT_FOUND);
    }

    @Test
    @DisplayName("an incident is a file that replays, for its owner's eyes, and written over nothing")
    void anIncident() throws IOException {
        Path file = folder.resolve("incident.ndjson");
        assertThat(done("incident", file.toString())).contains("knit replay " + file);
        assertThat(done("replay", file.toString())).isNotEmpty();
        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(folder.resolve("incident.ndjson.part")).doesNotExist();
        Typed again = knit("incident", file.toString());
        assertThat(again.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(again.err()).contains("is there already");
        assertThat(knit("incident", folder + "/none/x").err())
                .contains("no incident was written", "x.part is not there, or its folder is not");
    }

    @Test
    @DisplayName("promote lets the others follow the canary")
    void aCanary() throws IOException {
        String file = file("canary.yaml", spec("bird", "replicas: 2\nupdate: {min_healthy: 0s, canary: 1}"));
        done("deploy", "--wait", file);
        assertThat(knit("deploy", "--wait", file, "--set", "env.A=b").err()).contains("promote");
        assertThat(json("ps", "bird", "-o", "json").findValuesAsText("revision"))
                .contains("1", "2");
        assertThat(done("promote", "bird", "--wait")).contains("bird promoted, revision 2: running");
        assertThat(json("status", "bird", "-o", "json").path("instances").findValuesAsText("revision"))
                .containsOnly("2");
        done("undeploy", "bird", "--wait");
    }

    @Test
    @DisplayName("the page's commands, typed as they stand there")
    void ofThePage() throws IOException {
        String page =
                Files.readString(Path.of(System.getProperty("knit.home", "..")).resolve("docs/cli.md"));
        String typed = block(page.substring(page.indexOf("<!-- typed -->")), "sh");
        // so that the test need not wait for what has proven itself
        String web = file("web.yaml", block(page, "yaml") + "update: {min_healthy: 0s}\n");
        file("shop/page.yaml", spec("page", ""));
        String shop = folder.resolve("shop").toString();
        String compose = file("compose.yaml", "services: {cart: {image: web:1}}\n");
        String scenario = file(
                "scenario.yaml",
                page.substring(page.indexOf("```yaml\nsteps")).replaceFirst("(?s)```yaml\n(.*?)```.*", "$1"));
        List<String> lines = typed.lines().toList();
        assertThat(lines).hasSizeGreaterThan(10).allMatch(line -> line.startsWith("knit "));
        for (String line : lines) {
            String words = line.substring("knit ".length())
                    .replace("web.yaml", web)
                    .replace("scenario.yaml", scenario)
                    .replace("compose.yaml", compose)
                    .replace("deploy shop ", "deploy " + shop + " ")
                    .replace("'", "");
            assertThat(done(words.split(" "))).as(line).isNotEmpty();
        }
        String table = page.substring(page.indexOf("| | does |"));
        for (CommandLine command : new CommandLine(KnitCommandTest.commandLine().getCommandSpec())
                .getSubcommands()
                .values()) {
            if (command.getCommandSpec().userObject() instanceof Remote) {
                assertThat(table).contains("`" + command.getCommandName());
            }
        }
    }

    private static String block(String page, String language) {
        return page.replaceFirst("(?s).*?```" + language + "\n(.*?)```.*", "$1");
    }

    @Test
    void theClocksNextRunIsExplained() throws IOException {
        String nightly = file("nightly.yaml", spec("nightly", "mode: cron\ncron: {schedule: 30 2 29 2 *}"));
        done("deploy", nightly);
        assertThat(done("plan", nightly)).contains("deploy nightly changes nothing", "runs at ");
        assertThat(done("explain", "nightly")).contains("the next run is due at ", "-02-29T02:30:00Z");
        done("undeploy", "nightly", "--wait");
    }

    @Test
    @DisplayName("a folder of files, several in one, and standard output in each format")
    void files() throws IOException {
        Path many = Files.createDirectories(folder.resolve("many"));
        Files.writeString(many.resolve("a.yaml"), spec("many-a", "") + "---\n" + spec("many-b", ""));
        Files.writeString(many.resolve("b.json"), "{\"name\": \"many-c\", \"image\": \"web:1\", \"pull\": \"never\"}");
        Files.writeString(many.resolve("README"), "no spec");
        assertThat(done("deploy", many.toString(), "-o", "name").lines()).containsExactly("many-a", "many-b", "many-c");
        assertThat(done("status", "many-a", "-o", "yaml")).contains("name: many-a\n", "image: web:1\n");
        assertThat(done("undeploy", "many-a", "many-b", "many-c", "--wait").lines())
                .hasSize(3);
    }

    @Test
    void nodes() throws IOException {
        assertThat(done("nodes")).contains("NODE", "n1", "n2", "ready");
        assertThat(done("node", "label", "n2", "rack=7", "old-")).contains("n2 has other labels");
        assertThat(done("nodes", "-o", "wide")).contains("rack=7");
        assertThat(done("node", "pause", "n2")).contains("n2 is paused");
        assertThat(done("nodes")).contains("ready, paused");
        assertThat(done("node", "drain", "n2", "--deadline", "10m", "--timeout=10s"))
                .contains("n2 is drained");
        assertThat(done("node", "activate", "n2")).contains("n2 is active");
        assertThat(knit("node", "rm", "n2").exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(done("rebalance")).contains("nothing to move");
        String scenario = file("scenario.yaml", "steps:\n- kill: n2\nfor: 1m\n");
        assertThat(done("simulate", scenario)).contains("settled after", "n2 is down");
    }

    @Test
    @DisplayName("a node that is not empty in time: where to look, which is no deployment's page")
    void undrained() throws IOException {
        done("node", "label", "n1", "room=cellar");
        done("deploy", file("bound.yaml", spec("bound", "node_selector: {room: cellar}")), "--wait");
        Typed typed = knit("node", "drain", "n1", "--timeout=300ms");
        assertThat(typed.exitCode()).isEqualTo(Exit.TIMED_OUT);
        assertThat(typed.err())
                .contains("n1 has not settled", "knit ps shows", "; the change stands")
                .doesNotContain("knit explain");
        done("node", "activate", "n1");
        done("node", "label", "n1", "room-");
        done("undeploy", "bound", "--wait");
    }

    @Test
    @DisplayName("what is waited for in vain: exit code 4 while it may come, 1 when it failed")
    void unsettled() throws IOException {
        String nowhere = file("nowhere.yaml", spec("nowhere", "node_selector: {rack: moon}"));
        Typed typed = knit("deploy", nowhere, "--timeout=300ms");
        assertThat(typed.exitCode()).isEqualTo(Exit.TIMED_OUT);
        assertThat(typed.err()).contains("nowhere has not settled", "rack=moon");
        assertThat(done("status")).contains("rack=moon");
        assertThat(done("undeploy", "nowhere", "--wait")).contains("nowhere is taken away");

        String failing = file("failing.yaml", spec("failing", "mode: job\njob: {retries: 0, timeout: 1s}"));
        Typed failed = knit("deploy", "--timeout=30s", failing);
        assertThat(failed.exitCode()).isEqualTo(Exit.FAILED);
        assertThat(failed.err()).contains("failing has not settled");
        done("undeploy", "failing", "--wait");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "table | web      | 2026-11-27T12:00:00Z  node.ready  n1 is ready",
                "name  | -f       | node.ready",
                "json  | --follow | {\"at\":\"2026-11-27T12:00:00Z\",\"type\":\"node.ready\",\"message\":\"n1\\nis ready\"}"
            })
    @DisplayName("events come a line each, and moves of the cursor in them are none; a stream that ends is told")
    void events(String format, String more, String line) throws IOException {
        HttpServer ending = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ending.createContext("/events", exchange -> {
            String event = "{\"at\":\"2026-11-27T12:00:00Z\",\"type\":\"node.ready\",\"message\":\"n1\\nis ready\"}";
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write((": hello\n\ndata: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        ending.start();
        try {
            String server = "127.0.0.1:" + ending.getAddress().getPort();
            Typed typed = knit("events", more, "--since", "10m", "-o", format, "-s", server);
            assertThat(typed.out().strip()).isEqualTo(line);
            assertThat(typed.err()).contains("the server ended the stream");
            assertThat(typed.exitCode()).isEqualTo(Exit.UNREACHABLE);
        } finally {
            ending.stop(0);
        }
    }

    @Test
    @DisplayName("all that is wrong with a spec is told, each with its place")
    void refused() throws IOException {
        Typed typed = knit("deploy", file("bad.yaml", spec("bad", "replicas: -1\nstrategy: spred\nrestrat: {}\n")));
        assertThat(typed.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(typed.err()).contains("knit: /strategy: ", "knit: /replicas: ", "did you mean \"restart\"?");
        assertThat(typed.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deploy /nowhere/x.yaml     | 2 | there is no file /nowhere/x.yaml",
                "status nope                | 3 | there is no deployment \"nope\"",
                "explain nope               | 3 | \"nope\"",
                "token revoke nope          | 3 | knit token list shows all",
                "webhook rm nope            | 3 | knit webhook list shows all",
                "var get NOPE               | 3 | knit var ls shows all",
                "secret rm NOPE             | 3 | knit secret ls shows all",
                "file rm NOPE               | 3 | knit file ls shows all",
                "registry rm nope.example   | 3 | knit registry ls shows all",
                "volume get nope 0 data     | 3 | knit volume ls shows what there is",
                "node rm nope               | 3 | knit nodes shows them",
                "undeploy nope              | 3 | knit status shows them",
                "token create A --role viewer | 5 | write one such as ci",
                "status -s 127.0.0.1:1      | 6 | no server answers at http://127.0.0.1:1",
                "status -s ftp://x          | 2 | --server ftp://x is no address",
                "status -o tabel            | 2 | tabel",
                "scale web many             | 2 | knit: REPLICAS must be a whole number, and 'many' is none, or is too large",
                "scale web 99999999999      | 2 | '99999999999' is none, or is too large",
                "rollback web old           | 2 | knit: REVISION must be a whole number, and 'old' is none",
                "rebalance --max-moves all  | 2 | knit: --max-moves must be a whole number, and 'all' is none",
                "completion tcsh            | 2 | knit: SHELL must be one of bash, zsh, fish, and 'tcsh' is none",
                "scale web 3 --timeout=soon | 2 | --timeout must be a time such as 500ms",
                "scale web 3 --timeout=11m  | 2 | --timeout is at most 10m",
                "events --since yesterday   | 2 | --since must be a time",
                "node label n1 rack         | 2 | a label is written KEY=VALUE",
                "apply -f x                 | 2 | here it is: knit deploy FILE",
                "describe web               | 2 | here it is: knit explain NAME",
                "cordon n1                  | 2 | here it is: knit node pause NODE",
                "statuss                      | 2 | did you mean status?",
                "node drian n1              | 2 | did you mean drain?"
            })
    void wrongWords(String words, int exitCode, String told) {
        Typed typed = knit(words.trim().split(" "));
        assertThat(typed.err()).contains(told);
        assertThat(typed.err().lines()).as("what, and what to do").hasSize(2);
        assertThat(typed.exitCode()).isEqualTo(exitCode);
        assertThat(typed.out()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = "UNREACHABLE", mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("a fault of which the server says nothing to do has a second line, too")
    void everyFaultHasTwoLines(KnitClientException.Kind kind) {
        assertThat(Exit.mend(kind)).isNotEmpty();
    }
}
