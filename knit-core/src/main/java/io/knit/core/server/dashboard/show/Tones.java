package io.knit.core.server.dashboard.show;

import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import java.util.Comparator;
import java.util.List;

/** Which colour says it: {@code good}, {@code busy}, {@code warn}, {@code bad} or {@code quiet}; classes of the style sheet. */
public final class Tones {
    private static final List<String> WORST_FIRST = List.of("bad", "warn", "busy", "good", "quiet");

    /** What is over comes after what is as bad and is not. */
    public static final Comparator<Instance> BY_NEED = Comparator.comparingInt(
                    (Instance instance) -> rank(of(instance)))
            .thenComparing(instance -> instance.state().isEnd())
            .thenComparing(Instance::slotKey)
            .thenComparing(Comparator.comparingInt(Instance::revision).reversed());

    private Tones() {}

    /** Of a list that is cut, what needs a look is left: the lower, the sooner. */
    public static int rank(String tone) {
        return WORST_FIRST.indexOf(tone);
    }

    public static String of(DeploymentStatus status) {
        return switch (status) {
            case RUNNING, COMPLETED -> "good";
            case DEPLOYING -> "busy";
            case PENDING -> "warn";
            case DEGRADED, FAILED -> "bad";
            case DELETING -> "quiet";
        };
    }

    public static String of(JobRun.Phase phase) {
        return switch (phase) {
            case RUNNING -> "busy";
            case COMPLETED -> "good";
            case FAILED -> "bad";
            case REPLACED -> "warn";
        };
    }

    public static String of(Instance instance) {
        if (instance.failing() && !instance.state().isEnd()) {
            return "bad";
        }
        return switch (instance.shown()) {
            case RUNNING -> !instance.isHealthy() ? "busy" : instance.reason().isEmpty() ? "good" : "warn";
            case ASSIGNED, PREPARING, STARTING -> "busy";
            case PENDING -> "warn";
            case FAILED, REJECTED, LOST -> "bad";
            case STOPPING, STOPPED, COMPLETED -> "quiet";
        };
    }

    public static String of(Node node) {
        return switch (node.state()) {
            case READY -> !node.condition().isEmpty() ? "bad" : NodeRows.isResting(node) ? "quiet" : "good";
            case SUSPECT -> "warn";
            case DOWN -> "bad";
            case DISCOVERED -> "quiet";
        };
    }

    public static String of(KnitEvent event) {
        return ofEvent(event.type());
    }

    /** Of an event of this type. */
    public static String ofEvent(String type) {
        String what = type.substring(type.indexOf('.') + 1);
        return switch (what) {
            case "running", "ready", "healthy", "completed" -> "good";
            case "failed", "rejected", "lost", "down", "unhealthy" -> "bad";
            case "pending", "suspect", "skipped", "replaced" -> "warn";
            case "stopped", "stopping", "deleting", "deleted", "discovered", "paused", "drained" -> "quiet";
            default -> "busy";
        };
    }
}
