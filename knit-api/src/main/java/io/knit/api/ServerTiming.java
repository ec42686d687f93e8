package io.knit.api;

import java.time.Duration;
import java.util.Objects;

/**
 * When a server judges its nodes and how long it waits.
 *
 * @param suspectAfter without a heartbeat a node takes no new work; 7 s
 * @param downAfter without a heartbeat a node's work is replaced; 12 s. After its own start a server judges no node before this has passed.
 * @param connectionLostAfter a node whose connection closed takes no new work; 3 s
 * @param aliveGrace without a heartbeat a node's work is replaced though the mesh still hears of its host; 1 min, and never before {@code downAfter}
 * @param discoveryInterval between two looks at the mesh; 30 s
 */
public record ServerTiming(
        Duration suspectAfter,
        Duration downAfter,
        Duration connectionLostAfter,
        Duration aliveGrace,
        Duration discoveryInterval) {

    public static final ServerTiming DEFAULT = new ServerTiming(
            Duration.ofSeconds(7),
            Duration.ofSeconds(12),
            Duration.ofSeconds(3),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30));

    /**
     * @throws IllegalArgumentException if a duration is not above zero, or down comes before suspect
     */
    public ServerTiming {
        requirePositive(suspectAfter, "suspectAfter");
        requirePositive(downAfter, "downAfter");
        requirePositive(connectionLostAfter, "connectionLostAfter");
        requirePositive(aliveGrace, "aliveGrace");
        requirePositive(discoveryInterval, "discoveryInterval");
        if (downAfter.compareTo(suspectAfter) <= 0) {
            throw new IllegalArgumentException("downAfter (" + downAfter + ") must be longer than suspectAfter ("
                    + suspectAfter + "): a node is suspect before it is down");
        }
    }

    public ServerTiming withSuspectAfter(Duration duration) {
        return new ServerTiming(duration, downAfter, connectionLostAfter, aliveGrace, discoveryInterval);
    }

    public ServerTiming withDownAfter(Duration duration) {
        return new ServerTiming(suspectAfter, duration, connectionLostAfter, aliveGrace, discoveryInterval);
    }

    public ServerTiming withDiscoveryInterval(Duration duration) {
        return new ServerTiming(suspectAfter, downAfter, connectionLostAfter, aliveGrace, duration);
    }

    /** How long a node may be silent while the mesh still hears of its host. */
    public Duration downThoughAlive() {
        return aliveGrace.compareTo(downAfter) > 0 ? aliveGrace : downAfter;
    }

    static Duration requirePositive(Duration duration, String name) {
        Objects.requireNonNull(duration, name);
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(name + " is " + duration + "; give a duration above zero");
        }
        return duration;
    }
}
