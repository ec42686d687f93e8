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
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Compose files, with a server on which they are deployed. In each {@code web} says how often it was asked, as what keeps it knows. */
final class Stacks {
    /** Two cores start fifty containers. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Fleet fleet;
    private final Api api;
    private final Path folder;
    private final List<String> names;
    private final Map<String, String> variables = new TreeMap<>();

    /**
     * Files of {@code stacks} among the test's resources.
     *
     * @param folder where they and what they read is put, with a folder {@code pages} that hosts have
     * @param image all that they run
     */
    Stacks(Fleet fleet, Api api, Path folder, String image, List<String> names) throws IOException {
        this.fleet = fleet;
        this.api = api;
        this.folder = folder;
        this.names = names;
        variables.put("IMAGE", image);
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
        try (Stream<Path> files = Files.list(Fleet.HOME.resolve("knit-launcher/src/test/resources/stacks"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        Files.writeString(folder.resolve("password.txt"), "s3cret\n");
        Files.writeString(folder.resolve("photos.env"), "REDIS_PORT=6380\n");
        Files.writeString(folder.resolve("count.env"), "PGHOST=db\nPGPORT=5433\nPGUSER=app\nPGDATABASE=postgres\n");
    }

    List<String> names() {
        return names;
    }

    /** As it is typed on the server's host; what it said. */
    String knit(String... words) {
        List<String> command = new ArrayList<>(fleet.on(0));
        command.add(Fleet.HOME.resolve("bin/knit").toString());
        command.addAll(List.of(words));
        Map<String, String> environment = new TreeMap<>(variables);
        environment.put("KNIT_SERVER", "http://10.54.0.1:8080");
        return Shell.run(environment, command, Duration.ofMinutes(5)).orFail();
    }

    /**
     * Each by one command, and waits until they have settled.
     *
     * @param mark what keeps is made anew where it is another one than before
     */
    void deploy(String mark) {
        variables.put("MARK", mark);
        names.forEach(stack -> knit("deploy", folder.resolve(stack + ".yaml").toString(), "--secrets"));
        await("all have settled")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(deployments().stream()
                                .filter(it -> it.path("rollout")
                                        .path("phase")
                                        .asText()
                                        .equals("moving"))
                                .map(it -> it.path("name").asText() + ": "
                                        + instances(it).map(Stacks::words).toList()))
                        .isEmpty());
    }

    List<JsonNode> deployments() {
        return list(api.get("/deployments").json().path("deployments"));
    }

    /** Of all volumes, also those that a move left behind. */
    List<JsonNode> volumes() {
        return list(api.get("/volumes").json().path("volumes"));
    }

    Stream<JsonNode> instances(String deployment) {
        return instances(api.get("/deployments/" + deployment).json());
    }

    static Stream<JsonNode> instances(JsonNode deployment) {
        return list(deployment.path("instances")).stream();
    }

    static String words(JsonNode instance) {
        return instance.path("node").asText() + " " + instance.path("state").asText() + ": "
                + instance.path("reason").asText();
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static int host(JsonNode instance) {
        return Integer.parseInt(instance.path("node").asText().substring("host-".length()));
    }

    /** What a stack has counted, with this once; empty: it can't say yet. */
    private String count(String stack) {
        for (JsonNode instance : instances(stack + "-web").toList()) {
            JsonNode port = instance.path("ports").path(0);
            if (instance.path("state").asText().equals("running") && port.has("host_port")) {
                return api.page("http://" + Fleet.address(host(instance)) + ":"
                                + port.path("host_port").asInt() + "/cgi-bin/count")
                        .strip();
            }
        }
        return "";
    }

    /** Of these stacks, each of which has counted more than before; of the others what it was before. */
    Map<String, Integer> more(Collection<String> stacks, Map<String, Integer> before, String when) {
        Map<String, Integer> found = new TreeMap<>();
        await(when).atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            List<String> silent = new ArrayList<>();
            for (String stack : stacks) {
                if (!found.containsKey(stack)) {
                    String said = count(stack);
                    if (said.matches("[0-9]+")) {
                        found.put(stack, Integer.parseInt(said));
                    } else {
                        silent.add(stack + " says \"" + said + "\": "
                                + instances(stack + "-web").map(Stacks::words).toList());
                    }
                }
            }
            assertThat(silent).isEmpty();
        });
        found.forEach((stack, count) ->
                assertThat(count).as("%s %s", stack, when).isGreaterThan(before.getOrDefault(stack, 0)));
        Map<String, Integer> all = new TreeMap<>(before);
        all.putAll(found);
        return all;
    }

    Map<String, Integer> more(Map<String, Integer> before, String when) {
        return more(names, before, when);
    }
}
