package io.knit.core.agent.engine;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.agent.reconcile.Action;
import io.knit.core.wire.Assignment;

/** Sees to it that a refusal does not advise what its reader can't do. */
public final class Advice {
    private static final String CHOOSE = "; free it or choose another host_port";

    private static final String ANOTHER = "; choose another host_ip";

    private Advice() {}

    /** The failure's words, of what the node is to have again by itself. */
    public static String later(Failure failure) {
        return failure.words().replace(ANOTHER, "");
    }

    /** The failure's words; nobody chose a host port that was assigned, and nobody need choose another. */
    public static String of(Failure failure, Action action) {
        Assignment assignment = action.assignment();
        DeploymentSpec spec = assignment == null ? null : assignment.spec();
        boolean assigned = spec != null && spec.published().stream().allMatch(port -> port.hostPort() == 0);
        return assigned
                ? failure.words().replace(CHOOSE, "; it was assigned, and the next try takes another one")
                : failure.words();
    }
}
