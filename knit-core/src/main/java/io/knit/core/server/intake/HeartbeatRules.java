package io.knit.core.server.intake;

import io.knit.api.model.Capacity;
import io.knit.api.model.Reservation;
import io.knit.core.rules.IpAddress;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.wire.Features;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatHead;
import io.knit.core.wire.NodeId;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.Speaks;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a heartbeat must have to be one: whatever comes may be forged, or of another release. How much it may tell is for others to say. (Pure.) */
final class HeartbeatRules {
    private static final int LONGEST_KEY = 1_000;
    private static final int LONGEST_WORD = 64;
    /** Thousandths of them are numbers that are added up. */
    private static final int MOST_CPUS = 100_000;

    private static final int MOST_GPUS = 1_000;
    /** Of the year 9999. */
    private static final long LATEST = 253_402_300_799_999L;

    private HeartbeatRules() {}

    /** Whether it is whole, and in a version that is spoken here. */
    static boolean isSound(Heartbeat beat) {
        return Speaks.OURS.includes(beat.v())
                && NodeId.isValid(beat.node())
                && isShort(beat.identity())
                && beat.hostname() != null
                && beat.engineVersion() != null
                && beat.agentVersion() != null
                && beat.condition() != null
                && (beat.meshIp() == null || IpAddress.canonical(beat.meshIp()) != null)
                && (beat.meshKey() == null || isShort(beat.meshKey()))
                && isShort(beat.assignmentsDigest())
                && beat.labels() != null
                && beat.labels().entrySet().stream().allMatch(e -> e.getKey() != null && e.getValue() != null);
    }

    /** Whether one of any release says who speaks and what. */
    static boolean isSound(HeartbeatHead head) {
        return isShort(head.identity()) && isRange(head.spoken());
    }

    /** Those that this version knows: others mean nothing here. */
    static List<String> features(Heartbeat beat) {
        if (beat.features() == null) {
            return List.of();
        }
        // of each heartbeat: what it says may be long
        Set<String> said = new HashSet<>(beat.features());
        return Features.ALL.stream().filter(said::contains).toList();
    }

    /** What it says that it has; what can't be is not known. */
    static Capacity capacity(Heartbeat beat) {
        int gpus = beat.gpus() == null ? 0 : Math.min(Math.max(0, beat.gpus()), MOST_GPUS);
        return beat.cpus() < 0 || beat.cpus() > MOST_CPUS || beat.memoryBytes() < 0
                ? Capacity.UNKNOWN
                : new Capacity(beat.cpus(), beat.memoryBytes(), gpus);
    }

    /** What it keeps for itself; null: it does not say, or what can't be. */
    static @Nullable Reservation reserve(Heartbeat beat) {
        Reservation told = beat.reserve();
        return told == null || told.cpu() < 0 || told.memory() < 0 || told.gpus() < 0 ? null : told;
    }

    /**
     * How far its agent's clock is ahead of the server's; empty: it does not say, or what can't be.
     *
     * @param came when it came, by the server's clock
     */
    static Optional<Duration> clockAhead(Heartbeat beat, Instant came) {
        Long told = beat.clock();
        return told == null || told < 0 || told > LATEST
                ? Optional.empty()
                : Optional.of(Duration.between(came, Instant.ofEpochMilli(told)));
    }

    /** What it lets containers have of the host; what this version does not know, and what is too much, is as if it were not said. */
    static List<String> allows(Heartbeat beat) {
        return beat.allows() == null
                ? List.of()
                : beat.allows().stream()
                        .filter(word -> word != null && HostAccess.fault(word) == null)
                        .limit(HostAccess.MOST)
                        .sorted()
                        .toList();
    }

    /** Which of its leftovers are nobody's any more. One that is being deleted is deployed until nothing of it runs. */
    static List<String> gone(Heartbeat beat, Set<String> deployed) {
        return beat.leftovers() == null
                ? List.of()
                : beat.leftovers().stream()
                        .filter(name -> name != null && !deployed.contains(name))
                        .limit(Heartbeat.MOST_LEFTOVERS)
                        .toList();
    }

    /** Of its platform; empty: it does not say. */
    static String word(@Nullable String told) {
        return told == null ? "" : PlainText.of(told, LONGEST_WORD);
    }

    private static boolean isRange(Speaks spoken) {
        return spoken.min() >= 1 && spoken.max() >= spoken.min();
    }

    private static boolean isShort(@Nullable String text) {
        return text != null && text.length() <= LONGEST_KEY;
    }
}
