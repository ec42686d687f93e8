package io.knit.core.server.dashboard.overview;

import io.knit.api.model.Absence;
import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.StartTimes;
import io.knit.api.spi.Durations;
import io.knit.core.server.dashboard.show.InstanceWords;
import io.knit.core.server.dashboard.show.Tally;
import io.knit.core.server.dashboard.show.Tones;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An instance below its deployment.
 *
 * @param oldRevision its revision where that is not the deployment's, else 0
 * @param start how long the phases of its start took; empty: not known
 */
record InstanceRow(
        String id,
        String slot,
        String state,
        String tone,
        String node,
        List<PortLink> ports,
        String reason,
        int restarts,
        int oldRevision,
        String start) {

    /** @param url null where a browser can't follow it */
    record PortLink(String text, @Nullable String url) {}

    /**
     * What is to be known of the nodes.
     *
     * @param addresses by their ids; empty: none
     * @param absences of those that are silent
     */
    record Where(Map<String, String> addresses, Map<String, Absence> absences) {}

    static InstanceRow of(Deployment of, Instance instance, Where where) {
        String node = instance.node() == null ? "" : instance.node();
        boolean reachable = Tally.serves(instance);
        return new InstanceRow(
                instance.id(),
                instance.slotKey().toString(),
                InstanceWords.state(instance),
                Tones.of(instance),
                node,
                (instance.node() == null ? List.<PortBinding>of() : instance.ports())
                        .stream()
                                .map(port ->
                                        link(port, reachable, where.addresses().getOrDefault(node, "")))
                                .toList(),
                InstanceWords.reason(instance, of.spec(), where.absences().get(node)),
                instance.restarts(),
                instance.revision() == of.revision() ? 0 : instance.revision(),
                start(instance.observed().start()));
    }

    /** {@code waited 12ms, pulled 3s, created 80ms, started 210ms, healthy 1s}. */
    private static String start(StartTimes times) {
        Map<String, @Nullable Duration> known = new LinkedHashMap<>();
        known.put("waited", times.waited());
        known.put("pulled", times.pulled());
        known.put("created", times.created());
        known.put("started", times.started());
        known.put("healthy", times.healthy());
        return known.entrySet().stream()
                .filter(phase -> phase.getValue() != null)
                .map(phase -> phase.getKey() + " " + Durations.text(Objects.requireNonNull(phase.getValue())))
                .collect(Collectors.joining(", "));
    }

    private static PortLink link(PortBinding port, boolean reachable, String nodeAddress) {
        boolean wildcard = port.hostIp().equals("0.0.0.0") || port.hostIp().equals("::");
        String shown = bracketed(port.hostIp()) + ":" + port.hostPort();
        String host = wildcard ? nodeAddress : port.hostIp();
        boolean link = reachable && port.protocol() == Protocol.TCP && !host.isEmpty();
        String udp = port.protocol() == Protocol.UDP ? "/udp" : "";
        return new PortLink(
                shown + " → " + port.containerPort() + udp + (port.relay() ? ", relayed" : ""),
                link ? "http://" + bracketed(host) + ":" + port.hostPort() + "/" : null);
    }

    private static String bracketed(String ip) {
        return ip.contains(":") ? "[" + ip + "]" : ip;
    }
}
