package io.knit.launcher.remote.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.launcher.remote.ssh.SshTarget;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is decided of a host, before anything is done to it. */
class JoinStepsTest {
    private static final SshTarget FAR = SshTarget.of("root@far");
    private static final URI SERVER = URI.create("http://10.54.0.1:8080");

    @TempDir
    Path folder;

    private static Host host(String... facts) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("dpkg", "yes", "packages", "apt-get", "engine", "24.0"));
        for (int i = 0; i < facts.length; i += 2) {
            all.put(facts[i], facts[i + 1]);
        }
        return new Host("Debian 12", "amd64", all);
    }

    private JoinSteps of(Host host, Map<String, String> told, URI server) {
        return of(host, told, server, new JoinSteps.Cluster("", "", Set.of()));
    }

    private JoinSteps of(Host host, Map<String, String> told, URI server, JoinSteps.Cluster ours) {
        return JoinSteps.of(FAR, host, Told.of(told), null, server, ours, List.of(folder));
    }

    @ParameterizedTest(name = "installed {0}, here 0.1.0: sent {1}")
    @CsvSource({"'',true", "0.0.9,true", "0.0.10-3,true", "0.1.0,false", "0.1.1,false", "0.10.0,false", "1.0,false"})
    @DisplayName("only what is older is replaced, where nobody names a package")
    void versions(String installed, boolean sent) throws IOException {
        Files.writeString(folder.resolve("knit_0.1.0_amd64.deb"), "a package");
        JoinSteps steps = of(host("installed", installed), Map.of(), SERVER);
        assertThat(steps.file() != null).isEqualTo(sent);
        assertThat(steps.why()).contains(sent ? "" : "Knit " + installed + " stays; this is 0.1.0");
    }

    @Test
    @DisplayName("no agent is brought ahead of its server, unless a package is named")
    void anOlderServer() throws IOException {
        Path file = Files.writeString(folder.resolve("knit_0.1.0_amd64.deb"), "a package");
        JoinSteps.Cluster older = new JoinSteps.Cluster("c", "0.0.9", Set.of());
        JoinSteps kept = of(host("installed", "0.0.8"), Map.of(), SERVER, older);
        assertThat(kept.file()).isNull();
        assertThat(kept.why())
                .isEqualTo("Knit 0.0.8 stays: the server is Knit 0.0.9, and goes before its agents; this is 0.1.0");
        assertThatThrownBy(() -> of(host(), Map.of(), SERVER, older))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("upgrade the server first, or say with --package");
        assertThat(JoinSteps.of(FAR, host(), Told.of(Map.of()), file, SERVER, older, List.of())
                        .file())
                .isNotNull();
        JoinSteps.Cluster newer = new JoinSteps.Cluster("c", "0.2.0", Set.of());
        assertThat(of(host(), Map.of(), SERVER, newer).file()).isNotNull();
    }

    @Test
    @DisplayName("where no package is, what is installed stays; where nothing is, it says where it looked")
    void noPackage() {
        assertThat(of(host("installed", "0.0.1"), Map.of(), SERVER).why()).contains("stays; there is no package here");
        assertThatThrownBy(() -> of(host(), Map.of(), SERVER))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("no knit_0.1.0_amd64.deb in " + folder);
        Host other = new Host("Fedora", "arm64", Map.of("engine", "24.0"));
        assertThatThrownBy(() -> of(other, Map.of(), SERVER))
                .hasMessageContaining("no knit-0.1.0-linux-arm64.tar.gz in " + folder);
    }

    @ParameterizedTest(name = "{0}, host {1}, typed {2}: {3}")
    @CsvSource({
        "http://10.54.0.1:8080,'','',nats://10.54.0.1:4222",
        "https://knit.example/api,'','',nats://knit.example:4222",
        "'http://[fd00::1]:8080','','','nats://[fd00::1]:4222'",
        "http://10.54.0.1:8080,nats://b:1,'',''",
        "http://127.0.0.1:8080,nats://b:1,'',''",
        "http://127.0.0.1:8080,nats://b:1,nats://c:1,nats://c:1"
    })
    @DisplayName("the broker is what is typed, else what the host has, else beside the server")
    void broker(String server, String has, String typed, String told) {
        Map<String, String> settings = typed.isEmpty() ? Map.of() : Map.of("nats-url", typed);
        JoinSteps steps = of(host("installed", "0.1.0", "broker", has), settings, URI.create(server));
        assertThat(steps.told().broker()).isEqualTo(told);
    }

    @ParameterizedTest(name = "the server''s cluster {0}, its node {1}, typed {2}: another cluster''s {3}")
    @CsvSource({
        "c,n1,'',false",
        "c,n1,nats://b:1,false",
        "c,n2,'',false",
        "c,n2,nats://b:1,false",
        "d,n1,'',true",
        "d,n1,nats://a:1,true",
        "d,n2,'',true",
        "'',n1,'',false",
        "'',n1,nats://b:1,false",
        "'',n2,nats://b:1,true",
        "'',n2,nats://a:1,false",
        "'',n2,'',true"
    })
    @DisplayName(
            "a member of another cluster is refused, by the clusters' ids; a server that does not say its own has a node of that name, or the same broker is typed")
    void anotherClusters(String cluster, String known, String typed, boolean refused) {
        Host member = host("installed", "0.1.0", "node", "n1", "cluster", "c", "broker", "nats://me:pw@a:1");
        Map<String, String> settings =
                typed.isEmpty() ? Map.of() : Map.of("nats-url", typed.replace("//a", "//me:pw@a"));
        JoinSteps.Cluster ours = new JoinSteps.Cluster(cluster, "", Set.of(known));
        if (refused) {
            assertThatThrownBy(() -> of(member, settings, SERVER, ours))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("belongs to another cluster, c, as node n1")
                    .hasMessageContaining(cluster.isEmpty() ? "--nats-url, nats://" : "that is asked is d. If")
                    .hasMessageNotContaining("pw");
        } else {
            assertThat(of(member, settings, SERVER, ours).told().broker())
                    .isEqualTo(settings.getOrDefault("nats-url", ""));
        }
    }

    @Test
    @DisplayName(
            "an engine is installed where none is, started where it is silent, and left where somebody says where it is")
    void engine() {
        assertThat(of(host("installed", "1", "engine", "none"), Map.of(), SERVER)
                        .engine())
                .isEqualTo("install");
        assertThat(of(host("installed", "1", "engine", "silent"), Map.of(), SERVER)
                        .engine())
                .isEqualTo("start");
        assertThat(of(host("installed", "1", "engine", "elsewhere"), Map.of(), SERVER)
                        .engine())
                .isNull();
        Map<String, String> told = Map.of("docker-host", "tcp://127.0.0.1:2375");
        assertThat(of(host("installed", "1", "engine", "none"), told, SERVER).engine())
                .isNull();
    }

    @Test
    @DisplayName("what an agent is told is a line of YAML each, whatever is in it, and shows no secret")
    void told() {
        Told told =
                Told.of(Map.of("join-token", "it's: a #secret word", "labels", "a=b", "nats-url", "nats://me:pw@b:1"));
        assertThat(told.lines())
                .isEqualTo("join-token: 'it''s: a #secret word'\nlabels: 'a=b'\nnats-url: 'nats://me:pw@b:1'\n");
        assertThat(told.keys()).isEqualTo("join-token labels nats-url");
        assertThat(told.toString()).doesNotContain("secret", "pw");
        assertThatThrownBy(() -> Told.of(Map.of("join-token", "a word of two\nlines in it")))
                .hasMessageContaining("line end")
                .hasMessageNotContaining("word of two");
        assertThatThrownBy(() -> Told.of(Map.of("join-token", "short"))).hasMessageNotContaining("\"short");
    }
}
