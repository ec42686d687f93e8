package io.knit.core.server.dashboard.volume;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.command.Policy;
import io.knit.core.server.dashboard.show.NodeRows;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the page of volumes shows: those that the visitor may see, first those whose deployment is gone. It is bounded, whatever the
 * fleet's size.
 *
 * @param more that are not shown
 * @param nodes that a slot may be moved to, for all rows together; empty if none is moved
 * @param moreNodes that are not among them, and may be typed
 */
record VolumeList(List<Row> rows, int more, List<String> nodes, int moreNodes) {
    private static final int SHOWN = 500;

    /**
     * One of them.
     *
     * @param gone whether its deployment is
     * @param use which instance has it; empty: none
     * @param words what is to be said of it
     * @param removes whether it may be removed
     * @param moves whether its slot may be moved to another node
     * @param copies whether what is in it may be downloaded
     * @param restores whether it may be made anew from a tar
     * @param address of it on the dashboard, without what is done to it
     * @param cancels whether its slot's move may be ended
     */
    record Row(
            String deployment,
            boolean gone,
            String slot,
            String name,
            String node,
            String since,
            String clock,
            String use,
            List<String> words,
            boolean removes,
            boolean moves,
            boolean cancels,
            boolean copies,
            boolean restores,
            String address,
            String query) {}

    static VolumeList of(Orchestrator orchestrator, Caller visitor) {
        ClusterSnapshot snapshot = orchestrator.snapshot();
        List<String> nodes = snapshot.nodes().stream()
                .filter(Node::takesWork)
                .map(Node::id)
                .sorted()
                .toList();
        Map<String, Mode> modes = snapshot.deployments().stream()
                .collect(Collectors.toMap(
                        DeploymentView::name, view -> view.deployment().spec().mode()));
        List<VolumeView> volumes = orchestrator.volumes(visitor);
        List<Row> rows = volumes.stream()
                .sorted(Comparator.comparing(
                        (VolumeView view) -> modes.containsKey(view.volume().deployment())))
                .limit(SHOWN)
                .map(view -> row(view, modes.get(view.volume().deployment()), nodes, visitor))
                .toList();
        List<String> offered =
                rows.stream().anyMatch(Row::moves) ? nodes.subList(0, Math.min(SHOWN, nodes.size())) : List.of();
        return new VolumeList(
                rows, volumes.size() - rows.size(), offered, offered.isEmpty() ? 0 : nodes.size() - offered.size());
    }

    /** @param mode of its deployment; null: that is gone */
    private static Row row(VolumeView view, @Nullable Mode mode, List<String> nodes, Caller visitor) {
        SlotVolume volume = view.volume();
        boolean may = Policy.allows(new Command.Undeploy(volume.deployment()), visitor);
        boolean moves = may
                && volume.isInForce()
                && view.move() == null
                && mode == Mode.REPLICATED
                && !nodes.isEmpty()
                && !nodes.equals(List.of(volume.node()));
        return new Row(
                volume.deployment(),
                mode == null,
                volume.slot(),
                volume.name(),
                volume.node(),
                volume.since().toString(),
                NodeRows.CLOCK.format(volume.since()),
                view.user() == null ? "" : view.user(),
                words(view),
                may && volume.removing() == null,
                moves,
                may && view.move() != null,
                may,
                may && view.move() == null && view.user() == null && volume.removing() == null,
                String.join(
                        "/",
                        VolumePages.PATH,
                        escaped(volume.deployment()),
                        escaped(volume.slot()),
                        escaped(volume.name())),
                "?node=" + escaped(volume.node()));
    }

    private static String escaped(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static List<String> words(VolumeView view) {
        List<String> words = new ArrayList<>();
        SlotMove move = view.move();
        if (move != null) {
            words.add("its slot moves from " + move.from() + " to " + move.to() + ": "
                    + (move.copying() ? "it is copied" : "what runs of it stops first"));
        }
        if (view.volume().movedTo() != null) {
            words.add("the old copy: its slot was moved to " + view.volume().movedTo());
        }
        if (!view.awaits().isEmpty()) {
            words.add("is to go; " + view.awaits());
        } else if (!view.away().isEmpty()) {
            words.add(view.away());
        }
        return words;
    }
}
