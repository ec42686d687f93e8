package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.model.VolumeView;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.spec.SpecTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a container beside a main one mounts of its own, on a real engine. */
class DockerSidecarVolumesTest extends EngineServerTest {
    @TempDir
    static Path host;

    private static Path folder;

    DockerSidecarVolumesTest() {
        super("vols");
    }

    @BeforeAll
    static void makeFolder() throws IOException {
        folder = Files.createDirectories(host.toRealPath().resolve("pages"));
        Files.writeString(folder.resolve("page"), "of the host\n");
    }

    @Override
    List<String> allowed() {
        return List.of("bind:" + host.toAbsolutePath());
    }

    private static SidecarSpec sidecar(String name) {
        return new SidecarSpec(
                name, engine.image, List.of(), List.of("sleep", "1000"), List.of(), Map.of("A", "1"), "", "");
    }

    /** Three that each keep something else at one path, and have another in common. */
    private DeploymentSpec spec(String level) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("sleep", "1000"))
                .env("LEVEL", level)
                .volume(VolumeSpec.named("main", "/config"))
                .volume(VolumeSpec.named("data", "/data"))
                .sidecar(sidecar("films").with(VolumeSpec.named("films", "/config")))
                .sidecar(sidecar("series")
                        .with(
                                VolumeSpec.named("series", "/config"),
                                VolumeSpec.bound(folder.toString(), "/pages"),
                                VolumeSpec.named("data", "/also")))
                .build();
    }

    private List<ContainerSnapshot> containers() {
        return await(runtime.snapshot(server.snapshot().cluster())).containers();
    }

    private static String part(ContainerSnapshot container) {
        return container.labels().getOrDefault(KnitLabels.PART, "main");
    }

    private String id(String part) {
        return containers().stream()
                .filter(it -> part(it).equals(part))
                .findFirst()
                .map(ContainerSnapshot::id)
                .orElse("");
    }

    private String run(String part, String script) {
        return await(runtime.exec(id(part), List.of("sh", "-c", script), Duration.ofSeconds(10)))
                .output()
                .strip();
    }

    private boolean runs(int revision) {
        List<Instance> all = server.snapshot().deployment(name).orElseThrow().instances().stream()
                .filter(Instance::isLive)
                .toList();
        List<String> parts = containers().stream()
                .filter(it -> it.state() == ContainerState.RUNNING)
                .map(DockerSidecarVolumesTest::part)
                .sorted()
                .toList();
        return all.size() == 1
                && all.get(0).revision() == revision
                && all.get(0).state() == InstanceState.RUNNING
                && parts.equals(List.of("films", "main", "series"));
    }

    private List<String> volumes() {
        return await(runtime.volumes(server.snapshot().cluster())).stream()
                .map(it -> String.valueOf(it.labels().get(KnitLabels.VOLUME)))
                .sorted()
                .toList();
    }

    private void eachHasItsOwn() {
        for (String part : List.of("main", "films", "series")) {
            assertThat(run(part, "busybox cat /config/who")).isEqualTo(part);
            assertThat(run(part, "busybox ls /config")).isEqualTo("who");
            assertThat(run(part, "busybox cat /data/all")).isEqualTo("everybody");
        }
        assertThat(run("series", "busybox cat /also/all /pages/page")).isEqualTo("everybody\nof the host");
        assertThat(run("series", "echo x > /pages/page")).contains("Read-only");
        assertThat(run("films", "busybox ls /also /pages")).contains("No such file");
    }

    @Test
    @DisplayName(
            "each has its own at one path, over an update, a new container and another agent; a delete with volumes leaves none")
    void own() {
        await(agent.start());
        await(server.deploy(spec("1")));
        until(() -> runs(1));
        for (String part : List.of("main", "films", "series")) {
            run(part, "echo " + part + " > /config/who");
        }
        run("films", "echo everybody > /data/all");
        eachHasItsOwn();

        await(server.deploy(spec("2")));
        until(() -> runs(2));
        eachHasItsOwn();

        await(agent.close());
        agent = another();
        await(agent.start());
        String before = id("series");
        engine.client.killContainerCmd(before).exec();
        until(() -> runs(2) && !id("series").equals(before));
        eachHasItsOwn();

        assertThat(volumes()).containsExactly("data", "films", "main", "series");
        assertThat(server.snapshot().volumes())
                .extracting(it -> it.name())
                .containsExactlyInAnyOrder("data", "films", "main", "series");
        assertThat(server.volumes(Caller.PROGRAM)).extracting(VolumeView::user).doesNotContainNull();
        await(server.undeploy(name, true));
        until(() -> volumes().isEmpty());
        until(() -> server.snapshot().volumes().isEmpty());
    }

    @Test
    @DisplayName("the example of docs/process.md runs, and its sidecars have what it says")
    void example() throws IOException {
        await(agent.start());
        DeploymentSpec cinema = DockerProcessPageTest.examples().get(7);
        List<SidecarSpec> sidecars = cinema.sidecars().stream()
                .map(it -> sidecar(it.name())
                        .with(it.volumes().stream()
                                // which hosts of tests have not, nor need they pass on what is mounted
                                .map(volume -> volume.isBound()
                                        ? VolumeSpec.bound(folder.toString(), volume.destination())
                                        : volume)
                                .toArray(VolumeSpec[]::new)))
                .toList();
        await(server.deploy(SpecTable.SPEC.with(
                cinema,
                Map.of(
                        "name",
                        name,
                        "image",
                        engine.image,
                        "pull",
                        PullPolicy.NEVER,
                        "command",
                        List.of("sleep", "1000"),
                        "sidecars",
                        sidecars))));
        until(() -> runs(1));
        run("films", "echo film > /media/film; echo films > /config/who");
        assertThat(run("series", "busybox cat /media/film /posters/page; busybox ls /config"))
                .isEqualTo("film\nof the host");
        assertThat(run("series", "busybox grep ' /work ' /proc/mounts"))
                .startsWith("tmpfs")
                .contains("size=65536k");
        assertThat(run("main", "busybox ls /media")).contains("No such file");
        assertThat(volumes()).containsExactly("films", "media", "series", "vpn", "work");
    }
}
