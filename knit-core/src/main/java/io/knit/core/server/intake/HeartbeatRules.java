package io.knit.core.server.intake;

import io.knit.core.wire.Features;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatHead;
import io.knit.core.wire.NodeId;
import io.knit.core.wire.Speaks;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a heartbeat must have to be one: whatever comes may be forged, or of another release. How much it may tell is for others to say. (Pure.) */
final class HeartbeatRules {
    /** Enough to keep other text out; the engine has the last word on an address. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private static final int LONGEST_KEY = 1_000;

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
                && (beat.meshIp() == null || ADDRESS.matcher(beat.meshIp()).matches())
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
        return beat.features() == null
                ? List.of()
                : Features.ALL.stream().filter(beat.features()::contains).toList();
    }

    private static boolean isRange(Speaks spoken) {
        return spoken.min() >= 1 && spoken.max() >= spoken.min();
    }

    private static boolean isShort(@Nullable String text) {
        return text != null && text.length() <= LONGEST_KEY;
    }
}
