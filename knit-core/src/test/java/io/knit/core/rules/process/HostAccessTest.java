package io.knit.core.rules.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAccessTest {
    private static final DeploymentSpec MUCH = DeploymentSpec.builder("web", "web:1")
            .isolation(new IsolationSpec(
                    true,
                    List.of("CAP_NET_ADMIN", "NET_ADMIN", "CHOWN", "ALL"),
                    List.of("NET_RAW"),
                    List.of(
                            "no-new-privileges:true",
                            "seccomp:unconfined",
                            "apparmor=docker-default",
                            "apparmor=mine",
                            "label:type:spc_t"),
                    List.of("/dev/dri:/dev/dri:rw", "/dev/dri"),
                    Map.of("net.core.somaxconn", "1"),
                    "host",
                    "host"))
            .network(new NetworkSpec(NetworkSpec.HOST, "", List.of(), List.of()))
            .volume(VolumeSpec.bound("/srv/a", "/a"))
            .volume(new VolumeSpec("", "/srv/b", "/b", false, "local", Map.of()))
            .volume(VolumeSpec.named("c", "/c"))
            .volume(new VolumeSpec("", "/srv/seen", "/s", true, "local", Map.of(), "rslave"))
            .volume(new VolumeSpec("", "/srv/m", "/m", true, "local", Map.of(), "rshared"))
            .volume(new VolumeSpec("", "/srv/n", "/n", false, "local", Map.of(), "shared"))
            .volume(new VolumeSpec("d", "", "/d", false, "rexray", Map.of()))
            .sidecar(SidecarSpec.of("log", "ship:1")
                    .with(
                            VolumeSpec.bound("/srv/a", "/d"),
                            VolumeSpec.bound("/srv/log", "/a"),
                            new VolumeSpec("e", "", "/e", false, "other", Map.of())))
            .build();

    @Test
    void whatReachesTheHostIsSaidOnceAndInOneSpelling() {
        assertThat(HostAccess.of(MUCH))
                .containsExactly(
                        "privileged",
                        "cap:NET_ADMIN",
                        "cap:ALL",
                        "device:/dev/dri",
                        "security:seccomp=unconfined",
                        "security:apparmor=mine",
                        "security:label=type:spc_t",
                        "network:host",
                        "pid:host",
                        "ipc:host",
                        "bind:/srv/a",
                        "bind:/srv/b:rw",
                        "bind:/srv/seen",
                        "bind:/srv/m",
                        "shared:/srv/m",
                        "bind:/srv/n:rw",
                        "shared:/srv/n",
                        "driver:rexray",
                        "bind:/srv/log",
                        "driver:other");
        assertThat(HostAccess.of(DeploymentSpec.builder("web", "web:1").build()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "privileged, privileged, true",
        "privileged, all, true",
        "cap:NET_ADMIN, cap:NET_ADMIN, true",
        "cap:NET_ADMIN, cap:ALL, true",
        "cap:ALL, cap:NET_ADMIN, false",
        "cap:NET_ADMIN, privileged, false",
        "cap:NET_ADMIN, cap:NET, false",
        "device:/dev/dri/card0, device:/dev/dri, true",
        "device:/dev/dri, device:/dev/dri, true",
        "device:/dev/dri2, device:/dev/dri, false",
        "device:/dev/dri, device:/dev/dri/card0, false",
        "network:host, privileged, false",
        "security:seccomp=unconfined, security:apparmor=unconfined, false",
        "bind:/srv/data, bind:/srv/data, true",
        "bind:/srv/data/a, bind:/srv/data, true",
        "bind:/srv/data2, bind:/srv/data, false",
        "bind:/srv, bind:/srv/data, false",
        "bind:/srv/data:rw, bind:/srv/data, false",
        "bind:/srv/data/a:rw, bind:/srv/data:rw, true",
        "bind:/srv/data, bind:/srv/data:rw, true",
        "bind:/srv/data:rw, all, true",
        "bind:/, all, false",
        "bind:/, bind:/, true",
        "bind:/srv, bind:/, false",
        "bind:/etc, bind:/etc, true",
        "bind:/etc, all, false",
        "bind:/etc/hosts, bind:/etc, false",
        "bind:/etc/hosts, bind:/etc/hosts, true",
        "bind:/var/run/docker.sock, bind:/var/run, false",
        "bind:/var/run/docker.sock, all, false",
        "bind:/var/run/docker.sock, bind:/var/run/docker.sock, true",
        "bind:/var/run/docker.sock:rw, bind:/var/run/docker.sock, false",
        "bind:/var, bind:/var, true",
        "bind:/var/lib, bind:/var, false",
        "bind:/var/lib/docker/volumes, bind:/var/lib, false",
        "bind:/var/lib/grafana, bind:/var/lib, true",
        "pid:host, pid:host, true",
        "pid:host, all, true",
        "pid:host, ipc:host, false",
        "ipc:host, ipc:host, true",
        "ipc:host, privileged, false",
        "shared:/srv/data, shared:/srv/data, true",
        "shared:/srv/data/a, shared:/srv/data, true",
        "shared:/srv/data, bind:/srv/data:rw, false",
        "bind:/srv/data, shared:/srv/data, false",
        "shared:/srv/data, all, true",
        "shared:/, all, false",
        "shared:/, shared:/, true",
        "shared:/etc, shared:/, false",
        "shared:/var/lib/docker, shared:/var/lib, false",
        "driver:rexray, driver:rexray, true",
        "driver:rexray, all, true",
        "driver:rexray, driver:local, false"
    })
    void aWordCoversItselfAndWhatIsWithin(String need, String allowed, boolean covered) {
        assertThat(HostAccess.lacking(List.of(need), List.of("cap:KILL", allowed))
                        .isEmpty())
                .isEqualTo(covered);
    }

    @Test
    void eachNeedIsAWordThatCanBeAllowed() {
        assertThat(HostAccess.of(MUCH)).allMatch(need -> HostAccess.fault(need) == null);
        assertThat(HostAccess.lacking(HostAccess.of(MUCH), HostAccess.of(MUCH))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "privilege",
                "cap:NET_ADMN",
                "cap:CAP_NET_ADMIN",
                "device:/etc",
                "device:/dev",
                "device:/dev/../etc",
                "device:/dev/a/..",
                "network:none",
                "security:seccomp=/x.json",
                "bind:srv",
                "bind:/srv/../etc",
                "bind:/srv/",
                "bind:",
                "pid:",
                "pid:private",
                "ipc:container",
                "shared:srv",
                "shared:/srv:rw",
                "driver:",
                "*"
            })
    void anotherWordIsRefused(String word) {
        assertThat(HostAccess.fault(word)).contains("can't be allowed; give privileged, cap:NET_ADMIN");
        assertThatThrownBy(() -> HostAccess.words("all," + word)).hasMessageContaining("\"" + word + "\"");
    }

    @Test
    void wordsAreParted() {
        assertThat(HostAccess.words("privileged, cap:NET_ADMIN")).containsExactly("privileged", "cap:NET_ADMIN");
        assertThat(HostAccess.words(null)).isEmpty();
        assertThatThrownBy(() -> HostAccess.words("all,".repeat(64) + "all")).hasMessageContaining("64 at most");
    }
}
