package io.knit.core.server.schedule.wish;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Instances with one wish.
 *
 * @param instances placed in this order
 * @param tryAgain when the wish changes by itself, as nodes that rejected it may be asked again; null: it does not
 * @param spec theirs, for who likes one node more than another by it
 */
public record Group(
        Wish wish, List<Instance> instances, @Nullable Instant tryAgain, DeploymentSpec spec) {
    public Group {
        instances = List.copyOf(instances);
    }

    /** Some of them, or others of the same revision with the same wish. */
    public Group of(List<Instance> others) {
        return new Group(wish, others, tryAgain, spec);
    }

    /** What tells apart the wishes of instances of one deployment and revision. */
    private record Difference(
            List<String> avoid,
            boolean waits,
            @Nullable Object preparation,
            int attempt,
            @Nullable Object only) {}

    /** Puts together instances of a deployment's present revision, see {@link #of(Collection, DeploymentSpec, DeploymentSpec, Instant, Pins)}. */
    public static List<Group> of(Collection<Instance> pending, DeploymentSpec spec, Instant served) {
        return of(pending, spec, spec, served, Pins.NONE);
    }

    /**
     * Puts together what can be placed together.
     *
     * @param pending of one deployment and revision
     * @param spec of that revision
     * @param present of the deployment's present one
     * @param pins where their volumes are
     */
    public static List<Group> of(
            Collection<Instance> pending, DeploymentSpec spec, DeploymentSpec present, Instant served, Pins pins) {
        Map<Difference, List<Instance>> alike = new LinkedHashMap<>();
        for (Instance instance : pending) {
            boolean waits = !instance.avoid().isEmpty() && Wish.waits(instance, served);
            int attempt = instance.avoid().size() < Wish.REMEMBERED ? 0 : instance.attempt();
            Pins.Pin pin = pins.of(instance);
            Difference difference = new Difference(
                    instance.avoid(),
                    waits,
                    instance.preparation(),
                    attempt,
                    pin != null ? pin : spec.mode() == Mode.GLOBAL ? instance.key() : null);
            alike.computeIfAbsent(difference, d -> new ArrayList<>()).add(instance);
        }
        return alike.values().stream()
                .map(group -> grouped(group, Wish.of(group.get(0), spec, present, served, pins), spec))
                .toList();
    }

    private static Group grouped(List<Instance> group, Wish wish, DeploymentSpec spec) {
        Instant tryAgain = wish.waits()
                ? group.stream()
                        .map(Instance::notBefore)
                        .min(Instant::compareTo)
                        .orElse(null)
                : null;
        return new Group(wish, group, tryAgain, spec);
    }
}
