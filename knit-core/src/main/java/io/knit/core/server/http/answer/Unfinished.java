package io.knit.core.server.http.answer;

import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import java.util.List;
import java.util.stream.Collectors;

/** The instances for which a deployment is waited for. */
public final class Unfinished {
    private static final int TOLD = 3;

    private Unfinished() {}

    /** {@code : web-0-a is starting on n1: …; and 4 more}; empty where there is none. */
    public static String words(DeploymentView view) {
        boolean leaves = view.status() == DeploymentStatus.DELETING;
        List<Instance> behind = view.instances().stream()
                .filter(it -> leaves ? !it.state().isEnd() : isBehind(view, it))
                .toList();
        return words(behind);
    }

    /** The same of these. */
    public static String words(List<Instance> behind) {
        if (behind.isEmpty()) {
            return "";
        }
        String more = behind.size() > TOLD ? "; and " + (behind.size() - TOLD) + " more" : "";
        return ": " + behind.stream().limit(TOLD).map(Unfinished::words).collect(Collectors.joining("; ")) + more;
    }

    /** What is of an older revision goes when the newer one's turn has come, and says nothing of why it has not. */
    private static boolean isBehind(DeploymentView view, Instance instance) {
        return instance.revision() == view.deployment().revision() && instance.isLive() && !instance.isHealthy();
    }

    private static String words(Instance instance) {
        String where = instance.node() == null ? "" : " on " + instance.node();
        String why = instance.reason().isEmpty() ? "" : ": " + instance.reason();
        return instance.id() + " is " + instance.shown().wireName() + where + why;
    }
}
