package io.knit.api.command;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a command would do to the cluster as it stands, if every node did at once what it is told. Nothing was done. Immutable.
 *
 * @param command in words
 * @param state revision of the cluster's state that it was worked out on
 * @param changes whether the command would change anything
 * @param whole whether all that follows was worked out; else what is left is told as it stands, without a node
 * @param diff where the deployment's spec differs from the present one, in the order of the docs; empty: nowhere, or there is none yet
 * @param steps by deployment and slot: all slots of the deployment it is about, and of others those for which something changes
 * @param services by deployment: how well each of those that worked does so meanwhile
 * @param nextRuns when the deployment is run next, the first of those times; empty: it does not run by the clock, or is paused
 */
public record Plan(
        String command,
        long state,
        boolean changes,
        boolean whole,
        List<FieldChange> diff,
        List<Step> steps,
        List<Service> services,
        List<Instant> nextRuns) {
    public Plan {
        Objects.requireNonNull(command, "command");
        diff = List.copyOf(diff);
        steps = List.copyOf(steps);
        services = List.copyOf(services);
        nextRuns = List.copyOf(nextRuns);
    }

    /** One in which nobody's work is interrupted. */
    public Plan(String command, long state, boolean changes, boolean whole, List<FieldChange> diff, List<Step> steps) {
        this(command, state, changes, whole, diff, steps, List.of(), List.of());
    }

    /**
     * How long work is expected not to be done.
     *
     * @param time zero: not at all; null: nobody can say, as where no node fits
     * @param words what it consists of and how that is known; empty: there is nothing to say
     */
    public record Downtime(@Nullable Duration time, String words) {
        public static final Downtime NONE = new Downtime(Duration.ZERO, "");

        public Downtime {
            Objects.requireNonNull(words, "words");
        }

        /** Whether none is expected. */
        public boolean isNone() {
            return time != null && time.isZero();
        }
    }

    /**
     * How well a deployment works meanwhile.
     *
     * @param healthy how many of its slots work now
     * @param worst how many of them work at the worst moment
     * @param downtime how long none of them does
     */
    public record Service(String deployment, int healthy, int worst, Downtime downtime) {
        public Service {
            Objects.requireNonNull(deployment, "deployment");
            Objects.requireNonNull(downtime, "downtime");
        }
    }

    /**
     * Where two specs differ.
     *
     * @param pointer JSON pointer into the spec
     * @param before as JSON text, secrets masked; null: it was not there
     * @param after likewise
     */
    public record FieldChange(
            String pointer,
            @Nullable String before,
            @Nullable String after) {
        public FieldChange {
            Objects.requireNonNull(pointer, "pointer");
        }
    }

    /** What becomes of a slot. */
    public enum Action {
        /** What is in it stays as it is. */
        KEEP,
        /** It gets an instance, and had none. */
        CREATE,
        /** It gets another instance, and the one in it is stopped; whether before that works, the downtime says. */
        REPLACE,
        /** What is in it is stopped, and nothing follows. */
        STOP
    }

    /**
     * What becomes of one slot.
     *
     * @param deployment its name
     * @param slot 0…replicas-1, and a number likewise where the slot has a name
     * @param key the slot's name; null: it has none
     * @param instance id of the instance in it now, or null: there is none
     * @param from node of that, or null
     * @param to node on which the slot's instance will be, or null: none is known; the reason says why
     * @param reason why that node, or why none, in words; empty if there is nothing to say
     * @param downtime how long the slot's work is expected not to be done
     */
    public record Step(
            String deployment,
            int slot,
            @Nullable String key,
            Action action,
            @Nullable String instance,
            @Nullable String from,
            @Nullable String to,
            String reason,
            Downtime downtime) {
        public Step {
            Objects.requireNonNull(deployment, "deployment");
            Objects.requireNonNull(action, "action");
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(downtime, "downtime");
        }
    }
}
