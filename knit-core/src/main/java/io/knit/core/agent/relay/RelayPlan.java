package io.knit.core.agent.relay;

import io.knit.api.model.PortBinding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Which ports are held, and who is behind them (pure). */
final class RelayPlan {
    private RelayPlan() {}

    /**
     * An instance with ports that the agent holds for it.
     *
     * @param runs whether it is to run; one that is to stop keeps its ports held until it is over, and is given nothing new
     */
    record Holder(String instance, List<PortBinding> ports, boolean runs) {
        Holder {
            ports = List.copyOf(ports);
        }
    }

    /**
     * All places to hold, each with those who may be given a connection now, in the order of their names; several may hold one.
     *
     * @param address of an instance's container; null: it has none that is known
     */
    static Map<RelayPlace, List<RelayTarget>> of(
            Collection<Holder> holders, Predicate<String> well, Function<String, @Nullable String> address) {
        Map<RelayPlace, List<RelayTarget>> plan = new TreeMap<>(Comparator.comparing(RelayPlace::toString));
        for (Holder holder : holders) {
            String at = holder.runs() && well.test(holder.instance()) ? address.apply(holder.instance()) : null;
            for (PortBinding port : holder.ports()) {
                List<RelayTarget> targets = plan.computeIfAbsent(RelayPlace.of(port), none -> new ArrayList<>());
                if (at != null) {
                    targets.add(new RelayTarget(holder.instance(), at, port.containerPort(), port.proxyProtocol()));
                }
            }
        }
        return plan;
    }

    /**
     * Whom the next connection is given to: of those that did not refuse it the one with the fewest, and of several the first from that place of the list on.
     *
     * @return null: there is none
     */
    static @Nullable RelayTarget next(
            List<RelayTarget> targets, ToIntFunction<RelayTarget> open, Set<RelayTarget> refused, int from) {
        RelayTarget best = null;
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < targets.size(); i++) {
            RelayTarget target = targets.get(Math.floorMod(from + i, targets.size()));
            int has = open.applyAsInt(target);
            if (has < fewest && !refused.contains(target)) {
                best = target;
                fewest = has;
            }
        }
        return best;
    }
}
