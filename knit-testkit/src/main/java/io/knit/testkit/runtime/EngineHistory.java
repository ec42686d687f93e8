package io.knit.testkit.runtime;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** All that ever happened on a {@link FakeEngine}, in order: what tests assert "never" with. */
public record EngineHistory(List<EngineEvent> events) {
    public EngineHistory {
        events = List.copyOf(events);
    }

    /** How often containers whose labels fit were started. */
    public long starts(Predicate<Map<String, String>> labels) {
        return count(EngineEvent.Kind.STARTED, labels);
    }

    /** How often something happened to containers whose labels fit. */
    public long count(EngineEvent.Kind kind, Predicate<Map<String, String>> labels) {
        return events.stream()
                .filter(event -> event.kind() == kind && labels.test(event.labels()))
                .count();
    }

    /** The most containers whose labels fit that ever ran at one time. */
    public int mostAtOnce(Predicate<Map<String, String>> labels) {
        Set<String> running = new HashSet<>();
        int most = 0;
        for (EngineEvent event : events) {
            if (!labels.test(event.labels())) {
                continue;
            }
            if (event.kind() == EngineEvent.Kind.STARTED) {
                running.add(event.container());
            } else {
                running.remove(event.container());
            }
            most = Math.max(most, running.size());
        }
        return most;
    }
}
