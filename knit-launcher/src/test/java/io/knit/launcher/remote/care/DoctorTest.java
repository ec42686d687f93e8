package io.knit.launcher.remote.care;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.launcher.Typed;
import io.knit.launcher.remote.RemoteFleet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class DoctorTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String WELL =
            "{'id':'n0','state':'ready','agent_version':'1','clock_ahead_ms':-4999,'seen_by':[{'witness':'heartbeat','at':'2026-11-27T11:59:57Z'}]}";

    @TempDir
    Path folder;

    private static JsonNode tree(String text) throws IOException {
        return JSON.readTree("[" + text.replace('\'', '"') + "]");
    }

    private static List<Finding> findings(String nodes, String deployments) throws IOException {
        return ClusterCheckup.of(tree(nodes), tree(deployments), tree(""), NOW, "1");
    }

    @Test
    @DisplayName("a volume that no slot has is told of, one of a slot that there is is not")
    void unusedVolumes() throws IOException {
        JsonNode web = tree("{'name':'web','status':'running','spec':{'replicas':1}}");
        JsonNode volumes = tree("{'deployment':'web','slot':'0','name':'data','node':'n0','used':false},"
                + "{'deployment':'web','slot':'1','name':'data','node':'n0','used':false}");
        assertThat(ClusterCheckup.of(tree(WELL), web, volumes, NOW, "1"))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.grave()).isFalse();
                    assertThat(found.mend()).contains("knit volume rm web 1 data --node n0");
                });
        JsonNode shared = tree("{'deployment':'app','slot':'0','name':'html','node':'n0','used':false}");
        JsonNode sharing =
                tree("{'name':'web','status':'running','spec':{'replicas':0,'volumes':[{'name':'html','of':'app'}]}}");
        assertThat(ClusterCheckup.of(tree(WELL), web, shared, NOW, "1")).hasSize(1);
        assertThat(ClusterCheckup.of(tree(WELL), sharing, shared, NOW, "1"))
                .as("who shares it may be scaled up")
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'id':'n1','state':'down','reason':'no heartbeat for 34 s'}          | true  | node n1    | is down: no heartbeat for 34 s       | knit node rm n1",
                "{'id':'n1','state':'suspect'}                                       | false | node n1    | is silent for a moment               | see to its host",
                "{'id':null,'state':'discovered','hostname':'h'}                     | false | host h     | has no agent                         | knit agent start",
                "{'id':'n1','state':'ready','condition':'the disk of /var is full'}  | true  | node n1    | takes no work: the disk of           | make room",
                "{'id':'n1','state':'ready','condition':'the engine does not answer'} | true | node n1    | the engine does not answer           | systemctl status docker",
                "{'id':'n1','state':'ready','condition':'its agent has not taken over its newest assignments for 30 s; its log says why'} | true | node n1 | newest assignments for 30 s | journalctl -u knit-agent",
                "{'id':'n1','state':'ready','condition':'the agent\\u0027s data folder can\\u0027t be written: /d/assignments.json.tmp: Read-only file system'} | true | node n1 | Read-only | knit doctor --local on that host: its disk",
                "{'id':'n1','state':'down','reason':'no heartbeat for 34 s','condition':'its agent has not taken over its newest assignments for 30 s'} | true | node n1 | is down: no heartbeat for 34 s | knit node rm n1",
                "{'id':'n1','state':'ready','clock_ahead_ms':5000}                   | false | node n1    | its clock is 5s ahead of the server's | timedatectl",
                "{'id':'n1','state':'ready','clock_ahead_ms':-90000}                 | false | node n1    | its clock is 90s behind the server's  | timedatectl",
                "{'id':'n1','state':'ready','availability':'drained','availability_by':'ann'} | false | node n1 | is drained by ann                 | knit node activate n1",
                "{'id':'n1','state':'ready','names_fault':'containers here can not ask'} | false | node n1 | can not ask; they find those of   | CAP_NET_BIND_SERVICE",
                "{'id':'n1','state':'ready','routes_fault':'the mesh does not lead there'} | false | node n1 | own addresses: the mesh does not | --container-subnet",
                "{'id':'n1','state':'ready','agent_version':'0'}                     | false | node n1    | has an agent 0, and this is knit 1   | upgrade the older one"
            })
    void ofANode(String node, boolean grave, String about, String what, String mend) throws IOException {
        assertThat(findings(WELL + "," + node, "")).singleElement().satisfies(found -> {
            assertThat(found.grave()).isEqualTo(grave);
            assertThat(found.about()).isEqualTo(about);
            assertThat(found.what()).contains(what);
            assertThat(found.mend()).contains(mend);
        });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'name':'a','status':'pending','instances':[{'reason':'no node fits'}]} | true  | is pending: no node fits | knit explain a",
                "{'name':'a','status':'degraded'}                                      | true  | is degraded              | knit explain a",
                "{'name':'a','status':'failed'}                                        | true  | is failed                | knit explain a",
                "{'name':'a','status':'deleting'}                                      | false | something of it is left  | knit node rm NODE",
                "{'name':'a','status':'running','rollout':{'phase':'paused','reason':'web-0 failed'}} | true | its rollout stopped: web-0 failed | knit rollback a",
                "{'name':'a','status':'running','paused':true}                         | false | is paused                | knit resume a",
                "{'name':'a','status':'running','problem':'its planning failed'}       | true  | its planning failed      | knit incident FILE"
            })
    void ofADeployment(String deployment, boolean grave, String what, String mend) throws IOException {
        assertThat(findings(WELL, deployment)).singleElement().satisfies(found -> {
            assertThat(found.grave()).isEqualTo(grave);
            assertThat(found.about()).isEqualTo("deployment a");
            assertThat(found.what()).contains(what);
            assertThat(found.mend()).contains(mend);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-27T11:59:31Z, ''",
        "2026-11-27T12:00:29Z, ''",
        "2026-11-27T11:50:00Z, behind",
        "2026-11-27T12:01:30Z, ahead of"
    })
    void ofTheClock(String heard, String told) throws IOException {
        List<Finding> findings = findings(WELL.replace("2026-11-27T11:59:57Z", heard), "");
        if (told.isEmpty()) {
            assertThat(findings).isEmpty();
        } else {
            assertThat(findings)
                    .singleElement()
                    .satisfies(found -> assertThat(found.what()).contains(told));
        }
    }

    @Test
    void nothingIsTheMatter() throws IOException {
        assertThat(findings(WELL, "{'name':'a','status':'running'}")).isEmpty();
        assertThat(findings("", ""))
                .singleElement()
                .satisfies(found -> assertThat(found.what()).contains("none is ready"));
    }

    @Test
    @DisplayName("asked at a real server: 0 while all is well, 1 with what to mend")
    void asked() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            assertThat(fleet.done("doctor")).contains("✓ nothing is the matter");
            fleet.done("node", "pause", "n1");
            assertThat(fleet.done("doctor")).contains("! node n1: is paused by", "0 to mend, 1 to know");
            fleet.done("deploy", fleet.file("far.yaml", RemoteFleet.spec("far", "node_selector: {rack: moon}")));
            Typed typed = fleet.knit("doctor");
            assertThat(typed.out())
                    .contains("✗ deployment far: is pending", "rack=moon", "  knit explain far says more");
            assertThat(typed.exitCode()).isEqualTo(1);
        }
    }

    private Typed local(String engine, String... more) {
        String[] words = new String[more.length + 6];
        System.arraycopy(
                new String[] {"doctor", "--local", "--engine", engine, "--data-dir", folder.toString()},
                0,
                words,
                0,
                6);
        System.arraycopy(more, 0, words, 6, more.length);
        return Typed.knit(Map.of("KNIT_SERVER", "127.0.0.1:1"), words);
    }

    @Test
    @DisplayName("of this host: the engine and the way to the broker, each with what to do")
    void here() throws Exception {
        String socket = folder.resolve("engine.sock").toString();
        assertThat(local(socket).out())
                .contains("✗ engine: there is no socket " + socket, "or say where it is with --engine");
        for (String version : List.of("20.10.24", "19.03.1", "")) {
            String body = version.isEmpty() ? "hello" : "{\"Version\":\"" + version + "\"}";
            try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                Path own = folder.resolve("engine" + version);
                listening.bind(UnixDomainSocketAddress.of(own));
                Thread answering =
                        new Thread(() -> answer(listening, path -> path.startsWith("/version") ? body : "{}"));
                answering.setDaemon(true);
                answering.start();
                String out = local(own.toString()).out();
                assertThat(out.contains("✗ engine")).as(out).isEqualTo(!version.startsWith("20"));
            }
        }
        try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(local(socket, "--broker", "127.0.0.1:" + broker.getLocalPort())
                            .out())
                    .doesNotContain("firewall");
        }
        assertThat(local(socket, "--broker", "127.0.0.1:1").out())
                .contains("✗ firewall: the broker can't be reached at 127.0.0.1:1");
        assertThat(local(socket, "--broker", "nowhere").exitCode()).isEqualTo(2);
    }

    @Test
    @DisplayName("of this host: an engine that hangs is told, whether it takes the question or not even that")
    void hungEngine() throws Exception {
        Path hung = folder.resolve("hung.sock");
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(hung), 1);
            List<SocketChannel> waiting = new ArrayList<>();
            for (int others : new int[] {0, 3}) {
                for (int i = 0; i < others; i++) {
                    SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX);
                    other.configureBlocking(false);
                    waiting.add(other);
                    try {
                        other.connect(UnixDomainSocketAddress.of(hung));
                    } catch (IOException e) {
                        // there is no room in its line any more, which is what is wanted
                    }
                }
                assertThat(HostCheckup.of(hung, folder, folder, "", Duration.ofSeconds(1)))
                        .filteredOn(found -> found.about().equals("engine"))
                        .singleElement()
                        .satisfies(found -> {
                            assertThat(found.grave()).isTrue();
                            assertThat(found.what()).isEqualTo("does not answer at " + hung + " within 1 s");
                            assertThat(found.mend()).contains("systemctl restart docker");
                        });
            }
            for (SocketChannel other : waiting) {
                other.close();
            }
        }
    }

    @Test
    @DisplayName("of this host: an engine that says which it is, and lists slowly, is no dead one")
    void slowLists() throws Exception {
        Path socket = folder.resolve("slow.sock");
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(socket));
            CountDownLatch never = new CountDownLatch(1);
            Thread answering = new Thread(() -> answer(listening, path -> {
                if (!path.startsWith("/version")) {
                    await(never);
                }
                return "{\"Version\":\"20.10.24\"}";
            }));
            answering.setDaemon(true);
            answering.start();
            assertThat(HostCheckup.of(socket, folder, folder, "", Duration.ofSeconds(1)))
                    .filteredOn(found -> found.about().equals("engine"))
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.grave()).isFalse();
                        assertThat(found.what())
                                .startsWith("does not list its containers, volumes and networks within 1 s");
                        assertThat(found.mend())
                                .startsWith(
                                        "docker -H unix://" + socket + " ps -a, docker -H unix://" + socket + " vol")
                                .doesNotContain("restart");
                    });
            never.countDown();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                         | true  | answered no more (asked for its volumes, it closed the"
                        + " connection) | systemctl status docker",
                "{\"Volumes\":[{\"Name\":\"a | true  | answered no more (asked for its volumes, it closed the"
                        + " connection) | journalctl -u docker",
                "gone                       | true  | answered no more (Connection refused) | systemctl status docker",
                "{\"message\":\"no plugin\"}  | false | does not list its volumes (no plugin), so | volume ls may say"
                        + " more",
                "{}                         | false | does not list its volumes (its answer is no list), so | volume"
                        + " ls may say more",
                "{\"Volumes\":null}          |       |       | "
            })
    @DisplayName("of this host: an engine that ends while it lists, or refuses to, is told for that")
    void failingLists(String volumes, @Nullable Boolean grave, @Nullable String what, @Nullable String mend)
            throws Exception {
        Path socket = folder.resolve("failing.sock");
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(socket));
            Thread answering = new Thread(() -> answer(listening, path -> {
                if (path.startsWith("/version")) {
                    return "{\"Version\":\"20.10.24\"}";
                } else if (path.startsWith("/volumes")) {
                    return volumes;
                } else if (volumes.equals("gone")) {
                    close(listening);
                }
                return "[]";
            }));
            answering.setDaemon(true);
            answering.start();
            List<Finding> found = HostCheckup.of(socket, folder, folder, "", Duration.ofSeconds(5)).stream()
                    .filter(each -> each.about().equals("engine"))
                    .toList();
            if (grave == null || what == null || mend == null) {
                assertThat(found).isEmpty();
                return;
            }
            assertThat(found).singleElement().satisfies(each -> {
                assertThat(each.grave()).isEqualTo(grave);
                assertThat(each.what()).contains(what);
                assertThat(each.mend()).contains(mend);
            });
        }
    }

    private static void close(ServerSocketChannel listening) {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("of this host nothing is needed by which a server is asked")
    void asksNobody() {
        String none = folder.resolve("none").toString();
        Map<String, String> variables = Map.of(
                "KNIT_TOKEN_FILE", none, "KNIT_CA", none, "KNIT_CONTEXT", "none", "XDG_CONFIG_HOME", folder.toString());
        String[] words = {"doctor", "--local", "--engine", none, "--data-dir", folder.toString()};
        Typed typed = Typed.knit(variables, words);
        assertThat(typed.out()).as(typed.err()).contains("✗ engine: there is no socket");
        assertThat(typed.exitCode()).isEqualTo(1);
    }

    private static void await(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until it is closed. */
    private static void answer(ServerSocketChannel listening, Function<String, String> body) {
        while (listening.isOpen()) {
            try (SocketChannel one = listening.accept()) {
                ByteBuffer asked = ByteBuffer.allocate(1_000);
                one.read(asked);
                String path = new String(asked.array(), 0, asked.position(), StandardCharsets.UTF_8).split(" ")[1];
                one.write(ByteBuffer.wrap(
                        ("HTTP/1.0 200 OK\r\n\r\n" + body.apply(path)).getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // it was closed, or who asked has gone
            }
        }
    }

    @Test
    @DisplayName(
            "of this host: what other agents left on its engine, each with the line that removes it, and nothing of its own")
    void orphans() throws IOException {
        String labels = "'Labels':{'knit.cluster':'%s','knit.node':'%s'}";
        String own = String.format(Locale.ROOT, labels, "c1", "n1");
        String other = String.format(Locale.ROOT, labels, "c1", "n2");
        String strange = String.format(Locale.ROOT, labels, "c9", "n1");
        String evil = String.format(Locale.ROOT, labels, "$(reboot)", "n1");
        JsonNode containers = tree("{'Names':['/knit-web-0-a']," + own + "},{'Names':['/knit-web-0-b']," + other
                + "},{'Names':['/knit-web-1-b']," + other + "},{'Names':['/evil']," + evil + "}");
        JsonNode volumes =
                tree("{'Name':'knit.c1.db.0.data'," + own + "},{'Name':'knit.c9.db.0.data'," + strange + "}");
        JsonNode networks = tree("{'Name':'knit.c1.back','Labels':{'knit.cluster':'c1'}},"
                + "{'Name':'knit.c9.back','Labels':{'knit.cluster':'c9'}}");
        List<Orphans.Agent> here = List.of(new Orphans.Agent("c1", "n1"));

        List<Finding> findings = Orphans.of(containers, volumes, networks, here, folder, "docker");

        assertThat(findings).noneMatch(Finding::grave);
        assertThat(findings)
                .extracting(found -> found.about() + ": " + found.what())
                .containsExactly(
                        "containers: 2 are of node n2 of cluster c1, and the agent here is node n1 of cluster c1: knit-web-0-b, knit-web-1-b",
                        "volumes: 1 is of node n1 of cluster c9, and the agent here is node n1 of cluster c1: knit.c9.db.0.data",
                        "networks: 1 is of cluster c9, and the agent here is node n1 of cluster c1: knit.c9.back");
        String unless = "if no agent of this host is to have them any more, remove them";
        assertThat(findings)
                .extracting(Finding::mend)
                .containsExactly(
                        unless
                                + ": docker rm -f $(docker ps -aq --filter label=knit.cluster=c1 --filter label=knit.node=n2)",
                        unless
                                + ", with what is in them: docker volume rm $(docker volume ls -q --filter label=knit.cluster=c9 --filter label=knit.node=n1)",
                        unless + ": docker network rm $(docker network ls -q --filter label=knit.cluster=c9)");
        assertThat(Orphans.of(containers, tree(""), tree(""), List.of(), folder, "docker"))
                .extracting(Finding::what)
                .satisfiesExactly(
                        mine -> assertThat(mine)
                                .isEqualTo("1 is of node n1 of cluster c1, and no agent that has joined one has its"
                                        + " files in " + folder + ": knit-web-0-a"),
                        others -> assertThat(others).startsWith("2 are of node n2"));
    }

    @Test
    @DisplayName("of this host: whose the engine's things are is in the agent's folder")
    void whoIsHere() throws Exception {
        Path socket = folder.resolve("engine");
        String listed = "[{\"Names\":[\"/knit-web\"],\"Labels\":{\"knit.cluster\":\"c1\",\"knit.node\":\"n1\"}}]";
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(socket));
            Function<String, String> bodies = path -> path.startsWith("/version")
                    ? "{\"Version\":\"20.10.24\"}"
                    : path.startsWith("/containers/json?all=1&filters=%7B%22label%22%3A%5B%22knit.cluster%22%5D%7D")
                            ? listed
                            : "{}";
            Thread answering = new Thread(() -> answer(listening, bodies));
            answering.setDaemon(true);
            answering.start();
            assertThat(local(socket.toString()).out())
                    .contains("! containers: 1 is of node n1 of cluster c1")
                    .contains("docker -H unix://" + socket + " rm -f $(docker -H unix://" + socket + " ps -aq");
            Files.createDirectories(folder.resolve("agent"));
            Files.writeString(
                    folder.resolve("agent").resolve("agent.json"),
                    "{\"node\":\"n1\",\"identity\":\"x\",\"cluster\":\"c1\",\"session\":1}");
            assertThat(local(socket.toString()).out()).doesNotContain("containers:");
            Files.writeString(folder.resolve("agent").resolve("agent.json"), "{");
            assertThat(local(socket.toString()).out())
                    .contains("! agent: who it is can't be read ("
                            + folder.resolve("agent").resolve("agent.json") + " is damaged)");
        }
    }
}
