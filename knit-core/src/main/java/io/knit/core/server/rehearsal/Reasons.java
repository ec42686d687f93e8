package io.knit.core.server.rehearsal;

import io.knit.api.model.Instance;
import io.knit.core.server.schedule.Choice;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Why an instance is where it is, by the account of the fleet as it will be (pure). */
final class Reasons {
    /** Each asks all nodes. */
    private static final int MOST_ASKED = 200_000;

    private final ClusterState state;
    private final Instant now;
    private int asked;

    Reasons(ClusterState state, Instant now) {
        this.state = state;
        this.now = now;
    }

    /** Empty: there is nothing to say, or it would be too much work. */
    String chosen(Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        asked += state.fleet().size();
        if (revision == null || asked > MOST_ASKED) {
            return "";
        }
        // once it is placed, nothing of its way there counts any more
        List<Choice> choices = Choice.of(state.fleet().without(instance), instance.unprepared(), revision.spec(), now);
        Choice taken = choices.stream()
                .filter(it -> it.node().equals(instance.node()))
                .findFirst()
                .orElse(null);
        if (taken == null) {
            return "";
        }
        if (choices.size() == 1) {
            return "the only node that fits";
        }
        String of = "of " + choices.size() + " nodes that fit ";
        String spreadBy = revision.spec().spreadBy();
        return choices.stream()
                .filter(it -> !it.node().equals(taken.node()))
                .map(other -> taken.against(other, instance.deployment(), spreadBy))
                .filter(words -> !words.isEmpty())
                .findFirst()
                .map(words -> of + "it " + words)
                .orElse(of + "none is better: it has "
                        + Objects.requireNonNull(taken).own() + " of " + instance.deployment()
                        + " beside this one, and " + taken.live() + " of all");
    }
}
