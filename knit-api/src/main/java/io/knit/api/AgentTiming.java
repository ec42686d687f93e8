package io.knit.api;

import java.time.Duration;

/**
 * How often an agent speaks and how long it waits.
 *
 * @param heartbeat between two heartbeats; 3 s
 * @param requestTimeout until an unanswered message is taken for lost; 2 s
 * @param statusResend between two sendings of a status that was not acknowledged; 2 s
 * @param snapshotInterval between two looks at the engine's containers, as a safety net for lost events; 30 s
 * @param restartFirst until a container that ended is started again the first time; doubles each time; 1 s
 * @param restartMost the longest such wait; 1 min
 * @param stableAfter a container that was healthy this long at a stretch, or ran so long with nothing that checks it, starts again with
 *     {@code restartFirst}; 10 min
 * @param stopGrace between SIGTERM and SIGKILL; 10 s
 */
public record AgentTiming(
        Duration heartbeat,
        Duration requestTimeout,
        Duration statusResend,
        Duration snapshotInterval,
        Duration restartFirst,
        Duration restartMost,
        Duration stableAfter,
        Duration stopGrace) {

    public static final AgentTiming DEFAULT = new AgentTiming(
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10));

    /**
     * @throws IllegalArgumentException if a duration is not above zero
     */
    public AgentTiming {
        ServerTiming.requirePositive(heartbeat, "heartbeat");
        ServerTiming.requirePositive(requestTimeout, "requestTimeout");
        ServerTiming.requirePositive(statusResend, "statusResend");
        ServerTiming.requirePositive(snapshotInterval, "snapshotInterval");
        ServerTiming.requirePositive(restartFirst, "restartFirst");
        ServerTiming.requirePositive(restartMost, "restartMost");
        ServerTiming.requirePositive(stableAfter, "stableAfter");
        ServerTiming.requirePositive(stopGrace, "stopGrace");
    }

    public AgentTiming withHeartbeat(Duration duration) {
        return new AgentTiming(
                duration,
                requestTimeout,
                statusResend,
                snapshotInterval,
                restartFirst,
                restartMost,
                stableAfter,
                stopGrace);
    }

    public AgentTiming withStatusResend(Duration duration) {
        return new AgentTiming(
                heartbeat,
                requestTimeout,
                duration,
                snapshotInterval,
                restartFirst,
                restartMost,
                stableAfter,
                stopGrace);
    }

    public AgentTiming withStopGrace(Duration duration) {
        return new AgentTiming(
                heartbeat,
                requestTimeout,
                statusResend,
                snapshotInterval,
                restartFirst,
                restartMost,
                stableAfter,
                duration);
    }
}
