package io.knit.core.agent.remember;

import io.knit.core.agent.disk.KeptInstance;
import io.knit.core.agent.reconcile.InstanceMemory;
import io.knit.core.wire.AssignmentSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of an agent's memories is to outlive it (pure). */
public record Remembered(List<Each> each) {
    /** @param ends by the loop's {@code elapsed} */
    public record Each(String instance, boolean silenced, List<Duration> ends) {}

    /** Of the set's instances, those of which there is something. */
    public static Remembered of(AssignmentSet set, Map<String, InstanceMemory> memories, Set<String> silenced) {
        List<Each> each = new ArrayList<>();
        for (String instance : set.assignments().keySet()) {
            List<Duration> ends =
                    memories.getOrDefault(instance, InstanceMemory.NEW).ends();
            if (!ends.isEmpty() || silenced.contains(instance)) {
                each.add(new Each(instance, silenced.contains(instance), ends));
            }
        }
        return new Remembered(List.copyOf(each));
    }

    /** As it is kept. */
    public List<KeptInstance> at(Duration now) {
        return each.stream()
                .map(it -> new KeptInstance(
                        it.instance(),
                        it.silenced(),
                        it.ends().stream()
                                .map(end -> Duration.ofMillis(now.minus(end).toMillis()))
                                .toList()))
                .toList();
    }
}
