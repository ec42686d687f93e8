package io.knit.launcher.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** On an outside nats-server with the users that docs/security.md gives it. */
class OutsideRightsTest extends AgentRightsContract {
    private static final Path NATS_SERVER = Path.of("/usr/sbin/nats-server");
    private static final Path PAGE = Path.of("..", "docs", "security.md");
    private static final Pattern CONFIG = Pattern.compile("```text\n# nats-server.conf\n(.*?)```", Pattern.DOTALL);
    private static final String PASSWORD = "a-password-for-the-server";

    private @Nullable Process process;

    @Override
    Place broker() throws IOException {
        assumeTrue(Files.isExecutable(NATS_SERVER), "nats-server is not installed: apt-get install nats-server");
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path config = Files.writeString(folder.resolve("nats-server.conf"), config());
        process = new ProcessBuilder(
                        NATS_SERVER.toString(), "-a", "127.0.0.1", "-p", String.valueOf(port), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nats-server.log").toFile())
                .start();
        Awaitility.await().ignoreExceptions().until(() -> {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        });
        String address = "127.0.0.1:" + port;
        return new Place(Map.of("nats-url", "nats://knit-server:" + PASSWORD + "@" + address), "nats://" + address);
    }

    /** The page's own, with these keys. */
    private String config() throws IOException {
        Matcher page = CONFIG.matcher(Files.readString(PAGE));
        assertThat(page.find()).isTrue();
        return page.group(1)
                .replace("PASSWORD", PASSWORD)
                .replace("KEY_OF_N1", keyOfOne.publicKey())
                .replace("KEY_OF_N2", keyOfTwo.publicKey());
    }

    @Override
    void stopBroker() throws InterruptedException {
        Process started = process;
        if (started != null) {
            started.destroyForcibly().waitFor();
        }
    }
}
