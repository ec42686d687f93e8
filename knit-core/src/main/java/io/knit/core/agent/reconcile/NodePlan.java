package io.knit.core.agent.reconcile;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What to do now, one action per instance.
 *
 * @param actions ordered by instance
 */
public record NodePlan(List<Action> actions) {
    static final NodePlan NOTHING = new NodePlan(List.of());

    public NodePlan {
        actions = List.copyOf(actions);
    }

    /** The instances with this step, in order. */
    public List<String> with(ActionKind step) {
        return actions.stream()
                .filter(action -> action.step() == step)
                .map(Action::instance)
                .toList();
    }

    /** When to plan again though nothing happened; empty: not needed. */
    public Optional<Duration> again() {
        return actions.stream()
                .map(Action::until)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .min(Comparator.naturalOrder());
    }
}
