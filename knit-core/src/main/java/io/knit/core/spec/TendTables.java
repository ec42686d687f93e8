package io.knit.core.spec;

import static io.knit.core.spec.Field.choice;
import static io.knit.core.spec.Field.duration;
import static io.knit.core.spec.Field.flag;
import static io.knit.core.spec.Field.number;
import static io.knit.core.spec.Field.object;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.textMap;
import static io.knit.core.spec.Field.texts;

import io.knit.api.model.CronSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.JobSpec;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.model.TcpCheck;
import java.time.Duration;

/** What is in a spec of how a node looks after a container: the rows of those records. */
public final class TendTables {
    private static final int PORTS = 65_535;
    private static final Duration LONGEST_SILENCE = Duration.ofDays(30);

    public static final Table<HttpCheck> HTTP = Table.of(
            HttpCheck.class,
            given -> new HttpCheck("/", given.number("port")),
            text("path", HttpCheck::path)
                    .length(1024)
                    .pattern("/[\\x21-\\x7e]*")
                    .doc("what is asked for, with its query; begins with `/`"),
            number("port", HttpCheck::port, 1, PORTS).required().doc("the container's, {range}"),
            text("status", HttpCheck::status)
                    .length(7)
                    .pattern("[1-5][0-9][0-9](-[1-5][0-9][0-9])?")
                    .doc("what it must answer: a status such as `204`, or a range. A redirect is not followed"),
            textMap("headers", HttpCheck::headers)
                    .confidential()
                    .entries(32)
                    .keys(128, "[A-Za-z0-9-]+")
                    .length(4096)
                    .doc("sent along; shown to who may read the deployment"));

    public static final Table<TcpCheck> TCP = Table.of(
            TcpCheck.class,
            given -> new TcpCheck(given.number("port")),
            number("port", TcpCheck::port, 1, PORTS).required().doc("the container's, {range}"));

    public static final Table<HealthSpec> HEALTH = Table.of(
            HealthSpec.class,
            given -> HealthSpec.IMAGE,
            object("http", HealthSpec::http, HTTP)
                    .unlessGiven("none")
                    .doc("a `GET` to the container's own address that must be answered with a status of its range"),
            object("tcp", HealthSpec::tcp, TCP)
                    .unlessGiven("none")
                    .doc("a connection to the container's own address that must come about"),
            texts("exec", HealthSpec::exec)
                    .entries(64)
                    .length(4096)
                    .unlessGiven("none")
                    .doc("a command in the container that must end with 0"),
            flag("disabled", HealthSpec::disabled)
                    .doc("`true`: nothing is checked, and the image's own `HEALTHCHECK` is not listened to"),
            duration("interval", HealthSpec::interval, Duration.ofMillis(100), Duration.ofHours(1))
                    .doc("between two checks, {range}"),
            duration("timeout", HealthSpec::timeout, Duration.ofMillis(100), Duration.ofMinutes(5))
                    .doc("a check without an answer for so long has failed, {range}"),
            number("retries", HealthSpec::retries, 1, 100)
                    .doc("after so many failures in a row the instance is unhealthy and started again, {range}"),
            duration("grace", HealthSpec::grace, Duration.ZERO, Duration.ofHours(24))
                    .doc("failures do not count for so long after the start, {range}; the first success ends it"));

    public static final Table<RestartSpec> RESTART = Table.of(
            RestartSpec.class,
            given -> RestartSpec.DEFAULT,
            choice("condition", RestartSpec::condition, RestartSpec.Condition.class)
                    .doc("`always`; `on_failure`: unless its program ended with 0; `never`"),
            duration("delay", RestartSpec::delay, Duration.ofMillis(100), Duration.ofMinutes(1))
                    .doc("until it is started again the first time, {range}; doubles each time, to a minute"),
            number("attempts", RestartSpec::attempts, 0, 1000)
                    .doc(
                            "so often within `window`, then it has failed here and another is placed elsewhere; 0: without end"),
            duration("window", RestartSpec::window, Duration.ofSeconds(1), Duration.ofHours(24))
                    .doc("{range}"));

    public static final Table<StopSpec> STOP = Table.of(
            StopSpec.class,
            given -> StopSpec.DEFAULT,
            text("signal", StopSpec::signal)
                    .unset("")
                    .length(20)
                    .pattern("SIG[A-Z0-9]{1,10}([+-][0-9]{1,2})?")
                    .unlessGiven("the image's, else `SIGTERM`")
                    .doc("what its program is sent, such as `SIGQUIT`"),
            duration("grace", StopSpec::grace, Duration.ZERO, Duration.ofHours(1))
                    .doc("until it is killed, {range}"),
            texts("pre_stop", StopSpec::preStop)
                    .entries(64)
                    .length(4096)
                    .unlessGiven("none")
                    .doc("a command in the container before the signal; what it takes is taken from the grace"));

    public static final Table<JobSpec> JOB = Table.of(
            JobSpec.class,
            given -> JobSpec.DEFAULT,
            number("completions", JobSpec::completions, 1, 1000)
                    .doc("so many instances must end with exit code 0, {range}"),
            number("parallelism", JobSpec::parallelism, 1, 1000).doc("so many run at once at most, {range}"),
            number("retries", JobSpec::retries, 0, 1000)
                    .doc("so many attempts of the run may fail before it has failed, {range}"),
            duration("timeout", JobSpec::timeout, Duration.ofSeconds(1), Duration.ofDays(30))
                    .unlessGiven("none")
                    .doc("an attempt that runs for so long has failed, {range}"));

    public static final Table<CronSpec> CRON = Table.of(
            CronSpec.class,
            given -> CronSpec.of(given.text("schedule")),
            text("schedule", CronSpec::schedule)
                    .required()
                    .length(200)
                    .doc(
                            "five fields as in crontab: minute, hour, day of the month, month, day of the week, such as `30 2 * * mon-fri`"),
            text("time_zone", CronSpec::timeZone)
                    .length(64)
                    .doc("in which zone's time, by its name in the IANA database, such as `Europe/Berlin`"),
            choice("overlap", CronSpec::overlap, CronSpec.Overlap.class)
                    .doc(
                            "while a run of before is under way: `forbid`, the time is left out; `allow`, both run; `replace`, the old one is stopped first"),
            number("history", CronSpec::history, 0, 20)
                    .doc("so many runs that completed are kept, and so many that did not, {range}"),
            duration("catch_up", CronSpec::catchUp, Duration.ZERO, Duration.ofDays(30))
                    .doc(
                            "of the times that were missed, the latest is made up for if it is not longer ago, {range}; `0s`: none is"));

    public static final Table<DisconnectSpec> DISCONNECT = Table.of(
            DisconnectSpec.class,
            given -> DisconnectSpec.DEFAULT,
            // the server's alone, as is which of two stays
            duration("replace_after", DisconnectSpec::replaceAfter, Duration.ofSeconds(12), LONGEST_SILENCE)
                    .use(Use.PLACE)
                    .unlessGiven(
                            "as soon as its node is down: 12 s after its last heartbeat, 60 s while the mesh hears of the host")
                    .doc(
                            "how long after its node was heard last its work is replaced, {range}; never before the node is down, so that less than that is as if it were not given"),
            duration("stop_after", DisconnectSpec::stopAfter, Duration.ofSeconds(10), LONGEST_SILENCE)
                    .unlessGiven("never: an agent without a server keeps everything running")
                    .doc("how long after it heard a server last the node's agent stops the instance, {range}"),
            choice("reconcile", DisconnectSpec::reconcile, DisconnectSpec.Reconcile.class)
                    .use(Use.PLACE)
                    .doc(
                            "which stays when a node is back and another instance does the work: `newest_healthy`, that one; `keep_original`, the one that was there first, if it runs and is healthy"));

    private TendTables() {}
}
