package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.Update;

/** What a mode makes sense with. */
public final class ModeRules {
    private static final String RESTART =
            "restart can't be given with the mode job: each of its instances is one attempt, and job.retries says how many may fail; leave it out";

    private ModeRules() {}

    static void check(DeploymentSpec spec, Refusals refusals) {
        if (spec.replicas() != 1) {
            given(spec, refusals);
        }
        if (spec.mode() == Mode.JOB) {
            job(spec, refusals);
        } else if (spec.job() != null) {
            refusals.add(
                    "/job",
                    INVALID_VALUE,
                    "job is given with the mode " + spec.mode().wireName()
                            + ", which is not run to an end; give \"mode\": \"job\", or leave it out");
        }
    }

    private static void job(DeploymentSpec spec, Refusals refusals) {
        RestartSpec restart = spec.restart();
        if (restart.condition() != RestartSpec.Condition.NEVER || restart.attempts() != 0) {
            refusals.add("/restart", INVALID_VALUE, RESTART);
        }
        if (!spec.update().equals(Update.DEFAULT)) {
            refusals.add(
                    "/update",
                    INVALID_VALUE,
                    "update can't be given with the mode job: a job that is changed is run anew, not replaced bit by bit; leave it out");
        }
    }

    /** Of a spec in which {@code restart} was given with another condition than never. */
    public static void restartGiven(DeploymentSpec spec, Refusals refusals) {
        if (spec.mode() == Mode.JOB && spec.restart().equals(RestartSpec.ONCE)) {
            refusals.add("/restart", INVALID_VALUE, RESTART);
        }
    }

    /** Of a spec in which {@code replicas} was given, whatever it is. */
    public static void given(DeploymentSpec spec, Refusals refusals) {
        if (spec.mode() != Mode.REPLICATED) {
            refusals.add(
                    "/replicas",
                    INVALID_VALUE,
                    "replicas can't be given with the mode " + spec.mode().wireName()
                            + (spec.mode() == Mode.JOB
                                    ? "; leave it out, and say with job.completions and job.parallelism how many there are"
                                    : ", which has an instance for each node; leave it out, or choose nodes with node_selector and constraints"));
        }
    }
}
