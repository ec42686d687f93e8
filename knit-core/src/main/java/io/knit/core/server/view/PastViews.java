package io.knit.core.server.view;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.PastDeployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.history.KeptThen;
import io.knit.core.server.history.PastEntry;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a deployment was, from what the history has of it (pure). */
public final class PastViews {
    private PastViews() {}

    /**
     * At a time.
     *
     * @throws KnitException with {@code NOT_FOUND} where it was not there, {@code FORGOTTEN} where the history does not tell
     */
    public static PastDeployment of(ClusterState state, String name, Instant at, PastEntry found) {
        HistoryEntry entry = found.entry();
        if (entry == null) {
            throw before(state, name, at, found);
        }
        KeptThen then = found.then();
        if (then == null) {
            throw new KnitException(
                    ErrorCode.FORGOTTEN,
                    "the history has no more than the commands of that time, for a release of Knit wrote it that kept no more; GET /history?deployment="
                            + name + " lists them, and GET /deployments/" + name + "/revisions its revisions");
        }
        if (then.revision() == 0) {
            throw notThere(name, at, "the last of it was gone at " + entry.at());
        }
        return new PastDeployment(
                name,
                at,
                entry,
                found.until(),
                then.revision(),
                then.image(),
                then.replicas(),
                spec(state, name, then, entry.at()),
                then.paused(),
                then.deleting(),
                then.rollout(),
                then.past(),
                then.instances() - then.placed().size(),
                then.healthy());
    }

    private static KnitException before(ClusterState state, String name, Instant at, PastEntry found) {
        HistoryEntry oldest = found.next();
        KeptThen then = found.nextThen();
        if (oldest != null
                && then != null
                && then.revision() == 1
                && "deploy".equals(oldest.details().get("kind"))) {
            return notThere(name, at, "it was deployed at " + oldest.at());
        }
        if (oldest != null) {
            return new KnitException(
                    ErrorCode.FORGOTTEN,
                    "the history of " + name + " reaches back to " + oldest.at() + "; give a time from then on");
        }
        return state.deployment(name) == null
                ? new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no deployment named \"" + name
                                + "\", and the history knows of none; GET /history says what was")
                : new KnitException(
                        ErrorCode.FORGOTTEN,
                        "the history says nothing of " + name + "; GET /deployments/" + name + " shows it as it is");
    }

    private static KnitException notThere(String name, Instant at, String why) {
        return new KnitException(
                ErrorCode.NOT_FOUND, "there was no deployment named \"" + name + "\" at " + at + ": " + why);
    }

    /** A deployment that was deployed anew counts its revisions anew, so a number alone is not enough. */
    private static @Nullable DeploymentSpec spec(ClusterState state, String name, KeptThen then, Instant since) {
        Revision kept = state.revision(name, then.revision());
        if (kept == null || kept.createdAt() == null || kept.createdAt().isAfter(since)) {
            return null;
        }
        DeploymentSpec spec = kept.spec();
        return spec.image().equals(then.image()) && spec.replicas() == then.replicas() ? spec : null;
    }
}
