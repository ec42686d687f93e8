package io.knit.core.server.meter;

import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.StartTimes;
import io.knit.core.server.state.Commit;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads off commits how long starts and rollouts took. What began before this server did, or so many ago that it is forgotten, is not counted.
 * Loop-bound.
 */
public final class CourseTimes {
    private static final int MOST = 10_000;

    private final Meters meters;

    /** When the rollouts under way began, by deployment. */
    private final Map<String, Instant> rollouts = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST;
        }
    };

    public CourseTimes(Meters meters) {
        this.meters = meters;
    }

    /** To be called after each commit. */
    public void committed(Commit commit) {
        commit.events().forEach(event -> told(event, commit));
    }

    private void told(KnitEvent event, Commit commit) {
        String deployment = event.deployment();
        Instance instance = event.instance() == null ? null : commit.after().instance(event.instance());
        switch (event.type()) {
            case "instance.assigned" -> placed(instance, event.at());
            case "instance.running" -> runs(instance);
            case "deployment.created", "deployment.updated", "deployment.rolled_back" -> {
                if (deployment != null) {
                    if (event.type().endsWith("rolled_back")) {
                        ended(deployment, RolloutEnd.ROLLED_BACK, event.at());
                    }
                    rollouts.put(deployment, event.at());
                }
            }
            case "deployment.done" -> ended(deployment, RolloutEnd.DONE, event.at());
            case "deployment.failed" -> ended(deployment, RolloutEnd.FAILED, event.at());
            case "deployment.deleted" -> rollouts.remove(String.valueOf(deployment));
            default -> {
                // says nothing of how long anything took
            }
        }
    }

    private void placed(@Nullable Instance instance, Instant at) {
        if (instance != null) {
            meters.phase(StartPhase.PLACED, between(instance.createdAt(), at));
        }
    }

    private void runs(@Nullable Instance instance) {
        if (instance == null) {
            return;
        }
        StartTimes times = instance.observed().start();
        phase(StartPhase.WAITED, times.waited());
        phase(StartPhase.PULLED, times.pulled());
        phase(StartPhase.CREATED, times.created());
        phase(StartPhase.STARTED, times.started());
        phase(StartPhase.HEALTHY, times.healthy());
    }

    private void phase(StartPhase phase, @Nullable Duration took) {
        if (took != null) {
            meters.phase(phase, took);
        }
    }

    private void ended(@Nullable String deployment, RolloutEnd end, Instant at) {
        Instant began = deployment == null ? null : rollouts.remove(deployment);
        if (began != null) {
            meters.rollout(end, between(began, at));
        }
    }

    /** A clock that was set back makes no time negative. */
    private static Duration between(Instant from, Instant until) {
        Duration took = Duration.between(from, until);
        return took.isNegative() ? Duration.ZERO : took;
    }
}
