package io.knit.core.agent.remember;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Since when no server is heard, and which instances are stopped for it. The wait begins with the sending of the last heartbeat that was answered, so that the
 * server heard this node no earlier; and anew with the agent's own start, for no clock tells how long it was away. Who is stopped stays so until a server said
 * which set is in force. Only on the loop.
 */
public final class Silence {
    private final Set<String> silenced = new TreeSet<>();
    /** By the loop's {@code elapsed}. */
    private Duration since;

    public Silence(Duration now, Set<String> before) {
        since = now;
        silenced.addAll(before);
    }

    /** A server answered what was sent then. */
    public void heard(Duration sent) {
        since = sent.compareTo(since) > 0 ? sent : since;
    }

    /** The set in force is the server's; says whether anything was stopped. */
    public boolean confirmed() {
        boolean any = !silenced.isEmpty();
        silenced.clear();
        return any;
    }

    public Set<String> silenced() {
        return silenced;
    }

    /** Those that are to be stopped now and are not yet. */
    public Set<String> due(AssignmentSet set, Duration now) {
        return deadlines(set)
                .filter(deadline -> deadline.at().compareTo(now) <= 0)
                .map(Deadline::instance)
                .collect(Collectors.toSet());
    }

    public void stop(Set<String> instances) {
        silenced.addAll(instances);
    }

    /** When the next is to be stopped, if no server is heard until then. */
    public Optional<Duration> next(AssignmentSet set) {
        return deadlines(set).map(Deadline::at).min(Comparator.naturalOrder());
    }

    private record Deadline(String instance, Duration at) {}

    private Stream<Deadline> deadlines(AssignmentSet set) {
        return set.assignments().values().stream()
                .filter(order -> order.order() == Order.RUN && !silenced.contains(order.instance()))
                .flatMap(order -> {
                    Duration after = stopAfter(order);
                    return after == null ? Stream.of() : Stream.of(new Deadline(order.instance(), since.plus(after)));
                });
    }

    private static @Nullable Duration stopAfter(Assignment order) {
        DeploymentSpec spec = order.spec();
        return spec == null ? null : spec.disconnect().stopAfter();
    }
}
