package io.knit.core.server.events;

import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which types of events there are, for who wants some of them. */
public final class EventTypes {
    /** All, with the families before a dot. */
    public static final Set<String> ALL = Collections.unmodifiableSet(all());

    /** What events are about: the words before the dot. */
    public static final Set<String> FAMILIES = Collections.unmodifiableSet(
            new TreeSet<>(ALL.stream().map(type -> family(type)).toList()));

    private static final String ANY = "*";

    private EventTypes() {}

    private static Set<String> all() {
        Set<String> all = new TreeSet<>();
        family(
                all,
                "deployment",
                Stream.of(
                        "created",
                        "updated",
                        "canary",
                        "failed",
                        "completed",
                        "rolled_back",
                        "done",
                        "paused",
                        "resumed",
                        "deleting",
                        "deleted",
                        "pending",
                        "quarantined"));
        family(all, "instance", Arrays.stream(InstanceState.values()).map(InstanceState::wireName));
        family(all, "instance", Stream.of("leaving", "pushed_out", "healthy", "unhealthy"));
        family(all, "node", Arrays.stream(NodeState.values()).map(NodeState::wireName));
        family(all, "node", Arrays.stream(NodeWish.Availability.values()).map(NodeWish.Availability::wireName));
        family(all, "node", Stream.of("labels", "refused", "forgotten", "flapping"));
        family(all, "volume", Stream.of("removing", "kept", "removed", "moving", "moved", "moved_back", "left"));
        family(all, "run", Stream.of("begun", "skipped"));
        family(all, "run", Arrays.stream(JobRun.Phase.values()).map(JobRun.Phase::wireName));
        family(all, "webhook", Stream.of("failing", "disabled", "recovered"));
        return all;
    }

    /** What stands before the dot of a type, or of a pattern of types. */
    public static String family(String type) {
        return type.split("\\.", 2)[0];
    }

    private static void family(Set<String> all, String family, Stream<String> words) {
        words.forEach(word -> all.add(family + "." + word));
    }

    /**
     * Whether an event is of a type.
     *
     * @param type {@code instance.running}, {@code deployment.*} for all of a family, or {@code *} for all
     * @throws IllegalArgumentException if no event ever is
     */
    public static Predicate<KnitEvent> matching(String type) {
        if (type.equals(ANY)) {
            return event -> true;
        }
        String family = type.endsWith("." + ANY) ? type.substring(0, type.length() - 1) : "";
        if (!family.isEmpty() && ALL.stream().anyMatch(each -> each.startsWith(family))) {
            return event -> event.type().startsWith(family);
        }
        if (ALL.contains(type)) {
            return event -> event.type().equals(type);
        }
        List<String> near = ALL.stream()
                .filter(each -> each.startsWith(type.replaceAll("\\..*", "") + "."))
                .toList();
        throw new IllegalArgumentException("no event is of the type \"" + type + "\"; give one of "
                + (near.isEmpty() ? ALL : near) + ", a family like \"instance.*\", or \"*\" for all");
    }
}
