package io.knit.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.InstanceState;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.Order;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Resources;
import io.knit.api.model.VolumeSpec;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.SpecHash;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that orders what its own API refuses: nothing of it reaches the engine or the disk, and other orders are followed. */
class AgentRefusesOrdersTest {
    private final AgentRig rig = new AgentRig(1);

    /** What is not as it seems is refused, whatever is allowed. */
    @BeforeEach
    void allowAll() {
        rig.allow = List.of("all");
    }

    private static Arguments port(String ip, int host, int container, String words) {
        return Arguments.of(image("nginx:1"), new PortBinding(ip, host, container, Protocol.TCP), words);
    }

    private static Arguments spec(DeploymentSpecBuilder spec, String words) {
        return Arguments.of(spec, new PortBinding("127.0.0.1", 8080, 80, Protocol.TCP), words);
    }

    private static DeploymentSpecBuilder image(String image) {
        return DeploymentSpec.builder("web", image).pull(PullPolicy.MISSING);
    }

    private static DeploymentSpecBuilder isolated(List<String> added, String... devices) {
        return image("nginx:1")
                .isolation(new IsolationSpec(false, added, List.of(), List.of(), List.of(devices), Map.of()));
    }

    private static DeploymentSpecBuilder shares(String pid, String ipc) {
        return image("nginx:1")
                .isolation(new IsolationSpec(false, List.of(), List.of(), List.of(), List.of(), Map.of(), pid, ipc));
    }

    static Stream<Arguments> orders() {
        return Stream.of(
                port("$(id)", 8080, 80, "host_ip \"$(id)\" is not an IP address"),
                port("", 8080, 80, "host_ip \"\" is not an IP address"),
                port("mesh", 8080, 80, "host_ip \"mesh\" is not an IP address"),
                port("localhost", 8080, 80, "host_ip \"localhost\""),
                port("127.0.0.1\u001b[2J", 8080, 80, "host_ip \"127.0.0.1\uFFFD[2J\""),
                port("127.0.0.1", 0, 80, "0:80"),
                port("127.0.0.1", 70_000, 80, "70000:80"),
                port("127.0.0.1", 80, -1, "80:-1"),
                Arguments.of(
                        image("nginx:1"),
                        new PortBinding("127.0.0.1", 53, 53, Protocol.UDP, true, false),
                        "a relay of 53/udp"),
                Arguments.of(
                        image("nginx:1").network(new NetworkSpec("host", "", List.of(), List.of())),
                        new PortBinding("127.0.0.1", 80, 80, Protocol.TCP, true, false),
                        "a relay with the network host"),
                spec(image("--help"), "the image \"--help\""),
                spec(image("../../x"), "the image"),
                spec(image("nginx:1").template("/proc/sys/kernel/core_pattern", "x"), "which is the kernel's"),
                spec(image("nginx:1").template("/etc/../../x", "x"), "has .. in it"),
                spec(image("nginx:1").template("etc/x", "x"), "not absolute"),
                spec(image("nginx:1").env("A=B", "x"), "is not a variable's name"),
                spec(image("nginx:1").env("A", "x\0"), "NUL"),
                spec(image("nginx:1").label("", "x"), "labels"),
                spec(image("nginx:1").args(List.of("a\0b")), "NUL"),
                spec(image("nginx:1").initContainer(PartSpec.of("../a", "tool:1")), "the init container's name"),
                spec(image("nginx:1").initContainer(PartSpec.of("a", "--privileged")), "the image \"--privileged\""),
                spec(image("nginx:1").initContainer(PartSpec.of("a", "tool:1", "x\0")), "NUL"),
                spec(image("nginx:1").resources(new Resources(-7)), "resources.pids is -7"),
                spec(isolated(List.of(), "/dev/dri/../sda"), "is no device"),
                spec(isolated(List.of("net_admin")), "is no capability"),
                spec(image("nginx:1").volume(VolumeSpec.bound("/srv/../etc", "/d")), "write the path as it is without"),
                spec(
                        image("nginx:1")
                                .volume(new VolumeSpec(
                                        "a",
                                        "",
                                        "/d",
                                        true,
                                        "local",
                                        Map.of("type", "nfs", "device", ":/", "o", "bind"))),
                        "by which it would be a folder of the host"),
                spec(shares("container:db", ""), "pid or ipc is not host"),
                spec(shares("", "container:db"), "pid or ipc is not host"),
                spec(
                        image("nginx:1")
                                .volume(new VolumeSpec("", "/srv", "/d", true, "local", Map.of(), "rslave,shared")),
                        "propagation \"rslave,shared\" is none"),
                spec(
                        image("nginx:1").network(new NetworkSpec("container:db", "", List.of(), List.of())),
                        "the network is none of bridge, host and none"));
    }

    @ParameterizedTest
    @MethodSource("orders")
    @DisplayName("it is rejected in words, and the order beside it is followed")
    void refused(DeploymentSpecBuilder given, PortBinding port, String words) {
        DeploymentSpec spec = given.build();
        rig.engine.withImage(spec.image());
        rig.server.order(new Assignment("bad", "web", 1, 0, Order.RUN, spec, SpecHash.of(spec), List.of(port)));
        rig.server.run("good", AgentRig.spec());
        rig.joinedAgent();
        rig.untilState("good", InstanceState.RUNNING);
        rig.untilState("bad", InstanceState.REJECTED);
        InstanceStatus told = Objects.requireNonNull(rig.server.newest("bad"));
        assertThat(told.reason())
                .contains("the server ordered what the node refuses")
                .contains(words);
        assertThat(rig.engine.containers()).hasSize(1);
        assertThat(rig.renderedFiles()).isEmpty();
    }
}
