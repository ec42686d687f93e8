package io.knit.launcher.remote.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Typed;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.RemoteFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code knit join} makes of what hosts say; {@code scripts/join-check} has it join one. */
class JoinTest {
    private static final String TOKEN = "it's-a-word-that-nobody-guesses";

    @TempDir
    static Path folder;

    private static RemoteFleet fleet;

    @TempDir
    Path host;

    private FakeSsh ssh;
    private Path deb;

    @BeforeAll
    static void start() {
        fleet = new RemoteFleet(folder);
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
    }

    /** A fresh host where all goes well, and whose agent is node n1. */
    @BeforeEach
    void well() throws IOException {
        deb = Files.writeString(host.resolve("knit_0.1.0_amd64.deb"), "a package");
        ssh = new FakeSsh(host)
                .says(
                        "look",
                        "Welcome!",
                        "@knit kernel Linux",
                        "@knit arch x86_64",
                        "@knit system Debian 12",
                        "@knit rights root",
                        "@knit looked")
                .says("survey", survey("engine none"))
                .says("engine", "Reading package lists...", "@knit engine 20.10.24")
                .says("cache", "@knit cache /var/cache/knit-join")
                .says("install", "@knit installed 0.1.0")
                .says("settings", "@knit restarted", "@knit node n1")
                .says("await", "@knit joined");
    }

    private static String[] survey(String... more) {
        List<String> lines = new ArrayList<>(List.of("systemd yes", "dpkg yes", "packages apt-get", "libc 2.36"));
        lines.addAll(List.of(more));
        lines.add("surveyed");
        return lines.stream().map(line -> "@knit " + line).toArray(String[]::new);
    }

    private Typed join(String... words) {
        List<String> line =
                new ArrayList<>(List.of("join", "--package", deb.toString(), "--nats-url", "nats://10.54.0.1:4222"));
        line.addAll(List.of(words));
        return typed(line.toArray(String[]::new));
    }

    private Typed typed(String... words) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("KNIT_SERVER", fleet.url());
        environment.put("PATH", ssh.path());
        environment.put("KNIT_JOIN_TOKEN", TOKEN);
        return Typed.knit(environment, words);
    }

    @Test
    @DisplayName("engine, package, settings, service: each is said in a line, and the node shown")
    void joins() throws IOException {
        Typed typed = join("--label", "region=eu", "--label=disk=ssd", "--ssh-port", "2222", "-i", "key", "root@far");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.err().lines())
                .containsExactly(
                        "root@far: Debian 12, amd64, as root",
                        "installing the engine (docker.io)",
                        "the engine answers, 20.10.24",
                        "sending knit_0.1.0_amd64.deb (0 MiB)",
                        "installed Knit 0.1.0",
                        "started the agent, its broker is nats://10.54.0.1:4222");
        assertThat(typed.out()).containsPattern("NODE +STATE.*\nn1 +ready");
        assertThat(ssh.steps())
                .containsExactly("look", "survey", "engine", "cache", "send", "install", "settings", "await", "settle");
        assertThat(ssh.sent()).isEqualTo("a package");
        assertThat(ssh.scripts()).contains("labels: '\\''region=eu,disk=ssd'\\''\n");
    }

    @Test
    @DisplayName("no word of a command line has the join token in it, and ssh's own words end before the host")
    void words() throws IOException {
        join("--ssh-port", "2222", "-i", "key", "--ssh-option", "ProxyJump=gate", "root@far");
        assertThat(ssh.words()).doesNotContain("nobody-guesses", "StrictHostKeyChecking");
        assertThat(ssh.words().split("\n\n")[0].lines())
                .startsWith("-p", "2222", "-i", "key", "-o", "ProxyJump=gate", "-o", "BatchMode=yes")
                .endsWith("-T", "--", "root@far", "sh");
        // as YAML has it in a text, and the shell in one of its own
        assertThat(ssh.scripts()).contains("join-token: '\\''it'\\'''\\''s-a-word-that-nobody-guesses'\\''\n");
    }

    @Test
    @DisplayName("who is not root but may use sudo is root from the second look on")
    void sudo() throws IOException {
        ssh.says("look", "@knit kernel Linux", "@knit arch aarch64", "@knit rights sudo", "@knit looked")
                .says("survey", survey("engine 24.0.7", "installed 0.1.0", "digest 0"));
        Typed typed = join("me@far");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.err()).contains("me@far: Linux, arm64, by sudo", "the engine answers, 24.0.7");
        String[] starts = ssh.words().split("\n\n");
        assertThat(starts[0]).endsWith("--\nme@far\nsh");
        for (int i = 1; i < starts.length; i++) {
            assertThat(starts[i]).contains("--\nme@far\nsudo\n-n\n");
        }
    }

    @Test
    @DisplayName("what is there already is left as it is")
    void again() throws IOException {
        String digest = PackageFile.named(deb, io.knit.launcher.remote.ssh.SshTarget.of("far"), debian())
                .digest();
        ssh.says(
                        "survey",
                        survey(
                                "engine 20.10.24",
                                "installed 0.1.0",
                                "digest " + digest,
                                "node n1",
                                "cluster " + fleet.cluster(),
                                "broker nats://10.54.0.1:4222"))
                .says("settings", "@knit kept", "@knit node n1");
        Typed typed = join("root@far");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.err())
                .contains("Knit 0.1.0 is that of knit_0.1.0_amd64.deb", "is told nothing new and runs on");
        assertThat(ssh.steps()).containsExactly("look", "survey", "settings", "await");
        assertThat(ssh.scripts()).contains("kept='yes'");
    }

    private static Host debian() {
        return new Host("Debian 12", "amd64", Map.of("dpkg", "yes"));
    }

    @Test
    @DisplayName("a dry run looks, says what would be done, and does nothing")
    void dryRun() throws IOException {
        Typed typed = join("--dry-run", "--set", "gpus=1", "root@far");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.out().lines())
                .containsExactly(
                        "engine: install docker.io with apt-get",
                        "package: install knit_0.1.0_amd64.deb (0 MiB)",
                        "settings: gpus 1, a join token, nats-url nats://10.54.0.1:4222",
                        "service: enable and start knit-agent");
        assertThat(ssh.steps()).containsExactly("look", "survey");
        assertThat(typed.out() + typed.err()).doesNotContain("nobody-guesses");
    }

    @Test
    @DisplayName("what has several values may be set several times, anything else once")
    void setTwice() throws IOException {
        Typed typed = join("--dry-run", "--set", "allow=privileged", "--set", "allow=cap:NET_ADMIN,all", "root@far");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.out()).contains("settings: allow privileged,cap:NET_ADMIN,all, a join token");
        assertThat(join("--set", "gpus=1", "--set", "gpus=2", "root@far").err())
                .contains("--set gives gpus more than once; give it once");
        assertThat(join("--set", "gpus", "root@far").err()).contains("--set takes KEY=VALUE, such as gpus=1");
    }

    @ParameterizedTest(name = "{0} says {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "look   | @knit kernel FreeBSD;@knit looked                                     | runs FreeBSD; Knit's agents need Linux",
                "look   | This account is currently not available.                              | has no shell that says what it is",
                "look   | @knit kernel Linux;@knit arch riscv64;@knit rights root;@knit looked  | is of the kind riscv64",
                "look   | @knit kernel Linux;@knit arch x86_64;@knit rights none;@knit looked   | join it as root@far",
                "survey | @knit dpkg yes;@knit engine none;@knit surveyed                       | has no systemd",
                "survey | @knit systemd yes;@knit libc 2.31;@knit surveyed                      | has the C library 2.31",
                "survey | @knit systemd yes;@knit packages dnf;@knit dpkg yes;@knit surveyed    | dnf install moby-engine",
                "survey | @knit systemd yes;@knit engine 24.0;@knit surveyed                    | has no dpkg for a .deb",
                "survey | @knit systemd yes;@knit dpkg yes;@knit engine 24.0;@knit node x;@knit cluster other;@knit broker nats://b:4222;@knit surveyed | belongs to another cluster, other, as node x"
            })
    @DisplayName("a host that is not to be joined is refused in words, and nothing is done to it")
    void refused(String step, String said, String words) throws IOException {
        ssh.says(step, said.split(";"));
        Typed typed = join("root@far");
        assertThat(typed.err().replace("\n      ", "; ")).contains(words);
        assertThat(typed.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(ssh.steps()).doesNotContain("engine", "cache", "settings");
    }

    @ParameterizedTest(name = "{0} fails: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "look     | 255 | ssh: connect to host far port 22: Connection refused | 6 | can't be reached over ssh",
                "look     | 255 | me@far: Permission denied (publickey).               | 5 | ssh-copy-id root@far",
                "look     | 255 | Host key verification failed.                        | 5 | does not know the key of root@far",
                "survey   | 1   | sudo: a password is required                         | 1 | could not be looked at as root",
                "engine   | 1   | E: Unable to locate package docker.io                | 1 | no engine could be had",
                "send     | 1   | dd: No space left on device                          | 1 | make room in /var/cache",
                "install  | 1   | dpkg: error processing package knit                  | 1 | the package could not be installed",
                "settings | 1   | Failed to start knit-agent                           | 1 | the agent could not be started",
                "await    | 255 | client_loop: send disconnect: Broken pipe            | 6 | can't be reached over ssh"
            })
    @DisplayName("what fails is told in two lines, with what the host said last")
    void failed(String step, int exit, String said, int code, String words) throws IOException {
        ssh.says("survey", step.equals("survey") ? new String[0] : survey("engine none"))
                .says(step)
                .fails(step, exit, said);
        Typed typed = join("root@far");
        assertThat(typed.err()).contains(words, "    | " + said);
        assertThat(typed.exitCode()).isEqualTo(code);
        List<String> steps = ssh.steps();
        assertThat(steps.get(steps.size() - 1)).isEqualTo(step);
    }

    @Test
    @DisplayName(
            "an agent that the server does not take in is told of in its own words; a member goes back to what it was told before")
    void wrongToken() throws IOException {
        String word = "NATS at nats://10.54.0.1:4222 refuses this agent: the server wants another --join-token";
        ssh.says("await", "@knit refused " + word);
        Typed typed = join("root@far");
        assertThat(typed.err()).contains("the server does not take in n1\n", "--join-token-file", "    | " + word);
        assertThat(typed.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(ssh.steps()).doesNotContain("undo");

        ssh.says("survey", member("n1"));
        assertThat(join("root@far").err()).contains("does not take in n1, and is told again what it was told before");
        assertThat(ssh.steps()).contains("undo");
    }

    private static String[] member(String node) {
        return survey("engine 24.0", "node " + node, "cluster " + fleet.cluster(), "broker nats://10.54.0.9:4222");
    }

    @Test
    @DisplayName("a member that some other server takes in is refused, and goes back to what it was told before")
    void takenElsewhere() throws IOException {
        ssh.says("survey", member("n9")).says("settings", "@knit restarted", "@knit node n9");
        Typed typed = join("--timeout", "1s", "root@far");
        assertThat(typed.err().replace("\n      ", "; "))
                .contains(
                        "the agent of n9 was taken in at nats://10.54.0.1:4222, but the server at " + fleet.url()
                                + " has no such node, and is told again what it was told before",
                        "--nats-url");
        assertThat(typed.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(ssh.steps()).endsWith("settings", "await", "log", "undo");
    }

    @Test
    @DisplayName(
            "a member that no server takes in in time goes back to what it was told before, one that was told nothing new has nothing to go back to")
    void lateMember() throws IOException {
        ssh.says("survey", member("n1")).says("await", "connecting");
        Typed typed = join("--timeout", "1s", "root@far");
        assertThat(typed.err()).contains("node n1 is not ready within 1 s, and is told again what it was told before");
        assertThat(typed.exitCode()).isEqualTo(Exit.TIMED_OUT);
        assertThat(ssh.steps()).endsWith("await", "log", "undo");

        ssh.says("settings", "@knit kept", "@knit node n1");
        assertThat(join("--timeout", "1s", "root@far").err()).contains("the agent goes on trying");
        assertThat(ssh.steps()).endsWith("await", "log");
    }

    @Test
    @DisplayName(
            "where the host's journal tells nothing the server's word counts; a member that it does not know goes back")
    void unseen() throws IOException {
        ssh.says("await", "@knit unseen");
        assertThat(join("root@far").exitCode()).isZero();
        assertThat(ssh.steps()).endsWith("await", "settle");

        ssh.says("survey", member("n9")).says("settings", "@knit restarted", "@knit node n9");
        Typed typed = join("--timeout", "1s", "root@far");
        assertThat(typed.err()).contains("within 1 s: it is not known yet, and is told again what it was told before");
        assertThat(typed.exitCode()).isEqualTo(Exit.TIMED_OUT);
        assertThat(ssh.steps()).endsWith("await", "log", "undo");
    }

    @Test
    @DisplayName("a node of another cluster is refused though this one has a node of that name")
    void sameName() throws IOException {
        ssh.says("survey", survey("engine 24.0", "node n1", "cluster other", "broker nats://10.54.0.1:4222"));
        Typed typed = join("root@far");
        assertThat(typed.err()).contains("belongs to another cluster, other, as node n1", fleet.cluster());
        assertThat(typed.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(ssh.steps()).containsExactly("look", "survey");
    }

    @Test
    @DisplayName("a node that is not ready in time is told of, with what its agent and the host say")
    void late() throws IOException {
        ssh.says("settings", "@knit restarted", "@knit node n9").says("log", "engine: does not answer");
        Typed typed = join("--timeout", "1s", "root@far");
        assertThat(typed.err())
                .contains("node n9 is not ready within 1 s: it is not known yet", "    | engine: does not answer");
        assertThat(typed.exitCode()).isEqualTo(Exit.TIMED_OUT);
        assertThat(ssh.scripts()).contains("broker='10.54.0.1:4222'");
        assertThat(ssh.steps()).endsWith("await", "log", "settle");

        ssh.says("await", "connecting");
        assertThat(join("--timeout", "1s", "root@far").exitCode()).isEqualTo(Exit.TIMED_OUT);
        ssh.says("await", "@knit ended", "wrong settings");
        assertThat(join("root@far").err()).contains("does not stay up\n", "    | wrong settings");
        assertThat(ssh.steps()).endsWith("await");
        ssh.says("survey", member("n9"));
        assertThat(join("root@far").err())
                .contains("does not stay up, and is told again what it was told before\n", "    | wrong settings");
        assertThat(ssh.steps()).endsWith("await", "undo");
    }

    @ParameterizedTest(name = "join {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "-oProxyCommand=touch${IFS}/tmp/x       | is none of table, wide",
                "-- -oProxyCommand=x                    | HOST is a name or an address",
                "root@-far                              | HOST is a name or an address",
                "-x@far                                 | Missing required parameter",
                "far;reboot                             | HOST is a name or an address",
                "ssh://far:22                           | HOST is a name or an address",
                "far:22                                 | a port is given with --ssh-port",
                "--ssh-port 70000 far                   | a number from 1 to 65535",
                "--ssh-option -v far                    | --ssh-option is KEY=VALUE",
                "--label region far                     | write region=true",
                "--node-id My_Host far                  | --node-id is \"My_Host\"",
                "--set data-dir=/tmp far                | is none that could be set there",
                "--set nonsense=1 far                   | is none that could be set there",
                "--set gpus=many far                    | give a whole number",
                "--join-token-file none far             | does not exist",
                "--timeout 1y far                       | --timeout must be a time",
                "--timeout 11m far                      | --timeout is at most 10m"
            })
    @DisplayName("wrong words are refused before ssh is started")
    void wrongWords(String words, String told) throws IOException {
        Typed typed = join(words.split(" "));
        assertThat(typed.err()).contains(told);
        assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(ssh.steps()).isEmpty();
    }

    @Test
    @DisplayName("where no package is, it says where it looked; where the broker can't be guessed, what to say")
    void missing() throws IOException {
        Typed none = typed("join", "--nats-url", "nats://b:4222", "root@far");
        assertThat(none.err())
                .contains("there is no knit_0.1.0_amd64.deb in ", "packages", "scripts/package", "--package");
        assertThat(none.exitCode()).isEqualTo(Exit.REFUSED);

        Typed loopback = typed("join", "--package", deb.toString(), "root@far");
        assertThat(loopback.err()).contains("--nats-url nats://10.54.0.1:4222");
        assertThat(loopback.exitCode()).isEqualTo(Exit.USAGE);

        ssh.says("survey", survey("engine none", "broker nats://kept:4222"));
        Typed kept = typed("join", "--package", deb.toString(), "root@far");
        assertThat(kept.exitCode()).as(kept.err()).isZero();
        assertThat(kept.err()).contains("its broker is nats://kept:4222");
    }

    @Test
    @DisplayName("the page's commands, typed as they stand there")
    void ofThePage() throws IOException {
        String page =
                Files.readString(Path.of(System.getProperty("knit.home", "..")).resolve("docs/installing.md"));
        String block = page.substring(page.indexOf("<!-- join -->")).replaceFirst("(?s).*?```sh\n(.*?)```.*", "$1");
        Path token = Files.writeString(host.resolve("join-token"), TOKEN);
        List<String> lines =
                block.lines().filter(line -> line.startsWith("knit join ")).toList();
        assertThat(lines).hasSizeGreaterThan(3);
        for (String line : lines) {
            String words = line.substring("knit ".length())
                    .replace("knit_0.1.0_amd64.deb", deb.toString())
                    .replace("join-token ", token + " ");
            List<String> typed = new ArrayList<>(List.of(words.split(" ")));
            if (!words.contains("--nats-url")) {
                typed.addAll(List.of("--nats-url", "nats://10.54.0.1:4222"));
            }
            if (!words.contains("--package")) {
                typed.addAll(List.of("--package", deb.toString()));
            }
            Typed done = typed(typed.toArray(String[]::new));
            assertThat(done.exitCode()).as(line + "\n" + done.err()).isZero();
        }
    }

    @Test
    @DisplayName("a server that does not answer is asked before the host is touched")
    void noServer() throws IOException {
        Typed typed = Typed.knit(Map.of("PATH", ssh.path(), "KNIT_SERVER", "127.0.0.1:1"), "join", "root@far");
        assertThat(typed.exitCode()).isEqualTo(Exit.UNREACHABLE);
        assertThat(ssh.steps()).isEmpty();
    }
}
