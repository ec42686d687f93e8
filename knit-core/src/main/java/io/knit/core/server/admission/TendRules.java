package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.StopSpec;
import io.knit.core.rules.process.SignalWords;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.TendTables;
import java.util.ArrayList;
import java.util.List;

/** How a container that runs is looked after: its check, and its end. Durations and numbers are {@link NumberRules}'. */
final class TendRules {
    private static final FieldLimits EXEC = TendTables.HEALTH.field("exec").limits();
    private static final FieldLimits PATH = TendTables.HTTP.field("path").limits();
    private static final FieldLimits STATUS = TendTables.HTTP.field("status").limits();
    private static final FieldLimits HEADERS = TendTables.HTTP.field("headers").limits();
    private static final FieldLimits PRE_STOP =
            TendTables.STOP.field("pre_stop").limits();

    private final Refusals refusals;

    private TendRules(Refusals refusals) {
        this.refusals = refusals;
    }

    static void check(DeploymentSpec spec, Refusals refusals) {
        TendRules rules = new TendRules(refusals);
        rules.health(spec.health());
        rules.stop(spec.stop());
    }

    private void health(HealthSpec health) {
        List<String> given = new ArrayList<>();
        if (health.http() != null) {
            given.add("http");
            http(health.http());
        }
        if (health.tcp() != null) {
            given.add("tcp");
        }
        if (!health.exec().isEmpty()) {
            given.add("exec");
        }
        if (given.size() > 1) {
            refusals.add("/health", INVALID_VALUE, "health has " + String.join(" and ", given) + "; give one of them");
        } else if (health.disabled() && !given.isEmpty()) {
            refusals.add(
                    "/health/disabled",
                    INVALID_VALUE,
                    "health is disabled and has " + given.get(0) + "; remove one of the two");
        }
        CommandRules.check("/health/exec", "health.exec", health.exec(), EXEC, refusals);
    }

    private void http(HttpCheck http) {
        if (!PATH.has(http.path())) {
            refusals.add(
                    "/health/http/path",
                    INVALID_VALUE,
                    "health.http.path is " + Pointers.quoted(http.path()) + "; give 1 to " + PATH.length()
                            + " printable characters that begin with /, such as /healthz");
        }
        String status = http.status();
        boolean range = STATUS.has(status);
        if (!range || status.length() > 3 && status.substring(0, 3).compareTo(status.substring(4)) > 0) {
            refusals.add(
                    "/health/http/status",
                    INVALID_VALUE,
                    "health.http.status is " + Pointers.quoted(status)
                            + "; give a status such as \"200\", or from the lowest to the highest such as \"200-399\"");
        }
        if (http.headers().size() > HEADERS.entries()) {
            refusals.add(
                    "/health/http/headers",
                    TOO_LARGE,
                    "health.http.headers has " + http.headers().size() + " entries; give " + HEADERS.entries()
                            + " at most");
        }
        http.headers().forEach(this::header);
    }

    private void header(String name, String value) {
        boolean control = value.chars().anyMatch(c -> c < ' ' || c > '~');
        if (!HEADERS.hasKey(name) || value.length() > HEADERS.length() || control) {
            refusals.add(
                    Pointers.child("/health/http/headers", name),
                    INVALID_VALUE,
                    "health.http.headers: " + Pointers.quoted(name) + " can't be sent; give a name of at most "
                            + HEADERS.keyLength() + " letters, digits and -, and a value of at most " + HEADERS.length()
                            + " printable ASCII characters");
        }
    }

    private void stop(StopSpec stop) {
        String fault = stop.signal().isEmpty() ? null : SignalWords.fault(stop.signal());
        if (fault != null) {
            refusals.add("/stop/signal", INVALID_VALUE, "stop.signal " + Pointers.quoted(stop.signal()) + fault);
        }
        CommandRules.check("/stop/pre_stop", "stop.pre_stop", stop.preStop(), PRE_STOP, refusals);
    }
}
