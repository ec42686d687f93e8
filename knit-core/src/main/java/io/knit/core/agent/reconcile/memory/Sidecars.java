package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.DeploymentSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an instance's sidecars, for one run of its main container.
 *
 * @param each by name
 * @param gone ids of containers that were removed and that the engine may show a moment longer
 * @param hold before when none is removed again, or null: no removal is being waited out
 */
public record Sidecars(
        Map<String, Sidecar> each,
        Set<String> gone,
        @Nullable Duration hold) {
    /** Of an instance that has none, or whose main container does not run. */
    public static final Sidecars NONE = new Sidecars(Map.of(), Set.of(), null);

    public Sidecars {
        each = Map.copyOf(each);
        gone = Set.copyOf(gone);
    }

    public Sidecar of(String name) {
        return each.getOrDefault(name, Sidecar.NEW);
    }

    /** Their main container does not run: all begins anew with it. */
    public Sidecars over() {
        return new Sidecars(Map.of(), gone, hold);
    }

    public boolean held(Duration now) {
        return hold != null && now.compareTo(hold) < 0;
    }

    /** Whether each of the spec's was started once beside the main container that is there. */
    public boolean wereStarted(DeploymentSpec spec) {
        return spec.sidecars().stream().allMatch(sidecar -> of(sidecar.name()).once());
    }

    /** How it stands with those of which there is something to say; empty: with none. */
    String words() {
        return new TreeMap<>(each)
                .entrySet().stream()
                        .map(it -> it.getValue().words(it.getKey()))
                        .filter(words -> !words.isEmpty())
                        .collect(Collectors.joining("; "));
    }

    /** Of those that are removed, only what the engine still shows need be known. */
    public Sidecars showing(Set<String> shown) {
        Set<String> left = gone.stream().filter(shown::contains).collect(Collectors.toSet());
        return left.equals(gone) ? this : new Sidecars(each, left, hold);
    }

    public Sidecars with(Map<String, Sidecar> next) {
        return Objects.equals(each, next) ? this : new Sidecars(next, gone, hold);
    }
}
