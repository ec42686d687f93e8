package io.knit.core.server.dashboard.show;

import io.knit.api.model.Instance;
import io.knit.api.model.SlotKey;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How many of the wished slots serve, whichever revision does it, and what of that is not as wished.
 *
 * @param serving slots with a container that stays up
 * @param older of those, the ones that only an older revision serves
 * @param ending instances whose container does not stay up
 */
public record Tally(long wished, long serving, long older, long ending) {
    public static Tally of(List<Instance> instances, int revision, int wished) {
        Set<SlotKey> present = serving(instances.stream()
                .filter(instance -> instance.revision() == revision)
                .toList());
        Set<SlotKey> all = serving(instances);
        return new Tally(
                wished,
                all.size(),
                all.stream().filter(slot -> !present.contains(slot)).count(),
                instances.stream()
                        .filter(instance ->
                                instance.failing() && !instance.state().isEnd())
                        .count());
    }

    /** Whether its container is up and stays so, and its check succeeds: what keeps ending runs for a moment between its starts. */
    public static boolean serves(Instance instance) {
        return instance.isHealthy();
    }

    /** How many slots are to be filled, as far as their instances tell. */
    public static int slots(Collection<Instance> instances) {
        return (int) instances.stream()
                .filter(Instance::isLive)
                .map(Instance::slotKey)
                .distinct()
                .count();
    }

    private static Set<SlotKey> serving(List<Instance> instances) {
        return instances.stream().filter(Tally::serves).map(Instance::slotKey).collect(Collectors.toSet());
    }

    /** {@code 3/4 running, 2 of them an older revision, 1 failing}. */
    @Override
    public String toString() {
        StringBuilder words =
                new StringBuilder().append(serving).append('/').append(wished).append(" running");
        if (older > 0) {
            words.append(older == serving ? ", all of an older revision" : ", " + older + " of an older revision");
        }
        if (ending > 0) {
            words.append(", ").append(ending).append(" failing");
        }
        return words.toString();
    }
}
