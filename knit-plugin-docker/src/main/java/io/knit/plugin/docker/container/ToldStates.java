package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Event;
import io.knit.api.spi.runtime.ContainerState;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the engine's events told of containers and its list may not show yet: 20.10 sends {@code die}, gives back the container's
 * network and mounts, and only then, up to 2 s later, does its list stop to say {@code running}. An event is taken at its word until
 * the list agrees, another event or a start of ours overtakes it, the stream breaks off (what came after it was lost), or
 * {@link #LONGEST} has passed.
 *
 * <p>One end is not believed at once: that of a container for which a start was asked for and not told yet. It may be the one before
 * that start, come late. There the engine is asked when the container was started. Thread-safe.
 */
public final class ToldStates {
    /** For an engine whose list never follows: from then on the list counts. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** What an event of the engine said. */
    record Told(ContainerState state, @Nullable Integer exitCode, boolean outOfMemory, long atNanos) {
        private boolean holds() {
            return System.nanoTime() - atNanos < LONGEST.toNanos();
        }
    }

    private final Map<String, Told> told = new HashMap<>();
    private final Set<String> starting = new HashSet<>();
    private final Set<String> outOfMemory = new HashSet<>();

    /** An end that may be one from before the newest start. */
    public record Doubt(String container, @Nullable Instant at, Told told) {}

    /** Takes an event's word. Gives what the engine must be asked about first, else null. */
    synchronized @Nullable Doubt heard(Event event) {
        String id = id(event);
        String action = event.getAction();
        if (id == null || action == null) {
            return null;
        }
        switch (action) {
            case "start", "destroy" -> {
                told.remove(id);
                starting.remove(id);
                outOfMemory.remove(id);
            }
            case "oom" -> outOfMemory.add(id);
            case "pause" -> told.put(id, new Told(ContainerState.PAUSED, null, false, System.nanoTime()));
            case "unpause" -> told.put(id, new Told(ContainerState.RUNNING, null, false, System.nanoTime()));
            case "die" -> {
                Integer code = exitCode(event);
                // where memory ran out for a child of its program, that may have gone on, and ended by itself much
                // later
                boolean killed = outOfMemory.remove(id) && code != null && code == ExitWords.KILLED;
                Told end = new Told(ContainerState.EXITED, code, killed, System.nanoTime());
                if (starting.contains(id)) {
                    return new Doubt(id, time(event), end);
                }
                told.put(id, end);
            }
            default -> {
                // nothing that a snapshot shows
            }
        }
        return null;
    }

    /** A start is about to be asked for: what was told of the run before says nothing of this one. */
    public synchronized void starts(String id) {
        told.remove(id);
        starting.add(id);
    }

    /** The start came to nothing, so no event will tell of it. */
    public synchronized void didNotStart(String id) {
        starting.remove(id);
    }

    /** The stream ended or begins: what happened in between was not told. */
    synchronized void forget() {
        told.clear();
        starting.clear();
        outOfMemory.clear();
    }

    /** What to believe of a container that the list shows as running or paused, or null: the list. */
    synchronized @Nullable Told instead(String id, ContainerState listed) {
        Told word = told.get(id);
        boolean up = listed == ContainerState.RUNNING || listed == ContainerState.PAUSED;
        if (word == null || !up || word.state() == listed || !word.holds()) {
            told.remove(id);
            return null;
        }
        return word;
    }

    /** Asks the engine which of its runs came to an end; it answers when it has written it down. */
    public boolean settle(DockerClient client, Doubt doubt) {
        InspectContainerResponse.ContainerState now;
        try {
            now = client.inspectContainerCmd(doubt.container()).exec().getState();
        } catch (NotFoundException e) {
            return true;
        }
        if (!Boolean.TRUE.equals(now.getRunning()) || !startedAfter(now.getStartedAt(), doubt.at())) {
            synchronized (this) {
                told.put(doubt.container(), doubt.told());
            }
        }
        return true;
    }

    private static boolean startedAfter(@Nullable String startedAt, @Nullable Instant end) {
        try {
            return startedAt == null || end == null || Instant.parse(startedAt).isAfter(end);
        } catch (DateTimeException e) {
            return true;
        }
    }

    private static @Nullable String id(Event event) {
        return event.getActor() == null ? event.getId() : event.getActor().getId();
    }

    private static @Nullable Instant time(Event event) {
        Long nanos = event.getTimeNano();
        return nanos == null ? null : Instant.ofEpochSecond(0, nanos);
    }

    private static @Nullable Integer exitCode(Event event) {
        @Nullable
        Map<String, String> attributes =
                event.getActor() == null ? null : event.getActor().getAttributes();
        @Nullable String code = attributes == null ? null : attributes.get("exitCode");
        return code != null && code.matches("-?\\d{1,9}") ? Integer.valueOf(code) : null;
    }
}
