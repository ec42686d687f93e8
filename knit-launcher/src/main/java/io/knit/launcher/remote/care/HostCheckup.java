package io.knit.launcher.remote.care;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.launcher.remote.show.Listings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private static final Pattern MAJOR = Pattern.compile("^(\\d{1,9})\\.");
    private static final Path USUAL = Path.of("/var/run/docker.sock");

    private final Path knit;
    private final Duration patience;
    private final List<Finding> findings = new ArrayList<>();

    private HostCheckup(Path knit, Duration patience) {
        this.knit = knit;
        this.patience = patience;
    }

    /**
     * All that is the matter here.
     *
     * @param engine the engine's socket
     * @param images where the engine keeps them
     * @param knit where Knit keeps its files; what is not there is passed over
     * @param broker the server's broker, as {@code host:port}; empty: it is not asked for
     */
    static List<Finding> of(Path engine, Path images, Path knit, String broker) {
        return of(engine, images, knit, broker, PATIENCE);
    }

    /** @param patience how long the engine is waited for */
    static List<Finding> of(Path engine, Path images, Path knit, String broker, Duration patience) {
        HostCheckup checkup = new HostCheckup(knit, patience);
        checkup.engine(engine);
        checkup.disk(images);
        checkup.disk(knit);
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
        AskedEngine asked = new AskedEngine(socket, patience);
        try {
            if (isRight(socket, asked.get("/version"))) {
                orphans(socket, asked);
            }
        } catch (IOException e) {
            findings.add(Finding.grave(
                    "engine",
                    "does not answer at " + socket + " (" + e.getMessage() + ")",
                    "start it (systemctl start docker), or let this user speak to it (usermod -aG docker USER)"));
        } catch (TimeoutException e) {
            findings.add(Finding.grave(
                    "engine",
                    "does not answer at " + socket + " within " + patience.toSeconds() + " s",
                    "start it anew (systemctl restart docker); journalctl -u docker may say why"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isRight(Path socket, JsonNode answer) {
        Matcher version = MAJOR.matcher(answer.path("Version").asText());
        if (!version.find()) {
            findings.add(Finding.grave(
                    "engine", "what listens at " + socket + " is no Docker Engine", "say where it is with --engine"));
            return false;
        }
        if (Integer.parseInt(version.group(1)) < OLDEST_MAJOR) {
            findings.add(Finding.grave(
                    "engine",
                    "is " + answer.path("Version").asText() + ", and Knit needs 20.10 or later",
                    "upgrade it"));
            return false;
        }
        return true;
    }

    /** An engine that says at once which it is, but lists slowly, does its work: a plugin for volumes that is gone holds up all lists of them. */
    private void orphans(Path socket, AskedEngine asked) throws InterruptedException {
        String docker = socket.equals(USUAL) ? "docker" : "docker -H unix://" + socket;
        try {
            JsonNode containers = list(asked, "containers", "/containers/json?all=1&", "", docker + " ps -a");
            JsonNode volumes = list(asked, "volumes", "/volumes?", "Volumes", docker + " volume ls");
            JsonNode networks = list(asked, "networks", "/networks?", "", docker + " network ls");
            compared(containers, volumes, networks, docker);
        } catch (TimeoutException e) {
            findings.add(Finding.slight(
                    "engine",
                    "does not list its containers, volumes and networks within " + patience.toSeconds()
                            + " s each, so what agents left here is not known",
                    docker + " ps -a, " + docker + " volume ls and " + docker
                            + " network ls show which of them takes long"));
        } catch (IOException e) {
            findings.add(Finding.grave(
                    "engine",
                    "said at " + socket + " which it is, and then answered no more (" + e.getMessage() + ")",
                    "see whether it runs (systemctl status docker), and journalctl -u docker for why it ended"));
        }
    }

    /** What it has of Knit's; nothing where it refuses to list it. */
    private JsonNode list(AskedEngine asked, String what, String path, String in, String command)
            throws IOException, TimeoutException, InterruptedException {
        JsonNode answer = asked.get(path + "filters="
                + URLEncoder.encode("{\"label\":[\"" + KnitLabels.CLUSTER + "\"]}", StandardCharsets.UTF_8));
        if (answer.isMissingNode()) {
            throw new IOException("asked for its " + what + ", it closed the connection");
        }
        JsonNode list = in.isEmpty() ? answer : answer.path(in);
        if (!list.isArray() && !list.isNull()) {
            String said = answer.path("message").asText();
            findings.add(Finding.slight(
                    "engine",
                    "does not list its " + what + " (" + (said.isEmpty() ? "its answer is no list" : said)
                            + "), so what agents left there is not known",
                    command + " may say more"));
        }
        return list;
    }

    /** What agents left there that have another cluster's folder now, or none. Nothing of it is removed: who else has an agent here nobody knows. */
    private void compared(JsonNode containers, JsonNode volumes, JsonNode networks, String docker) {
        try {
            List<Orphans.Agent> here = new ArrayList<>();
            for (Path folder : List.of(knit, knit.resolve("agent"))) {
                agent(folder.resolve("agent.json")).ifPresent(here::add);
            }
            findings.addAll(Orphans.of(containers, volumes, networks, here, knit, docker));
        } catch (IOException e) {
            findings.add(Finding.slight(
                    "agent",
                    "who it is can't be read (" + e.getMessage() + "), nor so what others left here",
                    "run it as root"));
        }
    }

    /** Empty: there is none, or it has joined no cluster yet. */
    private static Optional<Orphans.Agent> agent(Path file) throws IOException {
        try {
            JsonNode who = new ObjectMapper().readTree(Files.readString(file));
            return who.path("cluster").isTextual()
                    ? Optional.of(new Orphans.Agent(
                            who.path("cluster").asText(), who.path("node").asText()))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            // its words may have the identity in them
            throw new IOException(file + " is damaged", e);
        } catch (NoSuchFileException e) {
            return Optional.empty();
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
