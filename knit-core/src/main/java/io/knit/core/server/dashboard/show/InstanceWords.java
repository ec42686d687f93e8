package io.knit.core.server.dashboard.show;

import io.knit.api.model.Absence;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PullProgress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the pages call what an instance is, and why. */
public final class InstanceWords {
    private static final double MIB = 1024 * 1024;

    private InstanceWords() {}

    public static String state(Instance instance) {
        return instance.failing() && !instance.state().isEnd() ? "failing" : word(instance);
    }

    /** One that runs is called after its check, where it has one. */
    private static String word(Instance instance) {
        boolean checked = instance.state() == InstanceState.RUNNING && instance.health() != Health.NONE;
        boolean waits = instance.health() == Health.STARTING;
        return checked
                ? waits ? "not healthy yet" : instance.health().wireName()
                : instance.shown().wireName();
    }

    private static String pull(PullProgress pull) {
        return String.format(
                Locale.ROOT, "fetches its image: %.1f of %.1f MiB", pull.fetched() / MIB, pull.size() / MIB);
    }

    /** Its own, or until when a silent node is waited for. */
    public static String reason(Instance instance, DeploymentSpec spec, @Nullable Absence absence) {
        String node = instance.node();
        if (absence == null || node == null || !instance.isLive()) {
            return instance.reason().isEmpty() && instance.pull() != null ? pull(instance.pull()) : instance.reason();
        }
        String waits = absence.words(spec, node);
        return instance.reason().isEmpty() ? waits : instance.reason() + "; " + waits;
    }
}
