package io.knit.testkit.sim.user;

import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Preference;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.model.Update;
import io.knit.core.spec.SpecTable;
import io.knit.testkit.sim.check.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A spec with one field of it changed, as most changes are: mostly one for which no container is made anew. */
final class Alterations {
    private final RandomGenerator random;
    private final int times;
    private int made;

    /** @param times so many times as many replicas */
    Alterations(RandomGenerator random, int times) {
        this.random = random;
        this.times = times;
    }

    int replicas() {
        return times * random.nextInt(6);
    }

    /** The same but for one field, or the same. */
    DeploymentSpec of(DeploymentSpec spec) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> spec.mode() == Mode.REPLICATED ? with(spec, "replicas", replicas()) : spec;
            case 2 -> with(spec, "stop", stop());
            case 3 -> with(spec, "prefer", List.of(preference()));
            case 4 -> spec.mode().runsToAnEnd() ? spec : with(spec, "restart", restart(spec));
            case 5 -> spec.mode().runsToAnEnd() ? spec : with(spec, "health", health());
            case 6 -> spec.mode().runsToAnEnd() ? spec : with(spec, "update", deadlines(spec.update()));
            case 7 -> with(spec, "priority", 25 * random.nextInt(5));
            case 8 -> with(spec, "keep_failed", random.nextInt(3));
            case 9 -> with(spec, "env", Map.of("ALTERED", Integer.toString(++made)));
            default -> spec.mode().runsToAnEnd() ? spec : canaries(spec);
        };
    }

    private static DeploymentSpec with(DeploymentSpec spec, String field, Object value) {
        return SpecTable.SPEC.with(spec, Map.of(field, value));
    }

    private StopSpec stop() {
        return new StopSpec(
                random.nextBoolean() ? "SIGQUIT" : "",
                Duration.ofSeconds(1 + random.nextInt(5)),
                random.nextInt(3) == 0 ? List.of("drain") : List.of());
    }

    private Preference preference() {
        Constraint wished =
                new Constraint("region", Constraint.Op.EQUAL, random.nextBoolean() ? "eu" : "us", List.of());
        return Preference.of(wished, 1 + random.nextInt(3));
    }

    /** What ends by itself is started again for ever, or nothing would ever be still. */
    private RestartSpec restart(DeploymentSpec spec) {
        Duration delay = Duration.ofMillis(100 + random.nextInt(3000));
        if (Settlement.endsByItself(spec.args())) {
            return new RestartSpec(RestartSpec.Condition.ALWAYS, delay, 0, RestartSpec.DEFAULT.window());
        }
        RestartSpec.Condition condition = RestartSpec.Condition.values()[random.nextInt(3)];
        return new RestartSpec(condition, delay, random.nextInt(4), Duration.ofSeconds(10 + random.nextInt(60)));
    }

    private HealthSpec health() {
        HealthSpec check = switch (random.nextInt(3)) {
            case 0 -> HealthSpec.of(new TcpCheck(80));
            case 1 -> HealthSpec.of(List.of("check"));
            default -> HealthSpec.IMAGE;
        };
        return check.timed(
                Duration.ofSeconds(2 + random.nextInt(9)),
                Duration.ofSeconds(1 + random.nextInt(2)),
                1 + random.nextInt(3),
                Duration.ofSeconds(random.nextInt(15)));
    }

    /** Of another container, or of the next one. */
    private DeploymentSpec canaries(DeploymentSpec spec) {
        Update rules = spec.update().withCanary(1 + random.nextInt(2), random.nextInt(3) == 0);
        DeploymentSpec next = with(spec, "update", rules);
        return random.nextInt(3) == 0 ? next : with(next, "env", Map.of("ALTERED", Integer.toString(++made)));
    }

    private Update deadlines(Update rules) {
        return rules.withDeadlines(
                Duration.ofSeconds(15 + random.nextInt(60)), Duration.ofSeconds(15 + random.nextInt(90)));
    }
}
