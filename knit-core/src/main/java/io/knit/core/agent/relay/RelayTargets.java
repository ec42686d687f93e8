package io.knit.core.agent.relay;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who is behind a port now, and how many connections each instance has. Thread-safe. */
final class RelayTargets implements RelaySockets.Gate {
    private final Load load;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile List<RelayTarget> now = List.of();

    /** All connections of the agent. Thread-safe. */
    static final class Load {
        private final int most;
        private final Consumer<String> left;
        private final Runnable full;
        private final Map<String, Integer> byInstance = new ConcurrentHashMap<>();
        private final AtomicInteger all = new AtomicInteger();

        /**
         * @param most so many at once
         * @param left told whenever an instance has none any more
         * @param full told when one is refused because there are so many
         */
        Load(int most, Consumer<String> left, Runnable full) {
            this.most = most;
            this.left = left;
            this.full = full;
        }

        int of(String instance) {
            return byInstance.getOrDefault(instance, 0);
        }

        private boolean begin(String instance) {
            if (all.incrementAndGet() > most) {
                all.decrementAndGet();
                full.run();
                return false;
            }
            byInstance.merge(instance, 1, Integer::sum);
            return true;
        }

        private void end(String instance) {
            all.decrementAndGet();
            Integer rest = byInstance.computeIfPresent(instance, (name, count) -> count == 1 ? null : count - 1);
            if (rest == null) {
                left.accept(instance);
            }
        }
    }

    RelayTargets(Load load) {
        this.load = load;
    }

    void are(List<RelayTarget> targets) {
        now = List.copyOf(targets);
    }

    @Override
    public @Nullable RelayTarget next(Set<RelayTarget> refused) {
        while (true) {
            List<RelayTarget> present = now;
            RelayTarget target = RelayPlan.next(present, it -> load.of(it.instance()), refused, turn.getAndIncrement());
            if (target == null || !load.begin(target.instance())) {
                return null;
            }
            // counted first and looked at then: who is taken off the list and has none after that is given none
            if (now == present || now.contains(target)) {
                return target;
            }
            load.end(target.instance());
        }
    }

    @Override
    public void ended(RelayTarget target) {
        load.end(target.instance());
    }
}
