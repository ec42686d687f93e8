package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.spi.runtime.ContainerHealth;
import org.jspecify.annotations.Nullable;

/**
 * How an instance stands with its check.
 *
 * @param words what the last one said; empty unless it is unhealthy
 */
public record Check(Health health, String words) {
    /** Of one that nothing checks. */
    public static final Check NONE = new Check(Health.NONE, "");

    static final Check WELL = new Check(Health.HEALTHY, "");

    private static final Check STARTING = new Check(Health.STARTING, "");

    /** What it is right after a start, of an image that has a check of its own or not. */
    public static Health atStart(HealthSpec spec, boolean imageChecked) {
        return spec.isOwn() || spec.isImages() && imageChecked ? Health.STARTING : Health.NONE;
    }

    /** Before it is started again. */
    Check again() {
        return health == Health.NONE ? NONE : STARTING;
    }

    /** As its spec has it, and the engine that shows its container. */
    public Check of(HealthSpec spec, @Nullable ContainerHealth engines) {
        if (spec.isOwn()) {
            return health == Health.NONE ? STARTING : this;
        }
        if (spec.disabled() || engines == null) {
            return NONE;
        }
        boolean sick = engines.state() == Health.UNHEALTHY;
        return new Check(engines.state(), sick ? "health check of its image: " + engines.words() : "");
    }
}
