package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.tls.TlsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** A nats-server of this machine on a free loopback port. The test is skipped where there is none. */
public final class NatsServerProcess implements TestBroker {
    private final int port = freePort();
    private final NatsServerGeneration generation;
    private final Path config;
    private Process process;

    public NatsServerProcess() {
        this(Limits.USUAL);
    }

    public NatsServerProcess(TlsOptions tls) {
        this(Limits.USUAL, """
                allow_non_tls: %s
                tls { cert_file: "%s", key_file: "%s" %s }
                """.formatted(
                        tls.allowPlain(),
                        tls.certificate(),
                        tls.key(),
                        tls.clientCa()
                                .map(ca -> ", ca_file: \"" + ca + "\", verify: " + tls.clientCertificateRequired())
                                .orElse("")));
    }

    public NatsServerProcess(Limits limits) {
        this(limits, "");
    }

    /** @param more lines of the configuration */
    public NatsServerProcess(Limits limits, String more) {
        this(NatsServerGeneration.DEBIAN, limits, more);
    }

    /** @param more lines of the configuration */
    public NatsServerProcess(NatsServerGeneration generation, Limits limits, String more) {
        this.generation = generation;
        Assumptions.assumeTrue(generation.binary().isPresent(), generation.absence());
        config = write(String.format(
                        Locale.ROOT,
                        """
                listen: "127.0.0.1:%d"
                ping_interval: "%dms"
                ping_max: %d
                max_pending: %d
                """,
                        port,
                        limits.pingInterval().toMillis(),
                        limits.maxPingsOut(),
                        limits.maxPending())
                + more);
        process = launch();
    }

    private static Path write(String text) {
        try {
            Path file = Files.createTempFile("nats-server", ".conf");
            file.toFile().deleteOnExit();
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port of loopback that nobody listens on. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a signal by its name: {@code USR2}. */
    public void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("no signal " + name);
            }
            if (name.equals("STOP")) {
                awaitStopped();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Its threads stop one after the other, and one that runs at the time may answer still. */
    private void awaitStopped() {
        Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            try (Stream<Path> all = Files.list(tasks)) {
                return all.allMatch(NatsServerProcess::isStopped);
            }
        });
    }

    private static boolean isStopped(Path task) {
        try {
            String stat = Files.readString(task.resolve("stat"));
            // behind the command's name, which may be anything in brackets
            return stat.startsWith("T", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            // this thread has ended
            return true;
        }
    }

    private Process launch() {
        try {
            Process made = new ProcessBuilder(generation.binary().orElseThrow().getPath(), "-c", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(this::listens);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void stop() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void start() {
        process = launch();
    }

    @Override
    public void close() {
        stop();
    }
}
