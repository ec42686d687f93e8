package io.knit.core.server.dashboard;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the page of volumes shows: those that the visitor may see, first those whose deployment is gone. */
record VolumeList(List<Row> rows, int more) {
    private static final int SHOWN = 500;

    /**
     * One of them.
     *
     * @param gone whether its deployment is
     * @param use which instance has it; empty: none
     * @param words what is to be said of it
     * @param removes whether it may be removed
     * @param targets nodes that its slot may be moved to; empty: it is not moved
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
            List<String> targets,
            boolean cancels) {}

    static VolumeList of(Orchestrator orchestrator, Caller visitor) {
        ClusterSnapshot snapshot = orchestrator.snapshot();
        List<String> nodes = snapshot.nodes().stream()
                .filter(Node::takesWork)
                .map(Node::id)
                .sorted()
                .toList();
        List<Row> rows = orchestrator.volumes(visitor).stream()
                .map(view -> row(view, orchestrator.deployment(view.volume().deployment()), nodes, visitor))
                .sorted(Comparator.comparing((Row row) -> !row.gone()))
                .toList();
        return new VolumeList(rows.stream().limit(SHOWN).toList(), Math.max(0, rows.size() - SHOWN));
    }

    private static Row row(VolumeView view, Optional<DeploymentView> of, List<String> nodes, Caller visitor) {
        SlotVolume volume = view.volume();
        boolean may = Policy.allows(new Command.Undeploy(volume.deployment()), visitor);
        boolean moves = may
                && volume.isInForce()
                && view.move() == null
                && of.filter(it -> it.deployment().spec().mode() == Mode.REPLICATED)
                        .isPresent();
        return new Row(
                volume.deployment(),
                of.isEmpty(),
                volume.slot(),
                volume.name(),
                volume.node(),
                volume.since().toString(),
                NodeRows.CLOCK.format(volume.since()),
                view.user() == null ? "" : view.user(),
                words(view),
                may && volume.removing() == null,
                moves
                        ? nodes.stream()
                                .filter(node -> !node.equals(volume.node()))
                                .toList()
                        : List.of(),
                may && view.move() != null);
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
