package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.Health;
import io.knit.api.model.InstanceState;
import io.knit.api.spi.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent remembers of an instance beside its container; also exactly what it reports of it. On disk is only what no container tells
 * ({@link io.knit.core.agent.remember.Remembered}): {@code ends}, that its agent ended it, that it is over, and whose check had succeeded. After the
 * agent's restart the containers tell all else that matters, and the count of restarts begins anew. All its times are of
 * {@link io.knit.api.spi.loop.Loop#elapsed}: a clock that is set must not make a failure be waited out for hours.
 *
 * @param state how far it came; never goes back
 * @param words the reason that goes with the state; made when something happened, so that it does not change by itself
 * @param restarts how often its container was started again
 * @param failures how often in a row it ended or could not be started
 * @param notBefore earliest time of the next try to start it, or null: no failure is being waited out
 * @param removeNotBefore earliest time of the next removal, or null
 * @param stint since when it runs, and is well, or null: it does not run, or it ended since
 * @param lastEnd how it ended, until it runs again; else null. One that its agent ended and that is found running has it as long as that end may be under way
 * @param ends when it ended, within the window in which its spec counts that; empty where it does not
 * @param check how it stands with its check; {@code UNHEALTHY} until it was started again
 * @param start how its newest start went
 * @param exitCode with which it ended and is not started again; null: it is not over, or nobody knows
 * @param sidecars how it stands with the containers that run beside its own
 */
public record InstanceMemory(
        InstanceState state,
        String words,
        int restarts,
        int failures,
        @Nullable Duration notBefore,
        @Nullable Duration removeNotBefore,
        @Nullable Stint stint,
        @Nullable LastEnd lastEnd,
        List<Duration> ends,
        Check check,
        StartCourse start,
        @Nullable Integer exitCode,
        Sidecars sidecars) {

    /** Of an instance that nothing was done for yet. */
    public static final InstanceMemory NEW = of(StartCourse.NONE);

    private static final String PAUSED =
            "its container is paused and does nothing; docker unpause on its node lets it run on";

    private static final LastEnd SILENCED = new LastEnd("its agent had stopped it, as no server was heard", true);

    private static final String LEAVING = "what is left of it is being ended";

    /** When this agent first knew it to run, or null: it does not, or it ended since. */
    public @Nullable Duration runningSince() {
        return stint == null ? null : stint.since();
    }

    /** The same, with what an earlier run of the agent counted. */
    public InstanceMemory withEnds(List<Duration> counted) {
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                notBefore,
                removeNotBefore,
                stint,
                lastEnd,
                List.copyOf(counted),
                check,
                start,
                exitCode,
                sidecars);
    }

    /** Of an instance that nothing was done for yet, and that waits as of now. */
    public static InstanceMemory waitingSince(Duration now) {
        return of(StartCourse.waiting(now));
    }

    private static InstanceMemory of(StartCourse start) {
        return new InstanceMemory(
                InstanceState.ASSIGNED,
                "",
                0,
                0,
                null,
                null,
                null,
                null,
                List.of(),
                Check.NONE,
                start,
                null,
                Sidecars.NONE);
    }

    /** The image is fetched and the files are rendered; reasons of earlier tries stay. */
    public InstanceMemory preparing() {
        return in(InstanceState.PREPARING, words);
    }

    /** It can't be made before something else happened. */
    public InstanceMemory waiting(String why) {
        return in(InstanceState.PREPARING, why);
    }

    /** The container is made and started. */
    public InstanceMemory starting() {
        return in(InstanceState.STARTING, words);
    }

    /** Its container is started again: what runs from now on is another run, of which its check has said nothing, also if no answer comes. */
    public InstanceMemory startingAgain(Duration now) {
        return starting().checked(check.again(), now);
    }

    /** Something has to come to its end before its container is made. */
    public InstanceMemory starting(String why) {
        return in(InstanceState.STARTING, why);
    }

    /** It runs, as of now; {@code note} is what a user should know about its image, or empty. */
    public InstanceMemory started(Duration now, String note, Health health) {
        int count = lastEnd == null ? restarts : restarts + 1;
        String again = lastEnd == null ? "" : "started again after " + lastEnd.words();
        String both = note.isEmpty() || again.isEmpty() ? note + again : again + "; " + note;
        return new InstanceMemory(
                InstanceState.RUNNING,
                both,
                count,
                failures,
                null,
                null,
                Stint.begun(now, health),
                null,
                ends,
                new Check(health, ""),
                start,
                null,
                sidecars);
    }

    /** Its container runs, as of now, and it is not running before its sidecars are. */
    public InstanceMemory launched(Duration now, String note, Health health) {
        InstanceMemory next = started(now, note, health);
        return new InstanceMemory(
                max(InstanceState.STARTING),
                next.words,
                next.restarts,
                failures,
                null,
                null,
                next.stint,
                null,
                ends,
                next.check,
                start,
                null,
                sidecars);
    }

    /** Its container was seen running, and not all of its sidecars have been yet. */
    public InstanceMemory launched(Duration now) {
        if (stint != null) {
            return this;
        }
        return byAgent() == null ? launched(now, "", check.health()) : found(InstanceState.STARTING, now);
    }

    /** It was seen running. */
    public InstanceMemory running(Duration now) {
        if (stint == null) {
            return byAgent() == null ? started(now, "", check.health()) : found(InstanceState.RUNNING, now);
        }
        return isPaused() ? in(state, "") : state == InstanceState.STARTING ? in(InstanceState.RUNNING, words) : this;
    }

    /** It runs though its agent ended it: as it was not ended yet, or is started again already. */
    private InstanceMemory found(InstanceState next, Duration now) {
        return new InstanceMemory(
                max(next),
                "",
                restarts,
                failures,
                null,
                null,
                Stint.begun(now, check.health()),
                lastEnd,
                ends,
                check,
                start,
                null,
                sidecars);
    }

    /** What of it its agent ended has ended: it is started again, whatever its spec says of ends. */
    public InstanceMemory endedAsMeant(Duration now) {
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                now,
                removeNotBefore,
                null,
                lastEnd,
                ends,
                check.again(),
                start,
                exitCode,
                sidecars);
    }

    /**
     * Whether it runs long enough for an end by its agent not to be under way any more.
     *
     * @param ending how long that takes at most
     */
    public InstanceMemory runsOn(Duration now, Duration ending) {
        boolean mayEnd = stint == null || now.minus(stint.since()).compareTo(ending) < 0;
        if (byAgent() == null || mayEnd) {
            return this;
        }
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                notBefore,
                removeNotBefore,
                stint,
                null,
                ends,
                check,
                start,
                exitCode,
                sidecars);
    }

    /** For what its agent ended it and has it started again, unless that is done; null: it did not. */
    public @Nullable String byAgent() {
        return lastEnd != null && lastEnd.byAgent() && !state.isEnd() ? lastEnd.words() : null;
    }

    /** So it stands with its sidecars now. */
    public InstanceMemory with(Sidecars next) {
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                notBefore,
                removeNotBefore,
                stint,
                lastEnd,
                ends,
                check,
                start,
                exitCode,
                next);
    }

    /** All that there is to say of how it stands. */
    public String reason() {
        String beside = isLeaving() ? LEAVING : sidecars.words();
        return words.isEmpty() || beside.isEmpty() ? words + beside : words + "; " + beside;
    }

    /** It was seen paused: started, and doing nothing. */
    public InstanceMemory paused(Duration now) {
        return running(now).in(InstanceState.RUNNING, PAUSED);
    }

    /** It ran and does not any more. */
    public InstanceMemory ended(@Nullable String exit, Duration now, BackOff backOff) {
        int inARow = backOff.wasStable(stint, now) ? 1 : failures + 1;
        Duration wait = backOff.after(inARow);
        Duration next = now.plus(backOff.spread(inARow));
        LastEnd how = new LastEnd(exit == null ? "its end" : exit, false);
        return ended(words(exit), how, inARow, next, BackOff.words(wait), check.again())
                .with(StartCourse.waiting(now));
    }

    /**
     * It is not started again.
     *
     * @param isComplete whether it did what it was for
     * @param code its exit code, or null: it has none, or nobody knows
     */
    public InstanceMemory over(String why, boolean isComplete, @Nullable Integer code) {
        return over(why, isComplete, check, code);
    }

    /**
     * An earlier run of its agent knew that it is not started again. Whether all of it has ended is not known.
     *
     * @param isSick whether its check had failed: if it runs it is ended
     */
    public InstanceMemory over(String said, boolean isComplete, boolean isSick, @Nullable Integer code) {
        Check last = isSick ? new Check(Health.UNHEALTHY, said) : Check.NONE;
        return isComplete ? over(said, true, last, code) : leaving(said, last, code);
    }

    private InstanceMemory over(String said, boolean isComplete, Check last, @Nullable Integer code) {
        int inARow = isComplete ? 0 : Math.max(failures, 1);
        return new InstanceMemory(
                InstanceState.FAILED,
                said,
                restarts,
                inARow,
                null,
                removeNotBefore,
                null,
                null,
                ends,
                last,
                start,
                code,
                sidecars);
    }

    /**
     * It is not started again, and has failed once nothing of it runs.
     *
     * @param code its exit code, or null: it has none, or nobody knows
     */
    public InstanceMemory leaving(String why, @Nullable Integer code) {
        return leaving(why, check, code);
    }

    private InstanceMemory leaving(String said, Check last, @Nullable Integer code) {
        return new InstanceMemory(
                InstanceState.RUNNING,
                said,
                restarts,
                Math.max(failures, 1),
                null,
                removeNotBefore,
                null,
                LastEnd.forGood(said),
                ends,
                last,
                start,
                code,
                sidecars);
    }

    /** Whether it is not started again, and something of it may still run. */
    public boolean isLeaving() {
        return !state.isEnd() && lastEnd != null && lastEnd.isForGood();
    }

    /** Nothing of it runs any more. */
    public InstanceMemory left() {
        return lastEnd != null && isLeaving() ? over(lastEnd.words(), false, check, exitCode) : this;
    }

    /** Why it is not started again, also while something of it may still run; null: it is, or nobody said so yet. */
    public @Nullable String whyOver() {
        return state == InstanceState.FAILED ? words : lastEnd != null && isLeaving() ? lastEnd.words() : null;
    }

    /** It ended now, which counts for so long. */
    public InstanceMemory counting(Duration now, Duration window) {
        List<Duration> counted = new ArrayList<>(ends);
        counted.removeIf(end -> end.compareTo(now.minus(window)) < 0);
        counted.add(now);
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                notBefore,
                removeNotBefore,
                stint,
                lastEnd,
                List.copyOf(counted),
                check,
                start,
                exitCode,
                sidecars);
    }

    /** How it ended, in words. */
    public static String words(@Nullable String exit) {
        return exit == null ? "ended" : exit.startsWith("exit code") ? "ended with " + exit : "ended: " + exit;
    }

    /** Its check failed too often: it is to be started again as one that ended. */
    public InstanceMemory sick(Duration now, BackOff backOff) {
        int inARow = backOff.wasStable(stint, now) ? 1 : failures + 1;
        Duration wait = backOff.after(inARow);
        Duration next = now.plus(backOff.spread(inARow));
        LastEnd how = new LastEnd(check.words(), true);
        return ended(check.words(), how, inARow, next, BackOff.words(wait), check)
                .with(StartCourse.waiting(now));
    }

    private InstanceMemory ended(String why, LastEnd how, int inARow, Duration next, String wait, Check after) {
        String said = why + "; starts again in " + wait + " (restart " + (restarts + 1) + ")";
        return new InstanceMemory(
                InstanceState.RUNNING,
                said,
                restarts,
                inARow,
                next,
                removeNotBefore,
                null,
                how,
                ends,
                after,
                start,
                exitCode,
                sidecars);
    }

    /** How it stands with its check, from now on. */
    public InstanceMemory checked(Check next, Duration now) {
        if (check.equals(next)) {
            return this;
        }
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                notBefore,
                removeNotBefore,
                stint == null ? null : stint.checked(next.health(), now),
                lastEnd,
                ends,
                next,
                next.health() == Health.HEALTHY ? start.healthy(now) : start,
                exitCode,
                sidecars);
    }

    /** It runs in the container of which an earlier run of its agent knew that its check had succeeded: a restart of the agent is none of it. */
    public InstanceMemory knownWell() {
        boolean isFresh = state == InstanceState.ASSIGNED && lastEnd == null && check.health() == Health.NONE;
        return isFresh
                ? new InstanceMemory(
                        state,
                        words,
                        restarts,
                        failures,
                        notBefore,
                        removeNotBefore,
                        stint,
                        null,
                        ends,
                        Check.WELL,
                        start,
                        exitCode,
                        sidecars)
                : this;
    }

    /** Whether it runs, nothing ends it, and its check succeeded last. */
    public boolean isWell() {
        return state == InstanceState.RUNNING && stint != null && lastEnd == null && check.equals(Check.WELL);
    }

    /** Its start has come so far. */
    public InstanceMemory with(StartCourse course) {
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                notBefore,
                removeNotBefore,
                stint,
                lastEnd,
                ends,
                check,
                course,
                exitCode,
                sidecars);
    }

    /** Its container was ended, and stays until it is started again. The engine may show it as running a moment longer. */
    public InstanceMemory halted(Duration now, BackOff backOff) {
        return removed(now, backOff);
    }

    /**
     * Its agent stops it, or does not start it, as no server is heard. It has not failed for that.
     *
     * @param after for so long; null: it is not known
     */
    public InstanceMemory silenced(@Nullable Duration after, Duration now) {
        String why = "stopped by its agent: no server was heard"
                + (after == null ? "" : " for " + Durations.text(after)) + " (disconnect.stop_after)";
        boolean isMadeReady = state == InstanceState.PREPARING || state == InstanceState.STARTING;
        // what only waits for its sidecars runs already; found so by an agent that did not start it, it may have been
        // whole before
        boolean isYetToRun = isMadeReady && (stint == null || start.times().started() != null);
        return ended(why, SILENCED, isYetToRun ? failures : Math.max(failures, 1), now);
    }

    /** An earlier run of its agent ended it, and had it started again: that is due. */
    public InstanceMemory endedBefore(String why, Duration now) {
        return ended(why, why.equals(SILENCED.words()) ? SILENCED : new LastEnd(why, true), 1, now);
    }

    private InstanceMemory ended(String why, LastEnd how, int inARow, Duration now) {
        return new InstanceMemory(
                state,
                why,
                restarts,
                inARow,
                now,
                removeNotBefore,
                null,
                how,
                ends,
                check.again(),
                start,
                exitCode,
                sidecars);
    }

    /** Whether its container is ended, or was, because no server was heard. */
    public boolean isSilenced() {
        return SILENCED.equals(lastEnd) && stint == null;
    }

    /** Whether its container is to be ended, because its check failed too often. */
    public boolean isSick() {
        return check.health() == Health.UNHEALTHY;
    }

    /** Whether that was decided, and is waited out. */
    public boolean isBeingCured() {
        return isSick() && stint == null && notBefore != null;
    }

    /** It could not be made or started; it is tried again here. */
    public InstanceMemory refused(String why, Duration now, BackOff backOff) {
        int inARow = failures + 1;
        Duration wait = backOff.after(inARow);
        String said = why + "; tries again in " + BackOff.words(wait) + " (attempt " + (inARow + 1) + ")";
        return new InstanceMemory(
                max(InstanceState.STARTING),
                said,
                restarts,
                inARow,
                now.plus(backOff.spread(inARow)),
                removeNotBefore,
                stint,
                lastEnd,
                ends,
                check,
                start,
                exitCode,
                sidecars);
    }

    /** What looks after it has changed: a start that was waited out is due now, the failures stay counted. */
    public InstanceMemory hurried(Duration now) {
        if (!waits(now) || state.isEnd()) {
            return this;
        }
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                now,
                removeNotBefore,
                stint,
                lastEnd,
                ends,
                check,
                start,
                exitCode,
                sidecars);
    }

    /** The engine did not answer; that is no fault of the instance. */
    public InstanceMemory unanswered(String why, Duration now, BackOff backOff) {
        Duration next = now.plus(backOff.first());
        return new InstanceMemory(
                state, why, restarts, failures, next, next, stint, lastEnd, ends, check, start, exitCode, sidecars);
    }

    /** This node can't take it. */
    public InstanceMemory rejected(String why) {
        return new InstanceMemory(
                InstanceState.REJECTED,
                why,
                restarts,
                failures,
                null,
                removeNotBefore,
                null,
                lastEnd,
                ends,
                check,
                start,
                exitCode,
                sidecars);
    }

    /** A container of it was removed. The engine may show it a moment longer, so a second removal is not hurried. */
    public InstanceMemory removed(Duration now, BackOff backOff) {
        return new InstanceMemory(
                state,
                words,
                restarts,
                failures,
                notBefore,
                now.plus(backOff.first()),
                null,
                lastEnd,
                ends,
                check,
                start,
                exitCode,
                sidecars);
    }

    /** A container of it could not be removed. */
    public InstanceMemory notRemoved(String why, Duration now, BackOff backOff) {
        String said = "its container can't be removed: " + why;
        return new InstanceMemory(
                state,
                said,
                restarts,
                failures,
                notBefore,
                now.plus(backOff.first()),
                stint,
                lastEnd,
                ends,
                check,
                start,
                exitCode,
                sidecars);
    }

    /** Nothing of it is on the node any more. */
    public InstanceMemory gone() {
        return new InstanceMemory(
                InstanceState.STOPPED,
                "",
                restarts,
                0,
                null,
                null,
                null,
                null,
                List.of(),
                Check.NONE,
                StartCourse.NONE,
                exitCode,
                Sidecars.NONE);
    }

    /** Whether it failed between the two: it ended, and is started again or not. */
    public boolean hasFailedSince(InstanceMemory before) {
        boolean over = state == InstanceState.FAILED && before.state != InstanceState.FAILED;
        return failing() && (over || lastEnd != null && before.lastEnd == null);
    }

    /** Whether its container does not do its work: it ended or could not be started and waits to be started again, or is paused. */
    public boolean failing() {
        if (state == InstanceState.FAILED) {
            return failures > 0;
        }
        return !state.isEnd() && (isPaused() || (failures > 0 && stint == null));
    }

    private boolean isPaused() {
        return words.equals(PAUSED);
    }

    public boolean waits(Duration now) {
        return notBefore != null && now.compareTo(notBefore) < 0;
    }

    public boolean removalWaits(Duration now) {
        return removeNotBefore != null && now.compareTo(removeNotBefore) < 0;
    }

    private InstanceMemory in(InstanceState next, String said) {
        return new InstanceMemory(
                max(next),
                said,
                restarts,
                failures,
                notBefore,
                removeNotBefore,
                stint,
                lastEnd,
                ends,
                check,
                start,
                exitCode,
                sidecars);
    }

    private InstanceState max(InstanceState next) {
        return state.compareTo(next) < 0 ? next : state;
    }
}
