package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Plan;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.KnitEvent;

/** What a caller sees of what there is (pure): of deployments those that his role counts for, and nodes and what happens to them. */
public final class Sight {
    private Sight() {}

    /** The same where he sees everything. */
    public static ClusterSnapshot of(ClusterSnapshot whole, Caller caller) {
        if (caller.isForAll()) {
            return whole;
        }
        return new ClusterSnapshot(
                whole.cluster(),
                whole.revision(),
                whole.lastEvent(),
                whole.deployments().stream()
                        .filter(view -> caller.isFor(view.name()))
                        .toList(),
                whole.nodes(),
                whole.peers(),
                whole.volumes().stream()
                        .filter(volume -> caller.isFor(volume.deployment()))
                        .toList());
    }

    /** What becomes of others is theirs. */
    public static Plan of(Plan whole, Caller caller) {
        if (caller.isForAll()) {
            return whole;
        }
        return new Plan(
                whole.command(),
                whole.state(),
                whole.changes(),
                whole.whole(),
                whole.diff(),
                whole.steps().stream()
                        .filter(step -> caller.isFor(step.deployment()))
                        .toList(),
                whole.services().stream()
                        .filter(service -> caller.isFor(service.deployment()))
                        .toList(),
                whole.nextRuns());
    }

    /** Whether he is told of this. */
    public static boolean shows(KnitEvent event, Caller caller) {
        if (event.deployment() != null) {
            return caller.isFor(event.deployment());
        }
        // who may see some deployments sees nodes, and nothing of what only who sees all may ask for
        return caller.isForAll() || event.type().startsWith("node.");
    }
}
