package io.knit.core.agent.reconcile;

import io.knit.api.model.DeploymentSpec;
import java.time.Duration;
import java.util.HashSet;
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

    Sidecar of(String name) {
        return each.getOrDefault(name, Sidecar.NEW);
    }

    /** Their main container does not run: all begins anew with it. */
    Sidecars over() {
        return new Sidecars(Map.of(), gone, hold);
    }

    boolean held(Duration now) {
        return hold != null && now.compareTo(hold) < 0;
    }

    /** Whether each of the spec's was started once beside the main container that is there. */
    boolean wereStarted(DeploymentSpec spec) {
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

    /** Something was done for them. What is removed may be shown a moment longer, so a second removal is not hurried. */
    public Sidecars after(Tended done, Duration now, BackOff backOff) {
        Map<String, Sidecar> next = new TreeMap<>(each);
        done.last().forEach((name, line) -> next.computeIfPresent(name, (key, it) -> it.wrote(line)));
        done.started().forEach(name -> next.put(name, of(name).started(now)));
        done.refused().forEach((name, why) -> next.put(name, of(name).refused(why, now, backOff)));
        Set<String> left = new HashSet<>(gone);
        left.addAll(done.removed());
        boolean waits = !done.removed().isEmpty() || done.isStuck();
        return new Sidecars(next, left, waits ? now.plus(backOff.first()) : hold);
    }

    /** Of those that are removed, only what the engine still shows need be known. */
    Sidecars showing(Set<String> shown) {
        Set<String> left = gone.stream().filter(shown::contains).collect(Collectors.toSet());
        return left.equals(gone) ? this : new Sidecars(each, left, hold);
    }

    Sidecars with(Map<String, Sidecar> next) {
        return Objects.equals(each, next) ? this : new Sidecars(next, gone, hold);
    }
}
