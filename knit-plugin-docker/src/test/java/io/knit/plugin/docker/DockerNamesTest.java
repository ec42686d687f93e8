package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.fleet.FleetAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.Bridge;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.fleet.KnitFleet;
import io.knit.testkit.fleet.TestFleet;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Containers of a real engine ask their agent, which is heard on the address that this host has on the engine's bridge. */
class DockerNamesTest extends RealEngineTest {
    private static final int SRV = 33;

    private static DeploymentSpecBuilder idle(String name) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("/bin/busybox", "sleep", "1000"));
    }

    private static DeploymentSpecBuilder served(String name, String says, int port) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of(
                        "/bin/busybox",
                        "sh",
                        "-c",
                        "/bin/busybox mkdir -p /tmp/www; echo " + says
                                + " > /tmp/www/index.html; exec /bin/busybox httpd -f -p " + port + " -h /tmp/www"));
    }

    private ContainerSnapshot container(TestFleet fleet, String deployment) {
        String cluster = fleet.server().snapshot().cluster();
        return await(runtime.snapshot(cluster)).containers().stream()
                .filter(it -> deployment.equals(it.labels().get(KnitLabels.DEPLOYMENT)))
                .findFirst()
                .orElseThrow();
    }

    private String in(TestFleet fleet, String deployment, String... busybox) {
        String id = container(fleet, deployment).id();
        List<String> command = new ArrayList<>(List.of("/bin/busybox"));
        command.addAll(Arrays.asList(busybox));
        ExecResult result = await(runtime.exec(id, command, Duration.ofSeconds(20)));
        return result.code() + " " + result.output();
    }

    private String gateway() {
        List<Bridge> bridges = await(runtime.bridges("none"));
        assertThat(bridges).hasSize(1);
        return bridges.get(0).gateway();
    }

    @Test
    @DisplayName(
            "by its name, by a stack's plain service name, and by SRV; names of the world go to the host's servers")
    @KnitFleet(agents = 1, runtime = KnitFleet.Runtime.DOCKER, time = KnitFleet.Time.REAL)
    void names(TestFleet fleet) throws IOException {
        String gateway = gateway();
        int port = freePort();
        fleet.deploy(served("web", "from-web", 8080).build());
        fleet.deploy(served("shop-db", "from-db", 8081)
                .stack("shop")
                .network(new NetworkSpec(
                        "", "", List.of(), List.of(), List.of(new NamedNetwork("shop_default", List.of("db")))))
                .port(new PortSpec(gateway, port, 8081, Protocol.TCP))
                .build());
        fleet.deploy(idle("shop-asks").stack("shop").build());
        assertThat(fleet).deployment("web").isRunning();
        assertThat(fleet).deployment("shop-db").isRunning();
        assertThat(fleet).deployment("shop-asks").isRunning();

        String web = Objects.requireNonNull(container(fleet, "web").address());
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(in(fleet, "shop-asks", "nslookup", "web.knit"))
                        .contains(gateway)
                        .contains(web));
        assertThat(in(fleet, "shop-asks", "wget", "-q", "-O", "-", "http://web.knit:8080/"))
                .isEqualTo("0 from-web\n");
        assertThat(in(fleet, "shop-asks", "wget", "-q", "-O", "-", "http://web:8080/"))
                .isEqualTo("0 from-web\n");
        assertThat(in(fleet, "shop-asks", "wget", "-q", "-O", "-", "http://db:" + port + "/"))
                .isEqualTo("0 from-db\n");
        // from a network of its own, by the engine's resolver, which asks the agent
        assertThat(in(fleet, "shop-db", "nslookup", "web.knit"))
                .contains("Name:")
                .contains("web.knit");
        assertThat(in(fleet, "shop-asks", "nslookup", "nobody.knit")).contains("NXDOMAIN");

        byte[] query = query("_8081._tcp.db.shop.knit", SRV);
        byte[] udp = askUdp(gateway, query);
        byte[] tcp = askTcp(gateway, query);
        assertThat(udp).isEqualTo(tcp);
        assertThat(udp[3] & 0xf).isZero();
        assertThat(udp[7]).isEqualTo((byte) 1);
        int at = query.length + 12 + 4;
        assertThat((udp[at] & 0xff) << 8 | udp[at + 1] & 0xff).isEqualTo(port);

        fleet.undeploy("web");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(in(fleet, "shop-asks", "nslookup", "web.knit"))
                        .contains("NXDOMAIN"));
    }

    private static byte[] query(String name, int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
        return out.toByteArray();
    }

    private static byte[] askUdp(String server, byte[] query) throws IOException {
        // from the bridge itself
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(server))) {
            socket.setSoTimeout(5_000);
            socket.send(new DatagramPacket(query, query.length, InetAddress.getByName(server), 53));
            DatagramPacket answer = new DatagramPacket(new byte[2_000], 2_000);
            socket.receive(answer);
            return Arrays.copyOf(answer.getData(), answer.getLength());
        }
    }

    private static byte[] askTcp(String server, byte[] query) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName(server), 53, InetAddress.getByName(server), 0)) {
            socket.setSoTimeout(5_000);
            byte[] framed = new byte[query.length + 2];
            framed[1] = (byte) query.length;
            System.arraycopy(query, 0, framed, 2, query.length);
            socket.getOutputStream().write(framed);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            return in.readNBytes(in.readUnsignedShort());
        }
    }
}
