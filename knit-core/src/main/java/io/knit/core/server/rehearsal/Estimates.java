package io.knit.core.server.rehearsal;

import io.knit.api.command.Plan.Downtime;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.spi.Durations;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.Features;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long a slot is without one that works, by what its specs allow and what was seen before (pure). */
final class Estimates {
    private final ClusterState state;

    Estimates(ClusterState state) {
        this.state = state;
    }

    /** Of one that is stopped before its successor is started; {@code to} is where that is, or null: nowhere. */
    Downtime between(Instance old, @Nullable String to) {
        if (to == null) {
            return new Downtime(null, "until a node fits");
        }
        Duration grace = grace(old);
        String stops = "stopping takes at most its grace of " + Durations.text(grace);
        Optional<Seen> start = start(old.deployment());
        String starts = start.map(seen ->
                        "; then it starts in about " + Durations.text(seen.took) + ", as " + seen.instance + " did")
                .orElse("; how long it takes to start is not known and not counted: none of it was seen to");
        String pulls = pullsThen(to)
                ? "; " + to + "'s agent fetches the image only then, which is not counted if it is not there yet"
                : "";
        return new Downtime(grace.plus(start.map(Seen::took).orElse(Duration.ZERO)), stops + starts + pulls);
    }

    private Duration grace(Instance old) {
        Revision revision = state.revision(old.deployment(), old.revision());
        DeploymentSpec spec = revision == null ? null : revision.spec();
        return spec == null ? Duration.ZERO : spec.stop().grace();
    }

    private record Seen(String instance, Instant at, Duration took) {}

    /** How long the newest took from its placing until it worked; where the image was fetched in between, with that. */
    private Optional<Seen> start(String deployment) {
        return state.instancesOf(deployment).stream()
                .filter(it -> it.isHealthy() && it.restarts() == 0)
                .map(it -> new Seen(
                        it.id(),
                        it.healthySince(),
                        Duration.between(it.decided().begun(), it.healthySince())))
                .filter(seen -> !seen.took.isNegative())
                .max(Comparator.comparing(Seen::at).thenComparing(Seen::instance));
    }

    private boolean pullsThen(String node) {
        Node known = state.node(node);
        return known != null && !known.features().contains(Features.PREPARE);
    }
}
