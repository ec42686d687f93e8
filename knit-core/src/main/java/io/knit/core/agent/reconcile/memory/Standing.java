package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.InstanceState;
import org.jspecify.annotations.Nullable;

/**
 * How far an instance came, and in which words that is said.
 *
 * @param state never goes back
 * @param words the reason that goes with the state; made when something happened, so that it does not change by itself
 * @param exitCode with which it ended and is not started again; null: it is not over, or nobody knows
 */
record Standing(InstanceState state, String words, @Nullable Integer exitCode) {
    /** Of one that nothing was done for yet. */
    static final Standing NEW = new Standing(InstanceState.ASSIGNED, "", null);

    /** It came so far, if it was not further already. */
    Standing reached(InstanceState next, String said) {
        return new Standing(max(next), said, exitCode);
    }

    /** Its container runs: it came so far, if it was not further already, and is not over. */
    Standing runs(InstanceState next, String said) {
        return new Standing(max(next), said, null);
    }

    /** It is there now, from wherever it came. */
    Standing at(InstanceState next, String said) {
        return new Standing(next, said, exitCode);
    }

    Standing saying(String said) {
        return new Standing(state, said, exitCode);
    }

    private InstanceState max(InstanceState next) {
        return state.compareTo(next) < 0 ? next : state;
    }
}
