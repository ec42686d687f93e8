package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
    /**
     * Every night it is {@code whole}: all twelve, their data move, and hosts die, too. That takes ten minutes; for who tries something out
     * {@code -Dknit.stacks=shop,photos,vpn,home} does the same with these, with shop, photos and vpn among them.
     */
    private static final String ASKED = System.getProperty("knit.stacks", "");

    private static final boolean WHOLE = !ASKED.isEmpty();
    private static final String SERVERS = "servers:1";
    private static final List<String> STACKS = switch (ASKED) {
        case "" -> List.of("shop", "edge", "vpn");
        case "whole" ->
            List.of(
                    "shop", "films", "home", "post", "watch", "edge", "jobs", "forge", "photos", "wiki", "vpn",
                    "count");
        default -> List.of(ASKED.split(","));
    };

    /** What keeps something, and is the same whatever the mark is. */
    private static final Set<String> UNMARKED = Set.of("shop-cache", "photos-learning");

    @TempDir
    Path folder;

    private Fleet fleet;
    private Api api;
    private KnitProcess names;
    private Path resolvers;
    private FleetProcesses processes;
    private Stacks stacks;

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
        stacks = new Stacks(fleet, api, folder, SERVERS, STACKS);
        for (int host = 1; host <= fleet.size(); host++) {
            agent(host).start();
        }
        for (int host = 1; host <= fleet.size(); host++) {
            awaitReady(host);
        }
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

    private static void until(String what, Callable<Boolean> condition) {
        await(what).atMost(Stacks.PATIENCE).pollInterval(Duration.ofMillis(300)).until(condition);
    }

    @Test
    @DisplayName("they come up by one command, their parts find each other by name across hosts, their data outlive an"
            + " update (and by night, all twelve of them, a move, the death of a host without them and of the one"
            + " that keeps them, which they wait for and say so), and they go without a trace")
    void comeAndGo() {
        // no registry: one host's engine has the image, and the others are given it
        Shell.run(Map.of("DOCKER_HOST", fleet.dockerHost(1)), List.of(servers(), SERVERS))
                .orFail();
        Path tar = folder.resolve("servers.tar");
        fleet.docker(1, "save", "-o", tar.toString(), SERVERS);
        assertThat(stacks.knit("image", "push", SERVERS, tar.toString())).contains("host-1", "host-2", "host-3");
        stacks.knit("node", "label", "host-1", "keeper=here");
        HostTraces traces = new HostTraces(fleet, processes);

        stacks.deploy("one");
        Map<String, Integer> counts = stacks.more(stacks.more(Map.of(), "at first"), "at once");
        assertApart();
        counts = updated(counts);
        if (WHOLE) {
            counts = moved(counts);
            counts = surviveWhoCounts(counts);
            surviveWhoKeeps(counts);
        }
        goWithoutTrace(traces);
    }

    /** What counts is on other hosts than what keeps, so that each count that came went by a name from host to host. */
    private void assertApart() {
        for (String stack : STACKS) {
            Set<String> counting = hosts(Set.of(stack + "-web"));
            Set<String> keeping = hosts(stacks.deployments().stream()
                    .map(it -> it.path("name").asText())
                    .filter(it -> it.startsWith(stack + "-") && isKeeper(it))
                    .toList());
            assertThat(counting).as(stack).hasSize(1).doesNotContainAnyElementsOf(keeping);
            assertThat(keeping).as(stack).containsExactly("host-1");
        }
    }

    /** What asks for the node with that label: all that keep something but what photos has learned. */
    private boolean isKeeper(String deployment) {
        return api.get("/deployments/" + deployment).body().contains("\"keeper\"");
    }

    private Set<String> hosts(Collection<String> deployments) {
        return deployments.stream()
                .flatMap(stacks::instances)
                .filter(it -> !it.path("state").asText().equals("lost"))
                .map(it -> it.path("node").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Map<String, Integer> updated(Map<String, Integer> counts) {
        Map<String, String> before = owners();
        stacks.deploy("two");
        Map<String, String> after = owners();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((volume, owner) -> {
            if (UNMARKED.stream().noneMatch(it -> volume.startsWith(it + "/"))) {
                assertThat(after.get(volume)).as("who has %s", volume).isNotEqualTo(owner);
            }
        });
        return stacks.more(counts, "after an update of what keeps the data");
    }

    /** Which instance has which volume. */
    private Map<String, String> owners() {
        Map<String, String> owners = new TreeMap<>();
        stacks.volumes()
                .forEach(it -> owners.put(
                        it.path("deployment").asText() + "/" + it.path("name").asText(),
                        it.path("used_by").asText()));
        return owners;
    }

    private Map<String, Integer> moved(Map<String, Integer> counts) {
        stacks.knit("node", "label", "host-3", "keeper=here");
        stacks.knit("node", "label", "host-1", "keeper-");
        for (JsonNode volume : stacks.volumes()) {
            if (volume.path("node").asText().equals("host-1")) {
                move(volume.path("deployment").asText(), volume.path("slot").asText());
            }
        }
        assertThat(stacks.volumes().stream()
                        .filter(it -> it.path("moved_to").asText().isEmpty())
                        .filter(it -> !it.path("deployment").asText().equals("photos-learning")))
                .as("what was moved")
                .hasSameSizeAs(owners().keySet().stream()
                        .filter(it -> !it.startsWith("photos-learning/"))
                        .toList())
                .allMatch(it -> it.path("node").asText().equals("host-3"));
        // WireGuard asked where its peer is when it began, and never again
        stacks.knit("restart", "vpn-web", "--wait");
        return stacks.more(counts, "after a move of what keeps the data");
    }

    private void move(String deployment, String slot) {
        boolean present = stacks.volumes().stream()
                .anyMatch(it -> it.path("deployment").asText().equals(deployment)
                        && it.path("slot").asText().equals(slot)
                        && it.path("node").asText().equals("host-3"));
        // another volume of the same slot took it along
        if (!present) {
            stacks.knit("volume", "move", deployment, slot, "--to", "host-3", "--wait", "--timeout", "2m");
        }
    }

    /** Of all data that host has only what photos has learned. */
    private Map<String, Integer> surviveWhoCounts(Map<String, Integer> before) {
        assertThat(STACKS.stream().filter(it -> hosts(Set.of(it + "-web")).contains("host-2")))
                .as("what counts there")
                .isNotEmpty();
        die(2);
        List<String> others = STACKS.stream().filter(it -> !it.equals("photos")).toList();
        Map<String, Integer> counts = stacks.more(others, before, "from the hosts that are left");
        assertThat(hosts(others.stream().map(it -> it + "-web").toList())).containsExactly("host-3");
        assertWaits(2, Set.of("photos-learning"));
        comeBack(2);
        return stacks.more(counts, "with all hosts again");
    }

    private void surviveWhoKeeps(Map<String, Integer> counts) {
        Set<String> keepers = stacks.volumes().stream()
                .filter(it -> it.path("node").asText().equals("host-3"))
                .map(it -> it.path("deployment").asText())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(keepers).hasSizeGreaterThanOrEqualTo(STACKS.size() - 1);
        // what keeps the data may be on any host now, so that it is the data alone that hold it
        stacks.knit("node", "label", "host-1", "keeper=here");
        stacks.knit("node", "label", "host-2", "keeper=here");
        die(3);
        assertWaits(3, keepers);
        comeBack(3);
        stacks.more(counts, "since the host that keeps the data is back");
    }

    private void die(int host) {
        fleet.kill(host);
        until("host-" + host + " is down", () -> api.nodeState("host-" + host).equals("down"));
    }

    private void comeBack(int host) {
        fleet.startEngine(host);
        fleet.join(host);
        processes.agentOf(host).start();
        awaitReady(host);
    }

    /** Each says that it waits for its host, and nothing takes its place with an empty volume. */
    private void assertWaits(int host, Set<String> deployments) {
        String node = "host-" + host;
        await("they wait for " + node).atMost(Stacks.PATIENCE).untilAsserted(() -> {
            for (String deployment : deployments) {
                assertThat(stacks.instances(deployment).map(Stacks::words))
                        .as(deployment)
                        .singleElement()
                        .asString()
                        .matches(node + " lost: its node " + node
                                + " is down since .*; its volumes are there, so that it waits for it");
            }
        });
        for (int other = 1; other <= fleet.size(); other++) {
            if (other != host) {
                assertThat(fleet.docker(other, "ps", "-a", "--format", "{{.Label \"knit.deployment\"}}")
                                .lines())
                        .as("of host-%s", other)
                        .doesNotContainAnyElementsOf(deployments);
            }
        }
    }

    private void goWithoutTrace(HostTraces traces) {
        List<String> deployments = api.deployments();
        assertThat(traces.of(deployments).stream().map(it -> it.substring(0, it.indexOf(' '))))
                .as("kinds of traces that are seen while there are some")
                .containsAll(HostTraces.KINDS);
        String keeper =
                stacks.instances("shop-db").findFirst().orElseThrow().path("id").asText();
        stacks.knit("undeploy", "--stack", "shop", "--volumes", "--wait", "--timeout", "2m");
        assertThat(api.deployments()).noneMatch(it -> it.startsWith("shop-"));
        assertThat(stacks.volumes())
                .noneMatch(it -> it.path("deployment").asText().startsWith("shop-"));
        List<String> words = new ArrayList<>(List.of("undeploy", "--volumes"));
        words.addAll(api.deployments());
        stacks.knit(words.toArray(String[]::new));
        until(
                "all are gone",
                () -> api.deployments().isEmpty() && stacks.volumes().isEmpty());
        await("nothing is left on the hosts")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(traces.of(deployments)).isEmpty());
        assertThat(stacks.knit("logs", keeper)).contains("ready to accept connections");
        // of values none but what was set is left, as it is not the stack's
        assertThat(stacks.knit("secret", "ls", "-o", "name")).isEqualTo("shop.password");
        stacks.knit("secret", "rm", "shop.password");
        for (String values : List.of("secrets", "vars", "files", "registries")) {
            assertThat(api.get("/" + values).json().path(values)).as(values).isEmpty();
        }
        for (String deployment : deployments) {
            assertThat(api.get("/deployments/" + deployment + "/revisions").status())
                    .as(deployment)
                    .isEqualTo(404);
        }
    }
}
