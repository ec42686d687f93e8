package io.knit.api.embed;

import io.knit.api.model.DeploymentSpec;
import java.util.List;

/**
 * A rule of who embeds a server, beside Knit's own: whether a spec may be taken. It is asked for each spec that keeps Knit's own rules, before it is stored
 * and in dry runs, also what a scaling or a restart that pulls makes of what is deployed; what is stored already, and so a rollback, is not asked for again.
 *
 * <p>Obligations: 1. the same spec has the same answer, for it may be asked more than once; 2. it may be called by several threads at once; 3. it may block
 * (it runs on threads for rules alone, never on the control loop), and is interrupted and counts as failed after 10 s. One that fails or throws refuses
 * the spec, in words.
 */
@FunctionalInterface
public interface SpecRule {
    /**
     * All that speaks against a spec.
     *
     * @return empty: nothing
     */
    List<SpecRefusal> refusals(DeploymentSpec spec);
}
