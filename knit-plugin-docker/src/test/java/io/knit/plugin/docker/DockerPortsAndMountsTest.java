package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.FileMount;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerPortsAndMountsTest extends RealEngineTest {
    @Test
    void aPublishedPortServesAMountedFileThatTheContainerCanNotChange(@TempDir Path dir) throws Exception {
        Path page = Files.writeString(dir.resolve("index.html"), "<h1>Hello</h1>");
        int port = freePort();
        String id = await(runtime.create(engine.spec(
                "web",
                List.of(new PortBinding("127.0.0.1", port, 80, Protocol.TCP)),
                List.of(new FileMount(page.toString(), "/www/index.html")),
                "sh",
                "-c",
                "echo x >/www/index.html; exec httpd -f -p 80 -h /www")));
        await(runtime.start(id));
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/index.html"))
                .build();
        Awaitility.await()
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(http.send(request, HttpResponse.BodyHandlers.ofString())
                                .body())
                        .isEqualTo("<h1>Hello</h1>"));
        assertThat(page).hasContent("<h1>Hello</h1>");
    }

    @Test
    void aPortHeldByAnotherProgramOrContainerIsPortInUse() throws IOException {
        try (ServerSocket held = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String id = publish("byProgram", held.getLocalPort());
            assertThatThrownBy(() -> await(runtime.start(id))).isInstanceOfSatisfying(KnitException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE);
                assertThat(e).hasMessageContaining("127.0.0.1:" + held.getLocalPort());
            });
            assertThat(seen(id).state()).isEqualTo(ContainerState.CREATED);
        }
        int port = freePort();
        String first = publish("first", port);
        await(runtime.start(first));
        String second = publish("second", port);
        assertThatThrownBy(() -> await(runtime.start(second)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE))
                .hasMessage("Port 127.0.0.1:" + port + " is already in use on the node by container "
                        + seen(first).name() + "; free it or choose another host_port");
    }

    @Test
    @DisplayName("what is published and exposed at one and the same address is bound once")
    void theSameTwice() throws IOException {
        int port = freePort();
        PortBinding twice = new PortBinding("127.0.0.1", port, 80, Protocol.TCP);
        String id = await(
                runtime.create(engine.spec("twice", List.of(twice, twice), List.of(), "httpd", "-f", "-p", "80")));
        await(runtime.start(id));
        assertThat(seen(id).state()).isEqualTo(ContainerState.RUNNING);
        new Socket("127.0.0.1", port).close();
    }

    @Test
    @DisplayName("one port of all IPv4 and of all IPv6 addresses are two bindings, and both serve")
    void bothWorlds() throws IOException {
        int port = freePort();
        List<PortBinding> both = List.of(
                new PortBinding("0.0.0.0", port, 80, Protocol.TCP), new PortBinding("::", port, 80, Protocol.TCP));
        String id = await(runtime.create(engine.spec("both", both, List.of(), "httpd", "-f", "-p", "80")));
        await(runtime.start(id));
        for (String address : List.of("127.0.0.1", "::1")) {
            new Socket(address, port).close();
        }
    }

    @Test
    void anAddressThatTheNodeDoesNotHaveIsSaidAndTheContainerStays() {
        String id = await(runtime.create(engine.spec(
                "alien", List.of(new PortBinding("203.0.113.9", 8080, 80, Protocol.UDP)), List.of(), "sleep", "9")));
        assertThatThrownBy(() -> await(runtime.start(id)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SUCH_ADDRESS))
                .hasMessageContaining("203.0.113.9:8080 can't be bound: the node does not have this address");
        assertThat(seen(id).state()).isEqualTo(ContainerState.CREATED);
    }

    @Test
    void aMountThatTheRuntimeRefusesIsRefusedInOneSentence(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "x");
        FileMount mount = new FileMount(file.toString(), "/proc/nosuch");
        String id = await(runtime.create(engine.spec("proc", List.of(), List.of(mount), "sleep", "9")));
        assertThatThrownBy(() -> await(runtime.start(id)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_REFUSED))
                .hasMessageStartingWith("The Docker Engine could not start the container: error")
                .hasMessageContaining("/proc/nosuch");
    }

    @Test
    void aFileThatIsToLieOnADirectoryOfTheImageIsRefusedWithAdvice(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "x");
        FileMount mount = new FileMount(file.toString(), "/bin");
        String id = await(runtime.create(engine.spec("dir", List.of(), List.of(mount), "sleep", "9")));
        assertThatThrownBy(() -> await(runtime.start(id)))
                .hasMessage(
                        "The template's destination /bin is a directory in the image, or lies below what is a file there; give"
                                + " the path of a file");
    }

    @Test
    @DisplayName(
            "a file that the agent sees and the engine does not, as from inside a container, is refused with what is to be mounted")
    void elsewhere() {
        FileMount mount = new FileMount("/dev/shm/knit-of-another-host/web-0/1", "/run/secret");
        assertThatThrownBy(() -> await(runtime.create(engine.spec("far", List.of(), List.of(mount), "sleep", "9"))))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_REFUSED))
                .hasMessageStartingWith("The Docker Engine does not find /dev/shm/knit-of-another-host/web-0/1, which")
                .hasMessageContaining("from the host, at the same path");
    }
}
