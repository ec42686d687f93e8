package io.knit.testkit.sim.check;

import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.sim.host.InvariantViolation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What runs beside main containers: nothing without them, nothing twice, and nothing of an earlier run of them. */
final class Besides {
    private final Set<String> mains = new HashSet<>();
    /** By the main container's id, those that run beside it by name. */
    private final Map<String, Map<String, String>> running = new HashMap<>();

    static boolean isOne(EngineEvent event) {
        return event.labels().containsKey(KnitLabels.MAIN);
    }

    /** Something happened to a container that is none. */
    void main(EngineEvent event) {
        switch (event.kind()) {
            case STARTED -> {
                Map<String, String> there = running.getOrDefault(event.container(), Map.of());
                if (!there.isEmpty()) {
                    throw new InvariantViolation(
                            "a container was started while these run in its network of before: " + there);
                }
                mains.add(event.container());
            }
            case ENDED, REMOVED -> mains.remove(event.container());
            case CREATED, EXECUTED, SIGNALLED -> {}
        }
    }

    /** Something happened to one. */
    void beside(EngineEvent event) {
        String main = Objects.requireNonNull(event.labels().get(KnitLabels.MAIN));
        String name = event.labels().getOrDefault(KnitLabels.PART, "");
        switch (event.kind()) {
            case STARTED -> {
                if (!mains.contains(main)) {
                    throw new InvariantViolation("what is beside a container was started without it: " + event);
                }
                String other =
                        running.computeIfAbsent(main, none -> new HashMap<>()).put(name, event.container());
                if (other != null) {
                    throw new InvariantViolation("two of the same run beside a container: " + other + ", " + event);
                }
            }
            case ENDED, REMOVED -> running.getOrDefault(main, new HashMap<>()).remove(name, event.container());
            case CREATED, EXECUTED, SIGNALLED -> {}
        }
    }
}
