package io.knit.core.server.schedule.wish;

import io.knit.api.model.Instance;
import io.knit.api.model.SlotKey;
import org.jspecify.annotations.Nullable;

/** Which instances have to be on one node, as what is in their slots' volumes is there. */
@FunctionalInterface
public interface Pins {
    /** Nobody has to be anywhere. */
    Pins NONE = instance -> null;

    /** Null: it may be anywhere. */
    @Nullable
    Pin of(Instance instance);

    /**
     * Where one slot's instance has to be.
     *
     * @param node empty: its volumes are on several nodes, so that none has all
     * @param volume which of its volumes is there; where they are on several nodes, which is where
     * @param of the deployment that has this volume; empty: it is its own
     */
    record Pin(SlotKey slot, String node, String volume, String of) {
        /** By a volume of its own. */
        public Pin(SlotKey slot, String node, String volume) {
            this(slot, node, volume, "");
        }
    }
}
