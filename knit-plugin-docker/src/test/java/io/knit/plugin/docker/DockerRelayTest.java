package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Rollout;
import io.knit.api.model.Update;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Fixed host ports that the agent holds, in front of containers of a real engine. */
class DockerRelayTest extends EngineServerTest {
    private int port;

    DockerRelayTest() {
        super("relayed");
    }

    @BeforeEach
    void startAgent() throws IOException {
        await(agent.start());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    private DeploymentView view() {
        return server.snapshot().deployment(name).orElseThrow();
    }

    private Rollout rollout() {
        return view().deployment().rollout();
    }

    private DeploymentSpec spec(String word, int replicas) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .replicas(replicas)
                .port(new PortSpec("127.0.0.1", port, 80, Protocol.TCP, true, false))
                .command(List.of("sh", "-c"))
                .args(List.of("busybox mkdir -p /www; echo " + word + " > /www/word; echo ok > /www/healthz; "
                        + "exec busybox httpd -f -p 80 -h /www"))
                .health(HealthSpec.of(new HttpCheck("/healthz", 80))
                        .timed(Duration.ofMillis(200), Duration.ofSeconds(1), 2, Duration.ofSeconds(1)))
                .update(Update.DEFAULT
                        .withMinHealthy(Duration.ofMillis(500))
                        .withDeadlines(Duration.ofSeconds(20), Duration.ofMinutes(1)))
                .build();
    }

    /** Asks once, over a connection of its own, and never again. */
    private String get() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 2_000);
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write("GET /word HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!answer.startsWith("HTTP/1.0 200") && !answer.startsWith("HTTP/1.1 200")) {
                throw new IOException("answered \"" + answer + "\"");
            }
            return answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
        }
    }

    private final class User implements AutoCloseable {
        private final Map<String, Integer> answers = new TreeMap<>();
        private final List<String> failures = new ArrayList<>();
        private final Thread thread = new Thread(this::ask, "user");
        private volatile boolean leaving;

        User() {
            thread.start();
        }

        private void ask() {
            while (!leaving) {
                try {
                    answers.merge(get(), 1, Integer::sum);
                } catch (IOException e) {
                    failures.add(e + " after " + answers);
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            leaving = true;
            thread.join();
        }
    }

    private List<ContainerSnapshot> containers() {
        return await(runtime.snapshot(server.snapshot().cluster())).containers().stream()
                .filter(it -> name.equals(it.labels().get(KnitLabels.DEPLOYMENT)))
                .toList();
    }

    @Test
    @DisplayName("updates of two instances that share a fixed port of one node lose no request, and nobody asks twice")
    void nobodyNoticesARollout() throws Exception {
        await(server.deploy(spec("one", 2)));
        until(() -> rollout().healthy() == 1);
        assertThat(view().instances())
                .hasSize(2)
                .extracting(Instance::ports)
                .containsOnly(List.of(new PortBinding("127.0.0.1", port, 80, Protocol.TCP, true, false)));
        User first = new User();
        User second = new User();
        try (first;
                second) {
            await(server.deploy(spec("two", 2)));
            until(() -> rollout().healthy() == 2);
            await(server.deploy(spec("three", 1)));
            until(() -> rollout().healthy() == 3 && view().instances().size() == 1);
        }

        assertThat(first.failures).isEmpty();
        assertThat(second.failures).isEmpty();
        assertThat(first.answers).containsOnlyKeys("one", "two", "three");
        assertThat(view().instances()).allMatch(i -> i.restarts() == 0);
        await(server.undeploy(name));
        until(() -> server.snapshot().deployment(name).isEmpty());
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress("127.0.0.1", port));
        }
    }

    @Test
    @DisplayName(
            "an agent that comes back relays to the containers that ran on, and the engine publishes nothing itself")
    void agentComesBack() throws Exception {
        await(server.deploy(spec("one", 1)));
        until(() -> rollout().healthy() == 1);
        assertThat(get()).isEqualTo("one");
        String container = containers().get(0).id();
        await(agent.close());
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress("127.0.0.1", port));
        }
        agent = another();
        await(agent.start());
        until(() -> {
            try {
                return get().equals("one");
            } catch (IOException notYet) {
                return false;
            }
        });
        assertThat(containers()).extracting(ContainerSnapshot::id).containsExactly(container);
    }

    @Test
    @DisplayName("a port that a program of the host has is refused as an engine refuses it")
    void taken() throws Exception {
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(other.isBound()).isTrue();
            await(server.deploy(spec("one", 1)));
            until(() -> view().instances().stream()
                    .anyMatch(it -> it.reason()
                            .contains("Port 127.0.0.1:" + port + " is already in use on the node by java (process "
                                    + ProcessHandle.current().pid() + "); free it")));
            assertThat(view().instances()).noneMatch(it -> it.state() == InstanceState.RUNNING);
            assertThat(containers()).isEmpty();
        }
    }

    @Test
    @DisplayName("with proxy_protocol a container is told first who connects")
    void toldWhoConnects() throws Exception {
        await(server.deploy(DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .port(new PortSpec("127.0.0.1", port, 80, Protocol.TCP, true, true))
                .command(List.of("sh", "-c"))
                .args(List.of("while true; do busybox nc -l -p 80 | busybox od -An -v -tx1 > /tmp/next;"
                        + " busybox mv /tmp/next /tmp/had; done"))
                .build()));
        until(() -> view().instances().stream().allMatch(it -> it.state() == InstanceState.RUNNING));
        List<Integer> own = new ArrayList<>();
        until(() -> {
            own.add(sayHello());
            return !had().isEmpty();
        });
        String had = had();
        // the PROXY protocol's 12 bytes, version 2 and PROXY, TCP of IPv4, 12 bytes of addresses
        assertThat(had)
                .startsWith("0d0a0d0a000d0a515549540a" + "21" + "11" + "000c" + "7f000001" + "7f000001")
                .endsWith(String.format(Locale.ROOT, "%04x", port) + "68656c6c6f");
        assertThat(own).contains(Integer.parseInt(had.substring(48, 52), 16));
    }

    /** From which port; nobody may listen yet. */
    private int sayHello() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            int own = socket.getLocalPort();
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
            return own;
        } catch (SocketException notYet) {
            return 0;
        }
    }

    /** In hexadecimal, what came by the newest connection; empty: none did. */
    private String had() {
        List<String> cat = List.of("sh", "-c", "busybox cat /tmp/had 2>/dev/null");
        return await(runtime.exec(containers().get(0).id(), cat, Duration.ofSeconds(10)))
                .output()
                .replaceAll("\\s+", "");
    }
}
