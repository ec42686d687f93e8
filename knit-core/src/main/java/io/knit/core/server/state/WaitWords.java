package io.knit.core.server.state;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.core.server.schedule.fit.Waiting;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Why an instance waits, as people read it: what was decided for it alone, and why no node fits, which is kept once for all that wish the
 * same (pure).
 */
public final class WaitWords {
    /** Of one that nobody has found a node for yet, nor looked for in vain. */
    private static final String TURN = "waits to be placed";

    private WaitWords() {}

    /** The instance with its whole reason. */
    public static Instance whole(Instance instance, List<Waiting> waits) {
        if (instance.node() != null || instance.state() != InstanceState.PENDING || !isRefused(instance)) {
            return instance;
        }
        return of(instance, waits)
                .map(waiting -> because(instance, waiting.refusal().sentence()))
                .orElseGet(() -> because(instance, TURN));
    }

    /** What it waits for; of one whose volumes hold it that, which others of its revision do not. */
    private static Optional<Waiting> of(Instance instance, List<Waiting> waits) {
        return waits.stream()
                .filter(waiting -> waiting.wish().isOf(instance))
                .min(Comparator.comparing(waiting -> waiting.wish().pin() == null));
    }

    private static Instance because(Instance instance, String sentence) {
        return instance.because(instance.reason().isEmpty() ? sentence : instance.reason() + "; " + sentence);
    }

    /** What is decided for one that no node fits: nothing but what the nodes said before. */
    public static Instance refused(Instance instance) {
        return instance.because(tried(instance));
    }

    private static boolean isRefused(Instance instance) {
        boolean isReady =
                instance.preparation() == null || instance.preparation().done();
        return isReady && instance.reason().equals(tried(instance));
    }

    private static String tried(Instance instance) {
        return instance.tried() == null ? "" : instance.tried();
    }
}
