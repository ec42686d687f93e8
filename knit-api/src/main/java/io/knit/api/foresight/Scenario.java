package io.knit.api.foresight;

import io.knit.api.command.Command;
import io.knit.api.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What is to be thought to happen to a cluster, one after the other, on time that only seems to pass. Immutable.
 *
 * @param steps in their order; those between two {@link Advance} happen at the same moment, at most {@link #MOST_STEPS}
 * @param length how long it is watched after the last step, unless nothing is left to happen before; with all that the steps pass at most
 *     {@link #LONGEST}
 * @param pace how long what nodes do takes
 */
public record Scenario(List<Step> steps, Duration length, Pace pace) {
    public static final int MOST_STEPS = 100;
    public static final Duration LONGEST = Duration.ofDays(1);

    /** So long it is watched unless somebody says otherwise. */
    public static final Duration USUAL = Duration.ofMinutes(10);

    public Scenario {
        steps = List.copyOf(steps);
        Objects.requireNonNull(length, "length");
        Objects.requireNonNull(pace, "pace");
        if (steps.size() > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "there are " + steps.size() + " steps; give at most " + MOST_STEPS + " in one scenario");
        }
        Duration whole = steps.stream()
                .filter(Advance.class::isInstance)
                .map(step -> ((Advance) step).time())
                .reduce(length, Duration::plus);
        if (length.isNegative() || whole.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "the scenario takes " + Durations.text(whole) + " in all; give at most " + Durations.text(LONGEST));
        }
    }

    /** These, watched for ten minutes after the last. */
    public static Scenario of(Step... steps) {
        return new Scenario(List.of(steps), USUAL, Pace.USUAL);
    }

    /**
     * How long what nodes do takes, all of them alike: nobody can know it of what has not happened.
     *
     * @param fetch until a node has an image ready that is to replace another
     * @param start from being told until the container runs
     * @param stop from being told until the container is gone
     * @param run how long what is run to its end takes, until it ends with exit code 0; what is {@link Unhealthy} ends otherwise
     */
    public record Pace(Duration fetch, Duration start, Duration stop, Duration run) {
        /** 1 s, 2 s, 1 s, 1 m. */
        public static final Pace USUAL = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1));

        /** Runs take a minute. */
        public Pace(Duration fetch, Duration start, Duration stop) {
            this(fetch, start, stop, Duration.ofMinutes(1));
        }

        public Pace {
            require("fetch", fetch);
            require("start", start);
            require("stop", stop);
            require("run", run);
        }

        private static void require(String name, Duration time) {
            if (time.isNegative() || time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        name + " is " + Durations.text(time) + "; give a time from 0s to " + Durations.text(LONGEST));
            }
        }
    }

    /** One thing that happens. */
    public sealed interface Step {}

    /** A host dies with all its containers. The server notices it by the heartbeats that do not come. */
    public record Kill(String node) implements Step {
        public Kill {
            Objects.requireNonNull(node, "node");
        }
    }

    /** A host that was killed, or is down, is there again; its agent starts what it was told last. */
    public record Revive(String node) implements Step {
        public Revive {
            Objects.requireNonNull(node, "node");
        }
    }

    /** Time passes. */
    public record Advance(Duration time) implements Step {
        public Advance {
            Objects.requireNonNull(time, "time");
            if (time.isNegative()) {
                throw new IllegalArgumentException("time is " + time + "; it only goes forward");
            }
        }
    }

    /**
     * From now on no container of it gets or stays healthy.
     *
     * @param what a deployment's name, or an image as a spec names it
     */
    public record Unhealthy(String what) implements Step {
        public Unhealthy {
            Objects.requireNonNull(what, "what");
        }
    }

    /** Somebody gives this command. */
    public record Run(Command<?> command) implements Step {
        public Run {
            Objects.requireNonNull(command, "command");
        }
    }
}
