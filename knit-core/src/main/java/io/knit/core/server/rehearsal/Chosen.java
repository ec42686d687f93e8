package io.knit.core.server.rehearsal;

import io.knit.api.model.Instance;
import io.knit.core.server.schedule.Candidate;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Why an instance is where it is, by the account of the fleet as it will be (pure). */
final class Chosen {
    /** Each asks all nodes. */
    private static final int MOST_ASKED = 200_000;

    private final ClusterState state;
    private final Instant now;
    private int asked;

    Chosen(ClusterState state, Instant now) {
        this.state = state;
        this.now = now;
    }

    /** Empty: there is nothing to say, or it would be too much work. */
    String why(Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        asked += state.fleet().size();
        if (revision == null || asked > MOST_ASKED) {
            return "";
        }
        List<Candidate> candidates =
                Candidate.of(state.fleet().without(instance), anew(instance), revision.spec(), now);
        Candidate taken = candidates.stream()
                .filter(it -> it.node().equals(instance.node()))
                .findFirst()
                .orElse(null);
        if (taken == null) {
            return "";
        }
        if (candidates.size() == 1) {
            return "the only node that fits";
        }
        String of = "of " + candidates.size() + " nodes that fit ";
        String spreadBy = revision.spec().spreadBy();
        return candidates.stream()
                .filter(it -> !it.node().equals(taken.node()))
                .map(other -> taken.against(other, instance.deployment(), spreadBy))
                .filter(words -> !words.isEmpty())
                .findFirst()
                .map(words -> of + "it " + words)
                .orElse(of + "none is better: it has "
                        + Objects.requireNonNull(taken).own() + " of " + instance.deployment()
                        + " beside this one, and " + taken.live() + " of all");
    }

    /** Once it is placed, nothing of its way there counts any more, but for who rejected it: of one that nobody did, it is what it was to leave. */
    private static Instance anew(Instance instance) {
        return instance.attempt() > 0
                ? instance.unprepared()
                : Instance.pending(
                        instance.id(),
                        instance.deployment(),
                        instance.revision(),
                        instance.slot(),
                        0,
                        List.of(),
                        instance.createdAt(),
                        "",
                        instance.createdAt());
    }
}
