package io.knit.api.history;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Rollout;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a deployment was at a time, as the history has it: as the newest entry about it left it that is not later. What was wanted is exact;
 * what its instances did is as of that entry. Immutable.
 *
 * @param at the time that was asked for
 * @param entry the newest entry at or before that time
 * @param until when the next entry was made, or null: there is none yet
 * @param revision the one in force
 * @param spec of that revision, with its secrets; null: it is no longer kept
 * @param deleting whether it was undeployed and waited for its last instances to stop
 * @param rollout how far it had come with that revision
 * @param instances at most 20 of those that were to run
 * @param more how many more were to run
 * @param healthy how many of all did their work
 */
public record PastDeployment(
        String name,
        Instant at,
        HistoryEntry entry,
        @Nullable Instant until,
        int revision,
        String image,
        int replicas,
        @Nullable DeploymentSpec spec,
        boolean paused,
        boolean deleting,
        Rollout rollout,
        List<PastInstance> instances,
        int more,
        int healthy) {
    public PastDeployment {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(rollout, "rollout");
        instances = List.copyOf(instances);
    }

    /**
     * An instance as it was.
     *
     * @param slot its slot's number or name
     * @param node the node's id, or null: it had none yet
     * @param state as people are told it, such as {@code running}
     */
    public record PastInstance(
            String id, int revision, String slot, @Nullable String node, String state, boolean healthy) {
        public PastInstance {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(slot, "slot");
            Objects.requireNonNull(state, "state");
        }
    }
}
