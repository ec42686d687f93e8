package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;

import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.Update;
import io.knit.core.rules.clock.Schedule;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.TendTables;

/** What a mode makes sense with. */
public final class ModeRules {
    private static final String CRON = "a schedule, such as \"cron\": {\"schedule\": \"30 2 * * *\"}";
    private static final FieldLimits SCHEDULE =
            TendTables.CRON.field("schedule").limits();
    private static final String RESTART =
            "restart can't be given with the mode %s: each of its instances is one attempt, and job.retries says how many may fail; leave it out";

    private ModeRules() {}

    static void check(DeploymentSpec spec, Refusals refusals) {
        if (spec.replicas() != 1) {
            given(spec, refusals);
        }
        if (spec.mode() == Mode.CRON && spec.cron() == null) {
            refusals.add("/cron", INVALID_VALUE, "cron is missing; with the mode cron give " + CRON);
        } else if (spec.mode() != Mode.CRON && spec.cron() != null) {
            refusals.add(
                    "/cron",
                    INVALID_VALUE,
                    "cron is given with the mode " + spec.mode().wireName()
                            + ", which does not run by the clock; give \"mode\": \"cron\", or leave it out");
        } else if (spec.cron() != null) {
            cron(spec.cron(), refusals);
        }
        if (spec.mode().runsToAnEnd()) {
            job(spec, refusals);
        } else if (spec.job() != null) {
            refusals.add(
                    "/job",
                    INVALID_VALUE,
                    "job is given with the mode " + spec.mode().wireName()
                            + ", which is not run to an end; give \"mode\": \"job\", or leave it out");
        }
    }

    private static void cron(CronSpec cron, Refusals refusals) {
        boolean isLong = cron.schedule().length() > SCHEDULE.length();
        String fault = isLong
                ? "is longer than " + SCHEDULE.length() + " characters; " + "give " + CRON
                : Schedule.scheduleFault(cron.schedule());
        if (fault != null) {
            String shown = isLong ? "" : "is " + Pointers.quoted(cron.schedule()) + ", which ";
            refusals.add("/cron/schedule", INVALID_VALUE, "cron.schedule " + shown + fault);
        }
        String zone = Schedule.zoneFault(cron.timeZone());
        if (zone != null) {
            refusals.add(
                    "/cron/time_zone",
                    INVALID_VALUE,
                    "cron.time_zone is " + Pointers.quoted(cron.timeZone()) + ", which " + zone);
        }
    }

    private static void job(DeploymentSpec spec, Refusals refusals) {
        RestartSpec restart = spec.restart();
        if (restart.condition() != RestartSpec.Condition.NEVER || restart.attempts() != 0) {
            refusals.add(
                    "/restart", INVALID_VALUE, RESTART.formatted(spec.mode().wireName()));
        }
        if (!spec.update().equals(Update.DEFAULT)) {
            refusals.add(
                    "/update",
                    INVALID_VALUE,
                    "update can't be given with the mode " + spec.mode().wireName()
                            + ": a job that is changed is run anew, not replaced bit by bit; leave it out");
        }
    }

    /** Of a spec in which {@code restart} was given with another condition than never. */
    public static void restartGiven(DeploymentSpec spec, Refusals refusals) {
        if (spec.mode().runsToAnEnd() && spec.restart().equals(RestartSpec.ONCE)) {
            refusals.add(
                    "/restart", INVALID_VALUE, RESTART.formatted(spec.mode().wireName()));
        }
    }

    /** Of a spec in which {@code replicas} was given, whatever it is. */
    public static void given(DeploymentSpec spec, Refusals refusals) {
        if (spec.mode() != Mode.REPLICATED) {
            refusals.add(
                    "/replicas",
                    INVALID_VALUE,
                    "replicas can't be given with the mode " + spec.mode().wireName()
                            + (spec.mode().runsToAnEnd()
                                    ? "; leave it out, and say with job.completions and job.parallelism how many there are"
                                    : ", which has an instance for each node; leave it out, or choose nodes with node_selector and constraints"));
        }
    }
}
