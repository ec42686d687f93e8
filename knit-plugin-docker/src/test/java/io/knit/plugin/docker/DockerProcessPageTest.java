package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.ComposeFile;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.PartTable;
import io.knit.core.spec.SidecarTable;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.TemplateEngine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/process.md are taken and run, by a server, an agent and a real engine. */
class DockerProcessPageTest extends EngineServerTest {
    @TempDir
    static Path mounted;

    DockerProcessPageTest() {
        super("process");
    }

    static List<DeploymentSpec> examples() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "process.md"));
        List<DeploymentSpec> examples = new ArrayList<>();
        for (int at = page.indexOf("```json"); at >= 0; at = page.indexOf("```json", at + 1)) {
            String json = page.substring(at + 7, page.indexOf("```", at + 7));
            examples.add(
                    new Admission(new TemplateEngine()).admit(SpecReader.read(json.getBytes(StandardCharsets.UTF_8))));
        }
        return examples;
    }

    private DeploymentSpec here(DeploymentSpec example) {
        return named(name, example);
    }

    private DeploymentSpec named(String name, DeploymentSpec example) {
        return SpecTable.SPEC.with(example, Map.of("name", name, "image", engine.image, "pull", PullPolicy.NEVER));
    }

    @Override
    List<String> allowed() {
        return List.of(
                "bind:/",
                "bind:" + mounted,
                "cap:NET_ADMIN",
                "device:/dev/null",
                "ipc:host",
                "network:host",
                "pid:host");
    }

    /** Only root mounts. */
    private static boolean mounts(String... words) throws Exception {
        return new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    @DisplayName("a monitor, which sees its host's processes, and what its host mounts later")
    void aMonitor() throws Exception {
        Assumptions.assumeTrue(mounts("mount", "-t", "tmpfs", "knit-test", mounted.toString()), "may mount");
        Path later = mounted.resolve("later");
        try {
            // as a host's / is
            assertThat(mounts("mount", "--make-shared", mounted.toString())).isTrue();
            Files.createDirectory(later);
            await(agent.start());
            DeploymentSpec monitor = here(examples().get(8));
            VolumeSpec all = monitor.volumes().get(0);
            assertThat(all.bind()).isEqualTo("/");
            await(server.deploy(
                    SpecTable.SPEC.with(monitor, Map.of("volumes", List.of(all.boundTo(mounted.toString()))))));
            until(() -> running() == 1);
            assertThat(mounts("mount", "-t", "tmpfs", "knit-test", later.toString()))
                    .isTrue();
            Files.writeString(later.resolve("mark"), "seen");

            String container = await(runtime.snapshot(server.snapshot().cluster()))
                    .containers()
                    .get(0)
                    .id();
            List<String> look =
                    List.of("sh", "-c", "busybox cat /host/later/mark; echo; busybox readlink /proc/self/ns/pid");
            assertThat(await(runtime.exec(container, look, Duration.ofSeconds(10)))
                            .output()
                            .lines())
                    .startsWith("seen")
                    .contains(
                            Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
        } finally {
            mounts("umount", "-l", later.toString());
            mounts("umount", "-l", mounted.toString());
        }
    }

    @Test
    @DisplayName("Debian's node-exporter by the Compose file of those who make it, for it is what the fields are for")
    void anExporter() throws Exception {
        Path program = Path.of("/usr/bin/prometheus-node-exporter");
        Assumptions.assumeTrue(Files.isExecutable(program), "there is prometheus-node-exporter");
        Assumptions.assumeTrue(mounts("mount", "-t", "tmpfs", "knit-test", mounted.toString()), "may mount");
        String image = "knit-exporter-" + name + ":1";
        engine.client
                .loadImageCmd(
                        new ByteArrayInputStream(TestImage.running(program).archive(image)))
                .exec();
        Path later = mounted.resolve("later");
        try {
            Assumptions.assumeTrue(
                    Files.readString(Path.of("/proc/1/mountinfo")).contains(" " + mounted + " "),
                    "process 1 sees what is mounted");
            assertThat(mounts("mount", "--make-shared", mounted.toString())).isTrue();
            int port = freePort();
            DeploymentSpec exporter = ComposeFile.of(String.format(Locale.ROOT, """
                    name: %s
                    services:
                      node_exporter:
                        image: %s
                        pull_policy: never
                        command:
                          - '--path.rootfs=/host'
                          - '--web.listen-address=127.0.0.1:%d'
                        network_mode: host
                        pid: host
                        restart: unless-stopped
                        volumes:
                          - '/:/host:ro,rslave'
                    """, name, image, port))
                    .specs()
                    .get(0);
            // hosts of tests need not pass on what is mounted in their /: another folder stands for it there
            boolean whole = isPassedOn();
            List<VolumeSpec> volumes = whole
                    ? exporter.volumes()
                    : List.of(exporter.volumes().get(0).boundTo(mounted.toString()));
            await(agent.start());
            await(server.deploy(SpecTable.SPEC.with(exporter, Map.of("volumes", volumes))));
            until(() -> running() == 1);
            Files.createDirectory(later);
            assertThat(mounts("mount", "-t", "tmpfs", "knit-test", later.toString()))
                    .isTrue();

            // whose mounts are seen of process 1, and looked at below /host
            String figure = whole ? "node_filesystem_size_bytes" : "node_filesystem_device_error";
            Pattern line = Pattern.compile(figure + "\\{[^}]*mountpoint=\"" + Pattern.quote(later.toString()) + "\"");
            until(() -> line.matcher(figures(port)).find());
        } finally {
            mounts("umount", "-l", later.toString());
            mounts("umount", "-l", mounted.toString());
            server.snapshot().deployments().forEach(it -> await(server.undeploy(it.name())));
            until(() -> running() == 0);
            engine.client.removeImageCmd(image).withForce(true).exec();
        }
    }

    private static boolean isPassedOn() throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"))
                .lines()
                .anyMatch(mount -> mount.matches("\\S+ \\S+ \\S+ \\S+ / .* (shared|master):.*"));
    }

    private static String figures(int port) {
        try (InputStream read =
                URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
            return new String(read.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    @DisplayName("what reaches the host, where its agent allows it")
    void aVpn() throws IOException {
        await(agent.start());
        DeploymentSpec vpn = here(examples().get(1));
        assertThat(vpn.isolation().devices()).containsExactly("/dev/net/tun");
        // which hosts of tests need not have
        await(server.deploy(SpecTable.SPEC.with(vpn, Map.of("devices", List.of("/dev/null:/dev/net/tun")))));
        until(() -> server.snapshot()
                .deployment(name)
                .orElseThrow()
                .instances()
                .get(0)
                .isHealthy());
        assertThat(server.snapshot().nodes().get(0).facts().allows()).containsExactlyElementsOf(allowed());
    }

    @Test
    @DisplayName("two that find each other by name on their network")
    void onANetwork() throws IOException {
        await(agent.start());
        for (DeploymentSpec example : examples().subList(3, 5)) {
            assertThat(example.network().networks()).isNotEmpty();
            await(server.deploy(named(example.name(), example)));
        }
        until(() -> server.snapshot().deployments().stream()
                .allMatch(it -> it.instances().get(0).isHealthy()));
    }

    @Test
    @DisplayName("what runs first, and makes ready what the main container finds")
    void initContainers() throws IOException {
        await(agent.start());
        DeploymentSpec books = here(examples().get(5));
        assertThat(books.initContainers()).hasSize(2);
        List<PartSpec> parts = books.initContainers().stream()
                .map(part -> PartTable.PART.with(part, Map.of("image", engine.image)))
                .toList();
        await(server.deploy(SpecTable.SPEC.with(books, Map.of("init_containers", parts))));
        until(() -> running() == 1
                && server.snapshot()
                        .deployment(name)
                        .orElseThrow()
                        .instances()
                        .get(0)
                        .isHealthy());
    }

    @Test
    @DisplayName("what runs beside it, in its network and with its files")
    void sidecars() throws IOException {
        await(agent.start());
        DeploymentSpec quotes = here(examples().get(6));
        List<SidecarSpec> sidecars = quotes.sidecars().stream()
                .map(sidecar -> SidecarTable.SIDECAR.with(sidecar, Map.of("image", engine.image)))
                .toList();
        assertThat(sidecars).hasSize(2);
        await(server.deploy(SpecTable.SPEC.with(quotes, Map.of("sidecars", sidecars))));
        until(() -> running() == 3);
        String main = await(runtime.snapshot(server.snapshot().cluster())).containers().stream()
                .filter(it -> !it.labels().containsKey(KnitLabels.PART))
                .findFirst()
                .orElseThrow()
                .id();
        until(() -> await(runtime.exec(
                        main,
                        List.of("busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:8443/quote"),
                        Duration.ofSeconds(10)))
                .output()
                .startsWith("to be"));
    }

    @Test
    @DisplayName("who a process is, what it may write, and what it calls itself")
    void aProcess() throws IOException {
        await(agent.start());
        await(server.deploy(here(examples().get(0))));
        until(() -> running() == 1);

        String container = await(runtime.snapshot(server.snapshot().cluster()))
                .containers()
                .get(0)
                .id();
        String seen = await(runtime.exec(
                        container,
                        List.of(
                                "sh",
                                "-c",
                                "busybox id; busybox hostname; busybox grep -E 'CapEff|CapBnd' /proc/self/status"),
                        Duration.ofSeconds(10)))
                .output();
        assertThat(seen.replace('\t', ' '))
                .contains("uid=1000 gid=1000")
                .contains("44")
                .contains("ledger")
                .contains("CapEff: 0000000000000000")
                .contains("CapBnd: 0000000000000000");
    }
}
