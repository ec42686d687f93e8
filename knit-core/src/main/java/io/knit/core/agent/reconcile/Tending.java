package io.knit.core.agent.reconcile;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.reconcile.memory.BackOff;
import io.knit.core.agent.reconcile.memory.Sidecar;
import io.knit.core.agent.reconcile.memory.Sidecars;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done now for the containers beside a main one: all of it at once, the removals first.
 *
 * @param remove those that should not be there, or are to be made anew
 * @param make those that lack and whose turn it is, in the spec's order
 * @param memory what to remember of them from now on
 * @param until when to look again, or null: after something else happened
 */
public record Tending(
        List<ContainerSnapshot> remove,
        List<SidecarSpec> make,
        Sidecars memory,
        @Nullable Duration until) {
    /** Of two by one name, which an engine shows where one is gone, that is the one. */
    private static final Comparator<ContainerSnapshot> BEST_FIRST = Comparator.comparing(
                    (ContainerSnapshot it) -> it.state() != ContainerState.RUNNING)
            .thenComparing(Comparator.comparing(ContainerSnapshot::createdAt).reversed());

    public Tending {
        remove = List.copyOf(remove);
        make = List.copyOf(make);
    }

    boolean isNothing() {
        return remove.isEmpty() && make.isEmpty();
    }

    /** All go: their main container does not run. */
    static Tending clear(List<ContainerSnapshot> parts, Sidecars memory) {
        return new Tending(parts, List.of(), memory.over(), null);
    }

    /** Beside a main container that runs. */
    static Tending of(
            DeploymentSpec spec,
            ContainerSnapshot main,
            List<ContainerSnapshot> parts,
            Sidecars before,
            Duration now,
            BackOff backOff) {
        Sidecars memory =
                before.showing(parts.stream().map(ContainerSnapshot::id).collect(Collectors.toSet()));
        if (spec.sidecars().isEmpty() && parts.isEmpty()) {
            return new Tending(List.of(), List.of(), memory, null);
        }
        List<ContainerSnapshot> remove = new ArrayList<>();
        Map<String, ContainerSnapshot> there = new HashMap<>();
        for (ContainerSnapshot part : parts.stream().sorted(BEST_FIRST).toList()) {
            if (memory.gone().contains(part.id())) {
                continue;
            }
            String name = part.labels().getOrDefault(KnitLabels.PART, "");
            boolean own = main.id().equals(part.labels().get(KnitLabels.MAIN))
                    && spec.sidecars().stream().anyMatch(it -> it.name().equals(name));
            if (!own || there.putIfAbsent(name, part) != null) {
                remove.add(part);
            }
        }
        List<SidecarSpec> make = new ArrayList<>();
        Map<String, Sidecar> next = new TreeMap<>();
        Duration until = null;
        for (SidecarSpec wanted : spec.sidecars()) {
            ContainerSnapshot container = there.get(wanted.name());
            Sidecar known = stands(memory.of(wanted.name()), container, now, backOff);
            next.put(wanted.name(), known);
            if (known.runningSince() != null) {
                continue;
            }
            if (container != null) {
                remove.add(container);
            }
            if (!known.waits(now)) {
                make.add(wanted);
            } else {
                until = earlier(until, known.notBefore());
            }
        }
        Sidecars after = memory.with(next);
        return after.held(now) && !(remove.isEmpty() && make.isEmpty())
                ? new Tending(List.of(), List.of(), after, earlier(until, after.hold()))
                : new Tending(remove, make, after, until);
    }

    private static Sidecar stands(Sidecar known, @Nullable ContainerSnapshot container, Duration now, BackOff backOff) {
        if (container == null) {
            return known.runningSince() == null ? known : known.missing(now, backOff);
        }
        return switch (container.state()) {
            case RUNNING, PAUSED -> known.running(now);
            case CREATED -> known.runningSince() == null ? known : known.ended(null, now, backOff);
            case EXITED, DEAD -> known.isDown() ? known : known.ended(container.exit(), now, backOff);
        };
    }

    private static @Nullable Duration earlier(@Nullable Duration one, @Nullable Duration other) {
        return one == null || other != null && other.compareTo(one) < 0 ? other : one;
    }
}
