package io.knit.launcher.remote.inside;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.live.Watch;
import io.knit.launcher.remote.screen.Bytes;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is used. */
@Command(
        name = "stats",
        description = {
            "Shows what instances use now: CPUs, memory, network, disk. Without a name, what each node's host uses.",
            "The network's and disk's figures are sums since the container, or the host, began."
        })
final class Stats extends Remote {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Deployments, or the ids of instances.")
    private List<String> names = List.of();

    @Option(names = "--watch", description = "Go on showing it every other second, until Ctrl-C.")
    private boolean watch;

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        if (watch) {
            Terminal terminal = printer.isForPeople() ? printer.terminal() : Terminal.NONE;
            Watch.sampled(
                    PAUSE,
                    () -> look(knit),
                    seen -> printer.oneOfSeveral(lines(seen, printer)),
                    console.out(),
                    terminal);
        } else {
            JsonNode seen = look(knit);
            lines(seen, printer).forEach(console.out()::println);
            return names.isEmpty() || isWhole(seen) ? Exit.OK : Exit.FAILED;
        }
        return Exit.OK;
    }

    /** Whether there is an answer of each: it is a failure only of those that were named. */
    private static boolean isWhole(JsonNode list) {
        for (JsonNode one : list) {
            if (one.has("error")) {
                return false;
            }
        }
        return true;
    }

    private JsonNode look(KnitClient knit) {
        return names.isEmpty() ? nodes(knit) : instances(knit);
    }

    private List<String> lines(JsonNode seen, Printer printer) {
        boolean nodes = names.isEmpty();
        return printer.lines(
                seen,
                list -> Listings.names(list, nodes ? "node" : "instance"),
                list -> (nodes ? hosts(list) : containers(list)).lines(printer.terminal()));
    }

    private static ArrayNode nodes(KnitClient knit) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (JsonNode node : knit.nodes().path("nodes")) {
            String id = node.path("id").asText("");
            if (id.isEmpty() || node.path("id").isNull()) {
                continue;
            }
            try {
                all.add(knit.nodeStats(id));
            } catch (KnitClientException e) {
                ObjectNode failed = all.addObject().put("node", id);
                failed.putObject("error").put("message", e.getMessage());
            }
        }
        return all;
    }

    /** A name that is no deployment's is an instance's. */
    private ArrayNode instances(KnitClient knit) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (String name : names) {
            try {
                knit.deploymentStats(name).path("instances").forEach(all::add);
            } catch (KnitClientException none) {
                if (none.kind() != KnitClientException.Kind.NOT_FOUND) {
                    throw none;
                }
                all.add(knit.instanceStats(name));
            }
        }
        return all;
    }

    private static TextTable containers(JsonNode list) {
        TextTable table = new TextTable(
                "INSTANCE", "CPUS", "MEMORY", "OF", "RECEIVED", "SENT", "READ", "WRITTEN", "PROCESSES", "");
        for (JsonNode one : list) {
            table.row(
                    one.path("instance").asText(),
                    cpus(one),
                    bytes(one, "memory_bytes"),
                    bytes(one, "memory_limit_bytes"),
                    bytes(one, "received_bytes"),
                    bytes(one, "sent_bytes"),
                    bytes(one, "read_bytes"),
                    bytes(one, "written_bytes"),
                    one.path("processes").asText("-"),
                    one.path("error").path("message").asText());
        }
        return table;
    }

    private static TextTable hosts(JsonNode list) {
        TextTable table = new TextTable("NODE", "CPUS", "OF", "MEMORY", "OF", "DISK", "OF", "RECEIVED", "SENT", "");
        for (JsonNode one : list) {
            table.row(
                    one.path("node").asText(),
                    cpus(one),
                    one.path("cpu_count").asText("-"),
                    bytes(one, "memory_bytes"),
                    bytes(one, "memory_total_bytes"),
                    bytes(one, "disk_bytes"),
                    bytes(one, "disk_total_bytes"),
                    bytes(one, "received_bytes"),
                    bytes(one, "sent_bytes"),
                    one.path("error").path("message").asText());
        }
        return table;
    }

    private static String cpus(JsonNode one) {
        return one.has("cpus")
                ? String.format(Locale.ROOT, "%.2f", one.path("cpus").asDouble())
                : "-";
    }

    private static String bytes(JsonNode one, String field) {
        return one.has(field) ? Bytes.words(one.path(field).asDouble()) : "-";
    }
}
