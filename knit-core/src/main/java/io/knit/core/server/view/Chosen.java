package io.knit.core.server.view;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.Order;
import io.knit.core.server.schedule.Candidate;
import io.knit.core.server.schedule.wish.Pins;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What speaks for where an instance is, by the account of the fleet in a state (pure). */
final class Chosen {
    private static final String BY = "by the fleet as it is now: ";

    private final ClusterState state;
    private final Instant now;
    private final int most;
    private int asked;

    /** @param most so many nodes are asked in all: each instance asks every one */
    Chosen(ClusterState state, Instant now, int most) {
        this.state = state;
        this.now = now;
        this.most = most;
    }

    /**
     * Of one that was placed some time ago: what speaks for its node now, which need not be why it was chosen then; and that another would be better. Empty:
     * there is nothing to say, or it would be too much work.
     */
    String now(Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        boolean there = instance.node() != null
                && instance.order() == Order.RUN
                && !instance.state().isEnd();
        if (!there || revision == null || revision.spec().mode() == Mode.GLOBAL) {
            return "";
        }
        DeploymentSpec spec = revision.spec();
        Pins.Pin pin = state.pins(spec).of(instance);
        if (pin != null) {
            String volume = pin.of().isEmpty()
                    ? "its volume " + pin.volume()
                    : "the volume " + pin.volume() + " of " + pin.of() + ", which it shares,";
            return pin.node().equals(instance.node()) ? BY + volume + " is there" : "";
        }
        List<Candidate> candidates = candidates(instance, revision);
        Candidate taken = taken(candidates, instance);
        if (taken == null) {
            return asked > most ? "" : BY + "it would not be placed there";
        }
        Candidate best = candidates.get(0);
        return best.isBetterThan(taken)
                ? BY + best.node() + " would be better: it "
                        + best.against(taken, instance.deployment(), spec.spreadBy())
                : BY + why(instance, spec, candidates, taken);
    }

    private List<Candidate> candidates(Instance instance, @Nullable Revision revision) {
        asked += state.fleet().size();
        return revision == null || asked > most
                ? List.of()
                : Candidate.of(state.fleet().without(instance), anew(instance), revision.spec(), now);
    }

    private static @Nullable Candidate taken(List<Candidate> candidates, Instance instance) {
        return candidates.stream()
                .filter(it -> it.node().equals(instance.node()))
                .findFirst()
                .orElse(null);
    }

    private static String why(Instance instance, DeploymentSpec spec, List<Candidate> candidates, Candidate taken) {
        if (candidates.size() == 1) {
            return "the only node that fits";
        }
        String of = "of " + candidates.size() + " nodes that fit ";
        String spreadBy = spec.spreadBy();
        return candidates.stream()
                .filter(it -> !it.node().equals(taken.node()))
                .map(other -> taken.against(other, instance.deployment(), spreadBy))
                .filter(words -> !words.isEmpty())
                .findFirst()
                .map(words -> of + "it " + words)
                .orElse(of + "none is better: it has "
                        + taken.own() + " of " + instance.deployment()
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
