package io.knit.core.agent.run;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.WireCodec;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How each instance is to be stopped. An order to stop has no spec, so what the one before said is remembered. Only on the loop. */
final class Stops {
    private static final Logger LOG = LoggerFactory.getLogger(Stops.class);

    private final Map<String, StopSpec> known = new HashMap<>();

    /** Those of a set, and of what the set before had and still runs. */
    void take(AssignmentSet set, Iterable<String> remembered) {
        Map<String, StopSpec> before = new HashMap<>(known);
        known.clear();
        for (String instance : remembered) {
            Assignment assignment = set.get(instance);
            DeploymentSpec spec = assignment == null ? null : assignment.spec();
            StopSpec stop = spec == null ? before.get(instance) : spec.stop();
            if (stop != null) {
                known.put(instance, stop);
            }
        }
    }

    /** As its newest spec says, else as its container was made. */
    StopSpec of(String instance, ContainerSnapshot container) {
        StopSpec stop = known.get(instance);
        String label = container.labels().get(KnitLabels.STOP);
        if (stop != null || label == null) {
            return stop == null ? StopSpec.DEFAULT : stop;
        }
        try {
            return WireCodec.decodeText(label, StopSpec.class);
        } catch (KnitException e) {
            LOG.warn("{} is stopped as ever: its label {} {}", container.name(), KnitLabels.STOP, e.getMessage());
            return StopSpec.DEFAULT;
        }
    }
}
