package io.knit.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a server orders, a container has of the host only what the host's agent was started to allow. */
class AgentAllowsTest {
    private static final DeploymentSpec MUCH = AgentRig.spec(it -> it.isolation(new IsolationSpec(
                    true,
                    List.of("NET_ADMIN"),
                    List.of(),
                    List.of(),
                    List.of("/dev/dri/card0"),
                    Map.of(),
                    "host",
                    "host"))
            .network(new NetworkSpec(NetworkSpec.HOST, "", List.of(), List.of())));

    private final AgentRig rig = new AgentRig(1);

    @Test
    @DisplayName("what is not allowed is rejected with the flag and the host, and nothing of it is made")
    void refused() {
        rig.allow = List.of("cap:ALL", "network:host");
        rig.server.run("much", MUCH);
        rig.server.run("good", AgentRig.spec());
        rig.joinedAgent();
        rig.untilState("good", InstanceState.RUNNING);
        rig.untilState("much", InstanceState.REJECTED);

        assertThat(Objects.requireNonNull(rig.server.newest("much")).reason())
                .contains(
                        "the agent of " + AgentRig.NODE
                                + " doesn't allow privileged, device:/dev/dri/card0, pid:host, ipc:host: start it with --allow privileged,device:/dev/dri/card0,pid:host,ipc:host");
        assertThat(rig.engine.containers()).hasSize(1);
    }

    @Test
    @DisplayName("what is allowed runs")
    void allowed() {
        rig.allow = List.of("privileged", "cap:ALL", "network:host", "device:/dev/dri", "pid:host", "ipc:host");
        rig.server.run("much", MUCH);
        rig.joinedAgent();
        rig.untilState("much", InstanceState.RUNNING);
    }

    @Test
    @DisplayName("what a link leads to is shared with its host where that is allowed there, too")
    void sharedBehindALink(@TempDir Path host) throws IOException {
        Path mine = Files.createDirectory(host.toRealPath().resolve("mine"));
        Path link = Files.createSymbolicLink(host.toRealPath().resolve("link"), mine);
        rig.engine.withFolder(mine.toString());
        rig.allow = List.of("bind:" + link, "shared:" + link, "bind:" + mine);
        VolumeSpec shared = new VolumeSpec("", link.toString(), "/m", true, "local", Map.of(), "rshared");
        rig.server.run("a", AgentRig.spec(it -> it.volume(shared)));
        rig.joinedAgent();
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(Objects.requireNonNull(rig.server.newest("a")).reason())
                .contains(link + " of " + AgentRig.NODE + " leads to " + mine + ", and its agent doesn't allow shared:"
                        + mine + ": start it with --allow shared:" + mine + ", or run this elsewhere");
    }

    /** One that may write the folder above another that it has, too. */
    private String runsOn(Path data, Path mine) throws IOException {
        rig.engine.withFolder(data.toString()).withFolder(mine.toRealPath().toString());
        rig.allow = List.of("bind:" + data + ":rw");
        rig.server.run("a", AgentRig.spec(it -> it.volume(bound(data, "/d")).volume(bound(mine, "/h"))));
        rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
        return rig.onlyContainer();
    }

    private static VolumeSpec bound(Path folder, String destination) {
        return new VolumeSpec("", folder.toString(), destination, false, "local", Map.of());
    }

    private long starts() {
        return rig.engine.history().starts(labels -> true);
    }

    @Test
    @DisplayName(
            "a link put in place of a folder that a container has is judged before it is started again: an engine follows it")
    void linksMadeSince(@TempDir Path host) throws IOException {
        Path data = Files.createDirectory(host.toRealPath().resolve("data"));
        Path mine = Files.createDirectory(data.resolve("mine"));
        String container = runsOn(data, mine);
        rig.engine.end(container, 1);
        rig.until(() -> starts() == 2);
        assertThat(rig.onlyContainer()).as("nothing has changed").isEqualTo(container);

        Files.move(mine, data.resolve("moved"));
        Files.createSymbolicLink(mine, host.toRealPath());
        rig.engine.end(container, 1);
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(Objects.requireNonNull(rig.server.newest("a")).reason())
                .contains(mine + " of " + AgentRig.NODE + " leads to " + host.toRealPath());
        rig.settle();
        assertThat(starts()).isEqualTo(2);
        assertThat(rig.engine.containers()).isEmpty();
    }

    @Test
    @DisplayName(
            "also by an agent that was started since, and behind a link that led to it when the container was made")
    void linksBehindLinks(@TempDir Path host) throws IOException {
        Path data = Files.createDirectory(host.toRealPath().resolve("data"));
        Path first = Files.createDirectory(data.resolve("first"));
        Path second = Files.createDirectory(data.resolve("second"));
        rig.engine.withFolder(second.toString());
        Path current = Files.createSymbolicLink(data.resolve("current"), first);
        String container = runsOn(data, current);
        rig.killAgent();
        Files.delete(current);
        Files.createSymbolicLink(current, second);
        rig.engine.end(container, 1);
        rig.joinedAgent();
        rig.until(() -> starts() == 2);
        assertThat(rig.onlyContainer()).as("it stands on what it stood on").isEqualTo(container);

        // what the spec names leads to what is allowed, what the container has does not
        Files.delete(first);
        Files.createSymbolicLink(first, host.toRealPath());
        rig.engine.end(container, 1);
        rig.until(() -> starts() == 3);
        assertThat(rig.onlyContainer()).isNotEqualTo(container);
        assertThat(rig.engine.spec(rig.onlyContainer()).volumes())
                .extracting(VolumeSpec::bind)
                .containsExactly(data.toString(), second.toString());
    }

    @Test
    @DisplayName("a folder that is not there any more is said, and no container is started without it")
    void foldersGoneSince(@TempDir Path host) throws IOException {
        Path data = Files.createDirectory(host.toRealPath().resolve("data"));
        Path mine = Files.createDirectory(data.resolve("mine"));
        String container = runsOn(data, mine);
        Files.delete(mine);
        rig.engine.end(container, 1);
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(Objects.requireNonNull(rig.server.newest("a")).reason()).contains("there is no " + mine);
        assertThat(starts()).isEqualTo(1);
    }
}
