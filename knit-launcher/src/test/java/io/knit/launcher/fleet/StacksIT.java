package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twelve Compose files of the kinds that people run, with real servers of Debian's packages, beside each other on three hosts with an engine each. In each {@code web} counts, in what another host keeps and
 * is found by its name, how often it was asked.
 */
@RequiresFleet
@Tag("night")
class StacksIT {
    /** Every night it is all twelve, their data move, and a host dies, too: that takes seven minutes. */
    private static final boolean WHOLE = "whole".equals(System.getProperty("knit.stacks"));

    private static final String SERVERS = "servers:1";
    private static final List<String> STACKS = WHOLE
            ? List.of(
                    "shop", "films", "home", "post", "watch", "edge", "jobs", "forge", "photos", "wiki", "vpn", "count")
            : List.of("shop", "edge", "vpn");
    /** Two cores start fifty containers. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<String, String> variables = new TreeMap<>();

    @TempDir
    Path folder;

    private Fleet fleet;
    private Api api;
    private KnitProcess names;
    private Path resolvers;
    private FleetProcesses processes;

    @BeforeEach
    void start() throws IOException {
        String missing = Shell.run(Map.of(), List.of(servers(), "--missing")).orFail();
        Assumptions.assumeTrue(
                System.getenv("CI") != null || missing.isEmpty(),
                () -> "of Debian's packages there is not: " + missing);
        fleet = new Fleet("knit-stacks-" + ProcessHandle.current().pid(), 3);
        processes = new FleetProcesses(fleet, folder);
        names = new KnitProcess(
                        "names",
                        folder,
                        fleet.on(0),
                        Map.of(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        NoNames.class.getName(),
                        "10.54.0.1")
                .start();
        resolvers = Files.writeString(folder.resolve("resolv.conf"), "nameserver 10.54.0.1\n");
        processes.startServer();
        api = processes.api();
        for (int host = 1; host <= fleet.size(); host++) {
            agent(host).start();
        }
        for (int host = 1; host <= fleet.size(); host++) {
            awaitReady(host);
        }
        variables();
    }

    private KnitProcess agent(int host) throws IOException {
        // a host's own resolver, which is not that of the machine that it is on
        List<String> resolving = List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind " + resolvers + " /etc/resolv.conf && exec \"$@\"",
                "sh");
        return processes.agent(
                host,
                resolving,
                FleetProcesses.usual(
                        "--labels",
                        "name=n" + (host - 1),
                        "--allow",
                        "cap:NET_ADMIN,device:/dev/net/tun,bind:" + folder.resolve("pages") + ":rw"));
    }

    private void awaitReady(int host) {
        until("host-" + host + " is ready", () -> api.nodeState("host-" + host).equals("ready"));
    }

    private void variables() throws IOException {
        variables.put("IMAGE", SERVERS);
        variables.put("DB_PASSWORD", "s3cret");
        variables.put("FOLDER", Files.createDirectory(folder.resolve("pages")).toString());
        for (String peer : List.of("HUB", "PEER")) {
            String secret = Shell.run(Map.of(), List.of("wg", "genkey")).orFail();
            variables.put(peer + "_KEY", secret);
            variables.put(
                    peer + "_PUBLIC",
                    Shell.run(Map.of(), List.of("sh", "-c", "echo '" + secret + "' | wg pubkey"))
                            .orFail());
        }
        Path stacks = Fleet.HOME.resolve("knit-launcher/src/test/resources/stacks");
        try (Stream<Path> files = Files.list(stacks)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        Files.writeString(folder.resolve("password.txt"), "s3cret\n");
        Files.writeString(folder.resolve("photos.env"), "REDIS_PORT=6380\n");
        Files.writeString(folder.resolve("count.env"), "PGHOST=db\nPGPORT=5433\nPGUSER=app\nPGDATABASE=postgres\n");
    }

    private static String servers() {
        return Fleet.HOME.resolve("scripts/servers-image").toString();
    }

    @AfterEach
    void end() throws IOException {
        if (processes != null) {
            processes.close();
        }
        if (names != null) {
            names.close();
        }
    }

    /** As it is typed on the server's host; what it said. */
    private String knit(String... words) {
        List<String> command = new ArrayList<>(fleet.on(0));
        command.add(Fleet.HOME.resolve("bin/knit").toString());
        command.addAll(List.of(words));
        Map<String, String> environment = new TreeMap<>(variables);
        environment.put("KNIT_SERVER", "http://10.54.0.1:8080");
        return Shell.run(environment, command, Duration.ofMinutes(5)).orFail();
    }

    /** Each by one command. */
    private void deploy(String mark) {
        variables.put("MARK", mark);
        STACKS.forEach(stack -> knit("deploy", folder.resolve(stack + ".yaml").toString(), "--secrets"));
        await("all have settled")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(deployments().stream()
                                .filter(it -> it.path("rollout")
                                        .path("phase")
                                        .asText()
                                        .equals("moving"))
                                .map(StacksIT::words))
                        .isEmpty());
    }

    private List<JsonNode> deployments() {
        return list(api.get("/deployments").json().path("deployments"));
    }

    private static String words(JsonNode deployment) {
        return deployment.path("name").asText() + ": "
                + list(deployment.path("instances")).stream()
                        .map(it -> it.path("state").asText() + " "
                                + it.path("reason").asText())
                        .toList();
    }

    private static void until(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(condition);
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static int host(JsonNode instance) {
        return Integer.parseInt(instance.path("node").asText().substring("host-".length()));
    }

    /** What a stack has counted, with this once; empty: it can't say yet. */
    private String count(String stack) {
        for (JsonNode instance :
                list(api.get("/deployments/" + stack + "-web").json().path("instances"))) {
            JsonNode port = instance.path("ports").path(0);
            if (instance.path("state").asText().equals("running") && port.has("host_port")) {
                return api.page("http://" + Fleet.address(host(instance)) + ":"
                                + port.path("host_port").asInt() + "/cgi-bin/count")
                        .strip();
            }
        }
        return "";
    }

    /** Of all stacks, each of which has counted more than before. */
    private Map<String, Integer> more(Map<String, Integer> before, String when) {
        Map<String, Integer> found = new TreeMap<>();
        await(when).atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            List<String> silent = new ArrayList<>();
            for (String stack : STACKS) {
                if (!found.containsKey(stack)) {
                    String said = count(stack);
                    if (said.matches("[0-9]+")) {
                        found.put(stack, Integer.parseInt(said));
                    } else {
                        silent.add(stack + " says \"" + said + "\"");
                    }
                }
            }
            assertThat(silent).isEmpty();
        });
        found.forEach((stack, count) ->
                assertThat(count).as("%s %s", stack, when).isGreaterThan(before.getOrDefault(stack, 0)));
        return found;
    }

    @Test
    @DisplayName(
            "they come up by one command, their parts find each other by name across hosts, their data outlive an update (and by night, all twelve of them, a move and a host's death), and they go without a trace")
    void comeAndGo() {
        // no registry: one host's engine has the image, and the others are given it
        Shell.run(Map.of("DOCKER_HOST", fleet.dockerHost(1)), List.of(servers(), SERVERS))
                .orFail();
        Path tar = folder.resolve("servers.tar");
        fleet.docker(1, "save", "-o", tar.toString(), SERVERS);
        assertThat(knit("image", "push", SERVERS, tar.toString())).contains("host-1", "host-2", "host-3");
        knit("node", "label", "host-1", "keeper=here");

        deploy("one");
        Map<String, Integer> counts = more(more(Map.of(), "at first"), "at once");
        assertOnSeveralHosts();
        deploy("two");
        counts = more(counts, "after an update of what keeps the data");

        if (WHOLE) {
            counts = moved(counts);
            survive(counts);
        }
        List<String> words = new ArrayList<>(List.of("undeploy"));
        words.addAll(api.deployments());
        words.addAll(List.of("--volumes", "--wait", "--timeout", "4m"));
        knit(words.toArray(String[]::new));
        assertThat(api.deployments()).isEmpty();
        for (int host = 1; host <= fleet.size(); host++) {
            assertThat(fleet.docker(host, "ps", "-aq"))
                    .as("containers of %s", host)
                    .isEmpty();
            assertThat(fleet.docker(host, "volume", "ls", "-q"))
                    .as("volumes of %s", host)
                    .isEmpty();
        }
    }

    private Map<String, Integer> moved(Map<String, Integer> counts) {
        knit("node", "label", "host-3", "keeper=here");
        knit("node", "label", "host-1", "keeper-");
        for (JsonNode volume : list(api.get("/volumes").json().path("volumes"))) {
            if (volume.path("node").asText().equals("host-1")) {
                move(volume.path("deployment").asText(), volume.path("slot").asText());
            }
        }
        // WireGuard asked where its peer is when it began, and never again
        knit("restart", "vpn-web", "--wait");
        return more(counts, "after a move of what keeps the data");
    }

    private void survive(Map<String, Integer> counts) {
        fleet.kill(1);
        until("host-1 is down", () -> api.nodeState("host-1").equals("down"));
        until("its work is elsewhere", () -> STACKS.stream().allMatch(this::isOffTheFirst));
        more(counts, "from the hosts that are left");

        fleet.startEngine(1);
        fleet.join(1);
        processes.agentOf(1).start();
        awaitReady(1);
    }

    private void move(String deployment, String slot) {
        JsonNode present = list(api.get("/volumes").json().path("volumes")).stream()
                .filter(it -> it.path("deployment").asText().equals(deployment)
                        && it.path("slot").asText().equals(slot)
                        && it.path("node").asText().equals("host-3"))
                .findFirst()
                .orElse(null);
        // another volume of the same slot took it along
        if (present == null) {
            knit("volume", "move", deployment, slot, "--to", "host-3", "--wait", "--timeout", "2m");
        }
    }

    private boolean isOffTheFirst(String stack) {
        return deployments().stream()
                .filter(it -> it.path("name").asText().startsWith(stack + "-"))
                .flatMap(it -> list(it.path("instances")).stream())
                .noneMatch(it -> it.path("node").asText().equals("host-1")
                        && !it.path("state").asText().equals("lost"));
    }

    /** What counts and what keeps are apart. */
    private void assertOnSeveralHosts() {
        for (String stack : STACKS) {
            assertThat(deployments().stream()
                            .filter(it -> it.path("name").asText().startsWith(stack + "-"))
                            .flatMap(it -> list(it.path("instances")).stream())
                            .map(it -> it.path("node").asText())
                            .distinct())
                    .as(stack)
                    .hasSizeGreaterThan(1);
        }
    }
}
