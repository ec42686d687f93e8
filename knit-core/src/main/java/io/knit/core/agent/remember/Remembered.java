package io.knit.core.agent.remember;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.agent.disk.KeptInstance;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.PlainText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What of an agent's memories is to outlive it (pure). */
public record Remembered(List<Each> each) {
    /** No more of a reason is reported. */
    private static final int LONGEST = 1_000;

    /** @param ends by the loop's {@code elapsed} */
    public record Each(
            String instance,
            boolean silenced,
            List<Duration> ends,
            @Nullable String endedByAgent,
            KeptInstance.@Nullable Over over,
            @Nullable String wellContainer) {
        private boolean isSomething() {
            return silenced || !ends.isEmpty() || endedByAgent != null || over != null || wellContainer != null;
        }
    }

    /**
     * Of the set's instances, those of which there is something.
     *
     * @param well by instance, the containers whose check succeeded last
     */
    public static Remembered of(
            AssignmentSet set, Map<String, InstanceMemory> memories, Set<String> silenced, Map<String, String> well) {
        List<Each> each = new ArrayList<>();
        for (String instance : set.assignments().keySet()) {
            InstanceMemory memory = memories.getOrDefault(instance, InstanceMemory.NEW);
            String byAgent = memory.byAgent();
            Each one = new Each(
                    instance,
                    silenced.contains(instance),
                    memory.ends(),
                    byAgent == null ? null : bounded(byAgent),
                    over(memory),
                    isChecked(set.get(instance)) ? well.get(instance) : null);
            if (one.isSomething()) {
                each.add(one);
            }
        }
        return new Remembered(List.copyOf(each));
    }

    /** By its agent: what the engine checks, it tells. */
    private static boolean isChecked(@Nullable Assignment order) {
        DeploymentSpec spec = order == null ? null : order.spec();
        return spec != null && spec.health().isOwn();
    }

    private static KeptInstance.@Nullable Over over(InstanceMemory memory) {
        String why = memory.whyOver();
        return why == null
                ? null
                : new KeptInstance.Over(bounded(why), !memory.failing(), memory.isSick(), memory.exitCode());
    }

    /** The cause stands last. */
    private static String bounded(String words) {
        int begin = Math.max(0, words.length() - LONGEST);
        return PlainText.of(begin == 0 ? words : "…" + words.substring(begin));
    }

    /** As it is kept. */
    public List<KeptInstance> at(Duration now) {
        return each.stream()
                .map(it -> new KeptInstance(
                        it.instance(),
                        it.silenced(),
                        it.ends().stream()
                                .map(end -> Duration.ofMillis(now.minus(end).toMillis()))
                                .toList(),
                        it.endedByAgent(),
                        it.over(),
                        it.wellContainer()))
                .toList();
    }
}
