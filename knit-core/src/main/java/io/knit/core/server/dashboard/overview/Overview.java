package io.knit.core.server.dashboard.overview;

import io.knit.api.command.Caller;
import io.knit.api.model.Absence;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.command.Sight;
import io.knit.core.server.dashboard.show.NodeRows;
import io.knit.core.server.dashboard.show.Tally;
import io.knit.core.server.dashboard.show.Tones;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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
    private static final int MAX_EVENTS = 30;

    record Totals(
            long readyNodes, long nodes, long runningInstances, long instances, long deployments, long troubled) {}

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
        InstanceRow.Where where = new InstanceRow.Where(addresses(snapshot), absences(snapshot, liveness));
        Map<String, List<SlotVolume>> volumes = VolumeRows.of(snapshot);
        int nodes = snapshot.nodes().size() + snapshot.discovered().size();
        return new Overview(
                totals(snapshot),
                deployments.stream()
                        .limit(MAX_ROWS)
                        .map(view ->
                                DeploymentRow.of(view, where, volumes.getOrDefault(view.name(), List.of()), visitor))
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

    private static Map<String, String> addresses(ClusterSnapshot snapshot) {
        Map<String, String> addresses = new HashMap<>();
        snapshot.nodes().forEach(node -> addresses.put(node.id(), node.meshIp() == null ? "" : node.meshIp()));
        return addresses;
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
