package io.knit.core.server.stack;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.core.server.command.Sight;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Takes a whole stack away, each on the revision that was seen. */
public final class StackRemoval {
    private StackRemoval() {}

    /** Of what the caller may see. */
    public static Future<List<DeploymentView>> all(
            Orchestrator orchestrator, String stack, boolean volumes, Caller caller) {
        List<DeploymentView> views = Sight.of(orchestrator.snapshot(), caller).deployments().stream()
                .filter(view ->
                        !stack.isEmpty() && view.deployment().spec().stack().equals(stack))
                .filter(view -> view.status() != DeploymentStatus.DELETING)
                .toList();
        return StackCommands.each(
                lastFirst(views),
                view -> orchestrator.run(
                        new Command.Undeploy(view.name(), view.deployment().revision(), volumes), caller));
    }

    /** What depends on another, or shares its volume, before it; in a circle as they are. */
    private static List<DeploymentView> lastFirst(List<DeploymentView> views) {
        List<DeploymentView> left = new ArrayList<>(views);
        List<DeploymentView> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            List<DeploymentView> free = left.stream()
                    .filter(one -> left.stream().noneMatch(other -> needs(other, one)))
                    .toList();
            List<DeploymentView> next = free.isEmpty() ? List.copyOf(left) : free;
            ordered.addAll(next);
            left.removeAll(next);
        }
        return ordered;
    }

    private static boolean needs(DeploymentView one, DeploymentView other) {
        DeploymentSpec spec = one.deployment().spec();
        return spec.dependsOn().contains(other.name())
                || spec.allVolumes().stream().anyMatch(volume -> volume.of().equals(other.name()));
    }
}
