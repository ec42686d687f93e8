package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.core.rules.node.Match;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Use;
import java.util.List;

/**
 * Takes instances of older revisions over into the present one where that wants nothing else of them: the same container, on a node that it
 * allows. What is still to be fetched or placed is taken over only if nothing of that changed either, so that a mended password, selector
 * or variable is tried at once.
 */
final class Unchanged {
    private final Deployment deployment;
    private final Facts facts;
    private final String container;
    private final List<Match> wanted;

    Unchanged(Deployment deployment, Facts facts) {
        this.deployment = deployment;
        this.facts = facts;
        this.container = facts.container(deployment.revision());
        this.wanted = Match.allOf(deployment.spec());
    }

    /** The same as of the present revision, or itself: it is of that already, or not what that wants. */
    Instance of(Instance instance) {
        DeploymentSpec before = facts.spec(instance.revision());
        boolean taken = instance.revision() != deployment.revision()
                && before != null
                && !container.isEmpty()
                && container.equals(facts.container(instance.revision()))
                && (instance.node() == null
                        ? isOnlyCounted(instance, before)
                        : isFetched(instance, before) && isAllowed(instance.node(), before));
        return taken ? instance.ofRevision(deployment.revision()) : instance;
    }

    /** One of the revision just before; an older one waits for a reason that this revision knows nothing of. */
    private boolean isOnlyCounted(Instance instance, DeploymentSpec before) {
        return instance.revision() == deployment.revision() - 1
                && same(Use.FETCH, before)
                && same(Use.PLACE, before)
                && facts.reads(instance.revision()).equals(facts.reads(deployment.revision()));
    }

    private boolean isFetched(Instance instance, DeploymentSpec before) {
        return instance.state() == InstanceState.RUNNING || same(Use.FETCH, before);
    }

    private boolean isAllowed(String id, DeploymentSpec before) {
        Node node = facts.node(id);
        if (node != null && !node.features().containsAll(SpecTable.features(deployment.spec()))) {
            // its agent would run it on without what is new in it
            return false;
        }
        return same(Use.PLACE, before) || node != null && wanted.stream().allMatch(match -> match.meets(node));
    }

    private boolean same(Use use, DeploymentSpec before) {
        return SpecTable.same(use, before, deployment.spec());
    }
}
