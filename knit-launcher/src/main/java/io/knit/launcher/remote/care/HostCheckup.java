package io.knit.launcher.remote.care;

import io.knit.launcher.remote.show.Listings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is the matter with this host: its engine, its disks, its clock, and its way to the server's broker. */
final class HostCheckup {
    private static final long LEAST_FREE = 1L << 30;
    private static final int OLDEST_MAJOR = 20;
    private static final int MOST_TO_CONNECT_MILLIS = 3_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Pattern VERSION = Pattern.compile("\"Version\":\"((\\d+)[^\"]*)\"");

    private final Duration patience;
    private final List<Finding> findings = new ArrayList<>();

    private HostCheckup(Duration patience) {
        this.patience = patience;
    }

    /**
     * All that is the matter here.
     *
     * @param engine the engine's socket
     * @param folders where images, containers and Knit's own files are; those that are not there are passed over
     * @param broker the server's broker, as {@code host:port}; empty: it is not asked for
     */
    static List<Finding> of(Path engine, List<Path> folders, String broker) {
        return of(engine, folders, broker, PATIENCE);
    }

    /** @param patience how long the engine is waited for */
    static List<Finding> of(Path engine, List<Path> folders, String broker, Duration patience) {
        HostCheckup checkup = new HostCheckup(patience);
        checkup.engine(engine);
        folders.forEach(checkup::disk);
        checkup.clock();
        if (!broker.isEmpty()) {
            checkup.way(broker);
        }
        return List.copyOf(checkup.findings);
    }

    private void engine(Path socket) {
        if (!Files.exists(socket)) {
            findings.add(
                    Finding.grave(
                            "engine",
                            "there is no socket " + socket,
                            "install and start one (Debian, Ubuntu: apt-get install docker.io), or say where it is with --engine"));
            return;
        }
        // neither connecting to such a socket nor reading from it ends by itself
        FutureTask<String> asked = new FutureTask<>(() -> version(socket));
        Thread asks = new Thread(asked, "knit-engine");
        asks.setDaemon(true);
        asks.start();
        try {
            judge(socket, asked.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            findings.add(Finding.grave(
                    "engine",
                    "does not answer at " + socket + " ("
                            + Objects.requireNonNullElse(e.getCause(), e).getMessage() + ")",
                    "start it (systemctl start docker), or let this user speak to it (usermod -aG docker USER)"));
        } catch (TimeoutException e) {
            findings.add(Finding.grave(
                    "engine",
                    "does not answer at " + socket + " within " + patience.toSeconds() + " s",
                    "start it anew (systemctl restart docker); journalctl -u docker may say why"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asked.cancel(true);
        }
    }

    private static String version(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(
                    "GET /version HTTP/1.0\r\nHost: engine\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(64 << 10);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {}
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }

    private void judge(Path socket, String answer) {
        Matcher version = VERSION.matcher(answer);
        if (!version.find()) {
            findings.add(Finding.grave(
                    "engine", "what listens at " + socket + " is no Docker Engine", "say where it is with --engine"));
        } else if (Integer.parseInt(version.group(2)) < OLDEST_MAJOR) {
            findings.add(Finding.grave(
                    "engine", "is " + version.group(1) + ", and Knit needs 20.10 or later", "upgrade it"));
        }
    }

    private void disk(Path folder) {
        try {
            if (Files.exists(folder)) {
                FileStore store = Files.getFileStore(folder);
                if (store.getUsableSpace() < LEAST_FREE) {
                    findings.add(Finding.grave(
                            "disk",
                            "under " + folder + " only " + Listings.number((double) store.getUsableSpace() / (1 << 20))
                                    + " MiB are free",
                            "make room: docker system df shows what images and containers take"));
                }
            }
        } catch (IOException e) {
            findings.add(
                    Finding.slight("disk", folder + " can't be looked at (" + e.getMessage() + ")", "run it as root"));
        }
    }

    private void clock() {
        try {
            Process asked = new ProcessBuilder("timedatectl", "show", "-p", "NTPSynchronized", "--value")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream answer = asked.getInputStream()) {
                String text = new String(answer.readNBytes(100), StandardCharsets.US_ASCII).strip();
                if (asked.waitFor(2, TimeUnit.SECONDS) && text.equals("no")) {
                    findings.add(Finding.slight(
                            "clock", "follows no other", "have it follow NTP: timedatectl set-ntp true"));
                }
            } finally {
                asked.destroy();
            }
        } catch (IOException e) {
            // no systemd: nobody here knows
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void way(String broker) {
        int colon = broker.lastIndexOf(':');
        if (colon < 1 || !broker.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IllegalArgumentException("--broker is HOST:PORT, such as 10.54.0.1:4222");
        }
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(broker.substring(colon + 1));
            socket.connect(new InetSocketAddress(broker.substring(0, colon), port), MOST_TO_CONNECT_MILLIS);
        } catch (IOException e) {
            findings.add(Finding.grave(
                    "firewall",
                    "the broker can't be reached at " + broker + " (" + e.getMessage() + ")",
                    "open that port on the server's host, to the mesh alone; an agent needs no port open on its own"));
        }
    }
}
