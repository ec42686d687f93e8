package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container that puts a link in place of a folder that it has, where a real engine would follow it. */
class DockerBoundLinksTest extends EngineServerTest {
    @TempDir
    static Path temp;

    private static Path host;

    DockerBoundLinksTest() {
        super("links");
    }

    @BeforeAll
    static void makeFolders() throws IOException {
        host = temp.toRealPath();
        Files.createDirectories(host.resolve("data/mine"));
        Files.writeString(host.resolve("data/mine/own"), "");
    }

    @Override
    List<String> allowed() {
        return List.of("bind:" + temp.toAbsolutePath().resolve("data") + ":rw");
    }

    private static VolumeSpec bound(String folder, String destination) {
        return new VolumeSpec("", host.resolve(folder).toString(), destination, false, VolumeSpec.LOCAL, Map.of());
    }

    private List<Instance> instances() {
        return server.snapshot().deployment(name).orElseThrow().instances();
    }

    @Test
    @DisplayName("is not started again on what the link leads to: it is refused in words")
    void followsNoLink() throws IOException {
        await(agent.start());
        await(server.deploy(DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of(
                        "sh",
                        "-c",
                        "busybox ls /h >> /d/seen; busybox test -L /d/mine && exec sleep 1000;"
                                + " busybox mv /d/mine /d/moved; busybox ln -s " + host + " /d/mine; exit 1"))
                .volume(bound("data", "/d"))
                .volume(bound("data/mine", "/h"))
                .build()));
        // another takes the place of one that was refused, at once, and knows why
        String why = host.resolve("data/mine") + " of n1 leads to " + host;
        until(() -> instances().stream().anyMatch(it -> it.reason().contains(why)));
        assertThat(host.resolve("data/seen")).hasContent("own");
    }
}
