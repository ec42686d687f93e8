package io.knit.launcher.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What hosts have of what was deployed, each with its kind before it: {@code volume knit.c.shop-db.0.data}. What was there when this was made, before anything was
 * deployed, is none of it.
 */
final class HostTraces {
    /** Each kind that is looked for. */
    static final List<String> KINDS =
            List.of("container", "file", "link", "memory", "name", "network", "port", "rule", "volume");

    private final Fleet fleet;
    private final FleetProcesses processes;
    private final Map<Integer, Set<String>> before = new TreeMap<>();

    HostTraces(Fleet fleet, FleetProcesses processes) {
        this.fleet = fleet;
        this.processes = processes;
        IntStream.rangeClosed(1, fleet.size()).forEach(host -> before.put(host, all(host, List.of())));
    }

    /**
     * What there is now of these deployments, on all hosts.
     *
     * @param deployments by their own names, of stacks those whose first word is the stack's
     */
    Set<String> of(Collection<String> deployments) {
        Set<String> found = new TreeSet<>();
        before.forEach((host, old) -> all(host, deployments).stream()
                .filter(trace -> !old.contains(trace))
                .forEach(trace -> found.add(trace + " (host-" + host + ")")));
        return found;
    }

    private Set<String> all(int host, Collection<String> deployments) {
        Set<String> all = new TreeSet<>();
        add(all, "container", fleet.docker(host, "ps", "-a", "--format", "{{.Names}}"));
        add(all, "volume", fleet.docker(host, "volume", "ls", "-q"));
        add(all, "network", fleet.docker(host, "network", "ls", "--format", "{{.Name}}"));
        add(all, "link", exec(host, "ip -o link | cut -d: -f2 | cut -d@ -f1"));
        // whom an agent asks for others' names it asks from any port
        add(all, "port", exec(host, "ss -Hlntu | awk '$5 !~ /^[*]:/ {print $1, $5}'"));
        add(all, "rule", exec(host, "iptables-save | grep ^-"));
        add(
                all,
                "name",
                exec(
                        host,
                        "for name in " + String.join(" ", names(deployments))
                                + "; do busybox nslookup -type=a $name 10.210." + host
                                + ".1 | grep -q NXDOMAIN || echo $name; done"));
        add(all, "file", String.join("\n", files(processes.data(host), deployments)));
        processes.memory(host).stream()
                .filter(Files::exists)
                .forEach(it -> add(all, "memory", String.join("\n", below(it))));
        return all;
    }

    private static void add(Set<String> all, String kind, String lines) {
        lines.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> all.add(kind + " " + line));
    }

    private String exec(int host, String script) {
        return fleet.exec(host, "sh", "-c", script).output();
    }

    /** A deployment's own, and what its stack calls it. */
    private static List<String> names(Collection<String> deployments) {
        return deployments.stream()
                .flatMap(name -> Stream.of(name + ".knit", name.replaceFirst("^([^-]+)-(.*)$", "$2.$1") + ".knit"))
                .toList();
    }

    /** All in an agent's folders, and of its own files those that speak of a deployment. */
    private static List<String> files(Path data, Collection<String> deployments) {
        return below(data).stream()
                // what an instance wrote last stays readable
                .filter(file -> !file.startsWith("output/"))
                .filter(file -> file.contains("/") || mentions(data.resolve(file), deployments))
                .toList();
    }

    private static boolean mentions(Path file, Collection<String> deployments) {
        try {
            if (!Files.isRegularFile(file)) {
                return false;
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return deployments.stream().anyMatch(text::contains);
        } catch (IOException e) {
            // it is gone meanwhile
            return false;
        }
    }

    private static List<String> below(Path folder) {
        // what goes while it is looked at is no failure to find
        return Shell.run(Map.of(), List.of("find", folder.toString(), "-mindepth", "1", "-printf", "%P\\n"))
                .output()
                .lines()
                .filter(line -> !line.startsWith("find: "))
                .toList();
    }
}
