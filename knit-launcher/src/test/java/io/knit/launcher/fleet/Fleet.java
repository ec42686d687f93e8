package io.knit.launcher.fleet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Several hosts with an engine each, by {@code scripts/fleet}; host 0 is the server's. */
final class Fleet implements AutoCloseable {
    static final Path HOME = Path.of(Objects.requireNonNull(System.getProperty("knit.home"), "knit.home"))
            .toAbsolutePath()
            .normalize();

    private final Map<String, String> environment;
    private final int size;

    /** @param name no other fleet's on this machine */
    Fleet(String name, int size) {
        this.environment = Map.of("KNIT_FLEET", name);
        this.size = size;
        script("up", String.valueOf(size)).orFail();
    }

    int size() {
        return size;
    }

    /** A host's mesh address. */
    static String address(int host) {
        return host == 0 ? "10.54.0.1" : "10.54.0." + (14 + host);
    }

    /** The words before a command that make it run on a host. */
    List<String> on(int host) {
        String namespace = environment.get("KNIT_FLEET") + (host == 0 ? "-net" : "-" + host);
        return List.of("nsenter", "--net=/var/run/netns/" + namespace);
    }

    String dockerHost(int host) {
        return "unix://"
                + Path.of(tmp(), Objects.requireNonNull(environment.get("KNIT_FLEET")), "" + host, "docker.sock");
    }

    private static String tmp() {
        return Objects.requireNonNullElse(System.getenv("TMPDIR"), "/tmp");
    }

    void image(String name) {
        script("image", name).orFail();
    }

    void cut(int host) {
        script("cut", String.valueOf(host)).orFail();
    }

    /** Ends a host as a power cut would: its engine, its containers, its agent, its cable. */
    void kill(int host) {
        script("kill", String.valueOf(host)).orFail();
    }

    void join(int host) {
        script("join", String.valueOf(host)).orFail();
    }

    /** Kills a host's engine as a power cut would, and starts it again. */
    void crashEngine(int host) {
        ProcessHandle engine = ProcessHandle.of(enginePid(host)).orElseThrow();
        engine.destroyForcibly();
        engine.onExit().join();
        startEngine(host);
    }

    long enginePid(int host) {
        return Long.parseLong(script("engine-pid", String.valueOf(host)).orFail());
    }

    void startEngine(int host) {
        script("engine", String.valueOf(host)).orFail();
    }

    String docker(int host, String... args) {
        return run(host, args).orFail();
    }

    /** As {@code scripts/fleet docker} does, which would take a shell for each look. */
    private Shell run(int host, String... args) {
        return Shell.run(
                Map.of(),
                Stream.concat(Stream.of("docker", "-H", dockerHost(host)), Stream.of(args))
                        .toList());
    }

    /** What came of a command on a host. */
    Shell exec(int host, String... command) {
        return script(Stream.concat(Stream.of("exec", String.valueOf(host)), Stream.of(command))
                .toArray(String[]::new));
    }

    /** The containers of all hosts that Knit made, in whatever state, by id. */
    Map<String, Container> containers() {
        return IntStream.rangeClosed(1, size)
                .boxed()
                .flatMap(host -> containers(host).stream())
                .collect(Collectors.toMap(Container::id, container -> container, (a, b) -> a, TreeMap::new));
    }

    private List<Container> containers(int host) {
        List<String> ids = docker(host, "ps", "-aq", "--no-trunc", "--filter", "label=knit.instance")
                .lines()
                .toList();
        if (ids.isEmpty()) {
            return List.of();
        }
        String format = "{{.Id}} {{index .Config.Labels \"knit.deployment\"}} {{.State.Status}} {{.State.StartedAt}}";
        List<String> command = new ArrayList<>(List.of("inspect", "-f", format));
        command.addAll(ids);
        // a container may go between the two calls: inspect then shows the others and fails
        return run(host, command.toArray(String[]::new))
                .output()
                .lines()
                .map(line -> line.split(" "))
                .filter(words -> words.length == 4 && words[0].length() == 64)
                .map(words -> new Container(host, words[0], words[1], words[2], words[3]))
                .toList();
    }

    /** @param startedAt as the engine writes it: another one means that it was started again */
    record Container(int host, String id, String deployment, String state, String startedAt) {
        boolean runs() {
            return state.equals("running");
        }
    }

    private Shell script(String... args) {
        List<String> command =
                new ArrayList<>(List.of(HOME.resolve("scripts/fleet").toString()));
        command.addAll(List.of(args));
        return Shell.run(environment, command);
    }

    @Override
    public void close() {
        script("down").orFail();
    }
}
