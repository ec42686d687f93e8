package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;

/** What a mode makes sense with. */
public final class ModeRules {
    private ModeRules() {}

    static void check(DeploymentSpec spec, Refusals refusals) {
        if (spec.replicas() != 1) {
            given(spec, refusals);
        }
    }

    /** Of a spec in which {@code replicas} was given, whatever it is. */
    public static void given(DeploymentSpec spec, Refusals refusals) {
        if (spec.mode() != Mode.REPLICATED) {
            refusals.add(
                    "/replicas",
                    INVALID_VALUE,
                    "replicas can't be given with the mode " + spec.mode().wireName()
                            + ", which has an instance for each node; leave it out, or choose nodes with node_selector and constraints");
        }
    }
}
