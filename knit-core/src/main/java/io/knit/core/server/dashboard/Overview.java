package io.knit.core.server.dashboard;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.Absence;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.StartTimes;
import io.knit.api.spi.Durations;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the page shows of a snapshot: bounded, in an order that puts first what needs a look. */
record Overview(
        Totals totals,
        List<DeploymentRow> deployments,
        int moreDeployments,
        List<NodeRows.Row> nodes,
        int moreNodes,
        List<EventRow> events,
        int every) {

    /** Seconds until a page is renewed though nothing happened: while what it shows of pulls moves, and for what else moves without a word. */
    private static final int SOON = 5;

    private static final int LATE = 30;
    private static final int MAX_ROWS = 200;
    private static final int MAX_INSTANCES = 50;
    private static final int MAX_EVENTS = 30;

    /** What is over comes after what is as bad and is not. */
    static final Comparator<Instance> BY_NEED = Comparator.comparingInt(
                    (Instance instance) -> Tones.rank(Tones.of(instance)))
            .thenComparing(instance -> instance.state().isEnd())
            .thenComparing(Instance::slotKey)
            .thenComparing(Comparator.comparingInt(Instance::revision).reversed());

    record Totals(
            long readyNodes, long nodes, long runningInstances, long instances, long deployments, long troubled) {}

    record DeploymentRow(
            String name,
            String image,
            int revision,
            String status,
            String tone,
            Map<String, String> selector,
            String tally,
            boolean changes,
            Buttons buttons,
            List<InstanceRow> instances,
            int moreInstances,
            List<RunRow> runs,
            List<VolumeRows.Row> volumes) {}

    /** A run of what runs by the clock. */
    record RunRow(String due, String phase, String tone, String reason) {}

    /** Which of a deployment's buttons are of use. */
    record Buttons(
            int replicas,
            boolean scale,
            boolean rollback,
            boolean pause,
            boolean resume,
            boolean promote,
            boolean files) {
        static Buttons of(Deployment deployment) {
            Rollout.Phase phase = deployment.rollout().phase();
            boolean held = deployment.paused() || phase == Rollout.Phase.PAUSED;
            return new Buttons(
                    deployment.spec().replicas(),
                    deployment.spec().mode() == Mode.REPLICATED,
                    deployment.revision() > 1,
                    !held,
                    held,
                    phase == Rollout.Phase.CANARY,
                    !deployment.spec().templates().isEmpty());
        }
    }

    /**
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
            String start) {}

    /** @param url null where a browser can't follow it */
    record PortLink(String text, @Nullable String url) {}

    record EventRow(long seq, String at, String clock, String type, String tone, String message) {}

    /**
     * Of what is there.
     *
     * @param whole with what the visitor does not see
     * @param recent oldest first
     * @param liveness by a node's id
     */
    static Overview of(
            ClusterSnapshot whole, Caller visitor, List<KnitEvent> recent, Function<String, Liveness> liveness) {
        ClusterSnapshot snapshot = Sight.of(whole, visitor);
        List<DeploymentView> deployments = snapshot.deployments().stream()
                .sorted(Comparator.comparingInt((DeploymentView view) -> Tones.rank(Tones.of(view.status())))
                        .thenComparing(DeploymentView::name))
                .toList();
        Map<String, String> addresses = new HashMap<>();
        snapshot.nodes().forEach(node -> addresses.put(node.id(), node.meshIp() == null ? "" : node.meshIp()));
        Map<String, Absence> absences = absences(snapshot, liveness);
        Map<String, List<SlotVolume>> volumes = VolumeRows.of(snapshot);
        int nodes = snapshot.nodes().size() + snapshot.discovered().size();
        return new Overview(
                totals(snapshot),
                deployments.stream()
                        .limit(MAX_ROWS)
                        .map(view -> deployment(
                                view, addresses, absences, volumes.getOrDefault(view.name(), List.of()), visitor))
                        .toList(),
                Math.max(0, deployments.size() - MAX_ROWS),
                NodeRows.of(whole, MAX_ROWS, liveness),
                Math.max(0, nodes - MAX_ROWS),
                events(recent),
                isPulling(snapshot) ? SOON : LATE);
    }

    private static boolean isPulling(ClusterSnapshot snapshot) {
        return snapshot.deployments().stream()
                .flatMap(view -> view.instances().stream())
                .anyMatch(instance -> instance.isLive() && instance.pull() != null);
    }

    private static Map<String, Absence> absences(ClusterSnapshot snapshot, Function<String, Liveness> liveness) {
        Map<String, Absence> absences = new HashMap<>();
        snapshot.nodes().stream()
                .filter(node -> node.state() != NodeState.READY)
                .forEach(node -> {
                    Absence absence = liveness.apply(node.id()).absence();
                    if (absence != null) {
                        absences.put(node.id(), absence);
                    }
                });
        return absences;
    }

    private static Totals totals(ClusterSnapshot snapshot) {
        List<Instance> live = snapshot.deployments().stream()
                .flatMap(view -> view.instances().stream())
                .filter(instance -> !instance.state().isEnd())
                .toList();
        return new Totals(
                snapshot.nodes().stream().filter(Node::takesWork).count(),
                snapshot.nodes().size(),
                live.stream().filter(Tally::serves).count(),
                live.size(),
                snapshot.deployments().size(),
                snapshot.deployments().stream()
                        .filter(view -> needsALook(view.status()))
                        .count());
    }

    private static boolean needsALook(DeploymentStatus status) {
        return Tones.rank(Tones.of(status)) <= Tones.rank("warn");
    }

    private static DeploymentRow deployment(
            DeploymentView view,
            Map<String, String> addresses,
            Map<String, Absence> absences,
            List<SlotVolume> volumes,
            Caller visitor) {
        int revision = view.deployment().revision();
        boolean global = view.deployment().spec().mode() == Mode.GLOBAL;
        int replicas = global
                ? Tally.slots(view.instances())
                : view.deployment().spec().replicas();
        List<Instance> sorted = view.instances().stream().sorted(BY_NEED).toList();
        return new DeploymentRow(
                view.name(),
                view.deployment().spec().image(),
                revision,
                view.status().wireName() + (view.deployment().paused() ? ", paused" : ""),
                Tones.of(view.status()),
                view.deployment().spec().nodeSelector(),
                job(view, Tally.of(view.instances(), revision, replicas)),
                !view.deployment().deleting() && Policy.allows(new Command.Undeploy(view.name()), visitor),
                Buttons.of(view.deployment()),
                sorted.stream()
                        .limit(MAX_INSTANCES)
                        .map(instance -> instance(view.deployment(), instance, addresses, absences))
                        .toList(),
                Math.max(0, sorted.size() - MAX_INSTANCES),
                RunRows.of(view.deployment()),
                VolumeRows.rows(volumes));
    }

    /** Of a job it is said how much of it is done. */
    private static String job(DeploymentView view, Tally tally) {
        JobSpec job = view.deployment().spec().job();
        JobRun run = view.deployment().run();
        if (view.deployment().spec().mode() == Mode.CRON) {
            return RunRows.next(view.deployment());
        }
        return job == null
                ? tally.toString()
                : (run == null ? 0 : run.completed().size()) + "/" + job.completions() + " completed";
    }

    private static InstanceRow instance(
            Deployment of, Instance instance, Map<String, String> addresses, Map<String, Absence> absences) {
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
                                .map(port -> link(port, reachable, addresses.getOrDefault(node, "")))
                                .toList(),
                InstanceWords.reason(instance, of.spec(), absences.get(node)),
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

    private static List<EventRow> events(List<KnitEvent> recent) {
        List<EventRow> rows = new ArrayList<>();
        for (int i = recent.size() - 1; i >= 0 && rows.size() < MAX_EVENTS; i--) {
            KnitEvent event = recent.get(i);
            Instant at = event.at();
            rows.add(new EventRow(
                    event.seq(),
                    at.toString(),
                    NodeRows.CLOCK.format(at),
                    event.type(),
                    Tones.of(event),
                    event.message()));
        }
        return rows;
    }
}
