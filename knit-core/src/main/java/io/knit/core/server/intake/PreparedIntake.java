package io.knit.core.server.intake;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Preparation;
import io.knit.core.server.plan.Retries;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.Prepared;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes what a heartbeat says of the instances that its node makes ready (pure). */
final class PreparedIntake {
    private static final int LONGEST_REFUSAL = 1_000;

    private PreparedIntake() {}

    /** What it changes; empty if it says nothing new. */
    static List<Change> decide(ClusterState state, String node, @Nullable List<Prepared> said) {
        List<Change> changes = new ArrayList<>();
        for (Prepared prepared : said == null ? List.<Prepared>of() : said) {
            Instance known =
                    prepared == null || prepared.instance() == null ? null : state.instance(prepared.instance());
            if (known != null && isAsked(known, node, prepared)) {
                changes.add(new Change.PutInstance(after(known, node, prepared.refusal(), state.served())));
            }
        }
        return changes;
    }

    private static boolean isAsked(Instance known, String node, Prepared prepared) {
        Preparation preparation = known.preparation();
        return known.state() == InstanceState.PENDING
                && preparation != null
                && !preparation.done()
                && preparation.node().equals(node)
                && known.attempt() == prepared.attempt();
    }

    private static Instance after(Instance known, String node, @Nullable String refusal, Instant served) {
        if (refusal == null) {
            return known.prepared(served);
        }
        String words = PlainText.of(refusal, LONGEST_REFUSAL);
        return known.notPrepared(
                node + " could not prepare it: " + words, served.plus(Retries.after(known.attempt() + 1)));
    }
}
