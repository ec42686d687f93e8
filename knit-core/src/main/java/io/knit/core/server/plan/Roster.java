package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.SlotKey;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which slots a deployment has, as its mode says. For one plan. */
interface Roster {
    /** Those that are filled and replaced, in their order. */
    List<SlotKey> wanted();

    boolean isWanted(SlotKey key);

    /** Whether it is neither filled nor given up now: what is in it stays as it is. */
    default boolean isHeld(SlotKey key) {
        return false;
    }

    /** Why nothing is to be had there now, in words; null: it is filled, or there is no such place any more. */
    default @Nullable String away(SlotKey key) {
        return null;
    }

    /** The number that an instance in it has. */
    int number(SlotKey key);

    /** Why an instance is in a slot that there is no more. */
    String whyNot(Instance surplus);

    static Roster of(Deployment deployment, Collection<Instance> instances, Facts facts) {
        if (deployment.deleting()) {
            return new Numbered(0);
        }
        return switch (deployment.spec().mode()) {
            case REPLICATED -> new Numbered(deployment.spec().replicas());
            case JOB ->
                new Numbered(Objects.requireNonNull(deployment.spec().job()).completions());
            // each run has a roster of its own
            case CRON -> new Numbered(0);
            case GLOBAL -> new EachNode(deployment.spec(), instances, facts);
        };
    }
}
