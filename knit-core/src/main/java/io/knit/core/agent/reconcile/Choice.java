package io.knit.core.agent.reconcile;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One container of an instance out of those that claim to be it.
 *
 * @param best the one to go on with: made from the right spec, running, oldest, in this order; null: there is none
 * @param surplus another one, to be removed first; null: there is none
 */
record Choice(@Nullable ContainerSnapshot best, @Nullable ContainerSnapshot surplus) {
    static Choice among(List<ContainerSnapshot> containers, String specHash) {
        if (containers.isEmpty()) {
            return new Choice(null, null);
        }
        List<ContainerSnapshot> sorted = containers.stream()
                .sorted(Comparator.<ContainerSnapshot, Boolean>comparing(c -> !InstanceReconciler.fits(c, specHash))
                        .thenComparing(c -> c.state() != ContainerState.RUNNING)
                        .thenComparing(ContainerSnapshot::createdAt)
                        .thenComparing(ContainerSnapshot::id))
                .toList();
        return new Choice(sorted.get(0), sorted.size() == 1 ? null : sorted.get(sorted.size() - 1));
    }
}
