package io.knit.api.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an instance's agent says of it. Nobody else writes it, and it says nothing about what is wanted.
 *
 * @param state {@code PREPARING, STARTING, RUNNING, STOPPED, FAILED} or {@code REJECTED}; null: nothing was said yet
 * @param reason why it is in this state, in the agent's words; empty if there is nothing to say
 * @param restarts how often its container was started again on this node
 * @param failing whether its container does not do its work: it ended or could not be started, and waits to be started again; or it
 *     is paused
 * @param seq number of the newest status taken in; lower ones are stale
 * @param since when {@code state} last changed; {@link Instant#EPOCH} while nothing was said
 * @param health how it stands with its check; {@code NONE} also of an agent that says nothing of it
 * @param healthySince since when it does its work, in the time for which a server was there; {@link Instant#EPOCH} while it does not, or where that is not known
 * @param start how long the phases of its newest start took
 * @param exitCode with which its container ended that is not started again; null: it is not over, or that is not known
 * @param pull how far the pull of its image has come; null: none is under way, or that is not known
 * @param lastOutput the last lines that it wrote before it failed last, with line feeds between; null: it has not failed, or they are not known
 * @param address its container's own address, to which the mesh leads; null: it has none, or does not run
 * @param wellUntil when it ceased to do its work last, in the time for which a server was there; {@link Instant#EPOCH}: it never did, or that is not known
 * @param wellFor how long it did its work at a stretch, the longest of those that are over, in the time for which a server was there
 */
public record Observed(
        @Nullable InstanceState state,
        String reason,
        int restarts,
        boolean failing,
        long seq,
        Instant since,
        Health health,
        Instant healthySince,
        StartTimes start,
        @Nullable Integer exitCode,
        @Nullable PullProgress pull,
        @Nullable String lastOutput,
        @Nullable String address,
        Instant wellUntil,
        Duration wellFor) {

    /** Of an instance that no agent has spoken of. */
    public static final Observed NOTHING = new Observed(null, "", 0, false, 0, Instant.EPOCH);

    public Observed {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(health, "health");
        Objects.requireNonNull(healthySince, "healthySince");
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(wellUntil, "wellUntil");
        Objects.requireNonNull(wellFor, "wellFor");
    }

    /** One of which it is not known that it ever ceased to do its work. */
    public Observed(
            @Nullable InstanceState state,
            String reason,
            int restarts,
            boolean failing,
            long seq,
            Instant since,
            Health health,
            Instant healthySince,
            StartTimes start,
            @Nullable Integer exitCode,
            @Nullable PullProgress pull,
            @Nullable String lastOutput,
            @Nullable String address) {
        this(
                state,
                reason,
                restarts,
                failing,
                seq,
                since,
                health,
                healthySince,
                start,
                exitCode,
                pull,
                lastOutput,
                address,
                Instant.EPOCH,
                Duration.ZERO);
    }

    /** One that is reached by its node's address alone. */
    public Observed(
            @Nullable InstanceState state,
            String reason,
            int restarts,
            boolean failing,
            long seq,
            Instant since,
            Health health,
            Instant healthySince,
            StartTimes start,
            @Nullable Integer exitCode,
            @Nullable PullProgress pull,
            @Nullable String lastOutput) {
        this(
                state,
                reason,
                restarts,
                failing,
                seq,
                since,
                health,
                healthySince,
                start,
                exitCode,
                pull,
                lastOutput,
                null);
    }

    /** One of whose output and pull nothing is known. */
    public Observed(
            @Nullable InstanceState state,
            String reason,
            int restarts,
            boolean failing,
            long seq,
            Instant since,
            Health health,
            Instant healthySince,
            StartTimes start,
            @Nullable Integer exitCode) {
        this(state, reason, restarts, failing, seq, since, health, healthySince, start, exitCode, null, null);
    }

    /** One that is not over. */
    public Observed(
            @Nullable InstanceState state,
            String reason,
            int restarts,
            boolean failing,
            long seq,
            Instant since,
            Health health,
            Instant healthySince,
            StartTimes start) {
        this(state, reason, restarts, failing, seq, since, health, healthySince, start, null);
    }

    /** One of whose start nothing is known. */
    public Observed(
            @Nullable InstanceState state,
            String reason,
            int restarts,
            boolean failing,
            long seq,
            Instant since,
            Health health,
            Instant healthySince) {
        this(state, reason, restarts, failing, seq, since, health, healthySince, StartTimes.UNKNOWN);
    }

    /** Of one that nothing checks. */
    public Observed(
            @Nullable InstanceState state, String reason, int restarts, boolean failing, long seq, Instant since) {
        this(
                state,
                reason,
                restarts,
                failing,
                seq,
                since,
                Health.NONE,
                state == InstanceState.RUNNING && !failing ? since : Instant.EPOCH);
    }

    /** Whether it does its work as far as its agent knows. */
    public boolean isHealthy() {
        return state == InstanceState.RUNNING && !failing && (health == Health.NONE || health == Health.HEALTHY);
    }

    /** Whether its container is gone for good, or never was. */
    public boolean isEnd() {
        return state != null && state.isEnd();
    }

    /** The same, healthy since then. */
    public Observed healthySince(Instant time) {
        return new Observed(
                state,
                reason,
                restarts,
                failing,
                seq,
                since,
                health,
                time,
                start,
                exitCode,
                pull,
                lastOutput,
                address,
                wellUntil,
                wellFor);
    }

    /** The same, having ceased to do its work then. */
    public Observed wellUntil(Instant time) {
        return new Observed(
                state,
                reason,
                restarts,
                failing,
                seq,
                since,
                health,
                Instant.EPOCH,
                start,
                exitCode,
                pull,
                lastOutput,
                address,
                time,
                longestWell(time));
    }

    /** How long it did its work at a stretch at most, with the one that is not over yet as of that time. */
    public Duration longestWell(Instant time) {
        Duration present = healthySince.equals(Instant.EPOCH) ? Duration.ZERO : Duration.between(healthySince, time);
        return present.compareTo(wellFor) > 0 ? present : wellFor;
    }

    /** The same, having done its work for so long at a stretch before. */
    public Observed wellFor(Duration longest) {
        return new Observed(
                state,
                reason,
                restarts,
                failing,
                seq,
                since,
                health,
                healthySince,
                start,
                exitCode,
                pull,
                lastOutput,
                address,
                wellUntil,
                longest);
    }
}
