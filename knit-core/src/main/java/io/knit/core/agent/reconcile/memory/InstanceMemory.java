package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.Health;
import io.knit.api.model.InstanceState;
import io.knit.api.spi.Durations;
import io.knit.core.agent.reconcile.memory.Setbacks.LastEnd;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent remembers of an instance beside its container; also exactly what it reports of it. On disk is only what no container tells
 * ({@link io.knit.core.agent.remember.Remembered}): {@code ends}, that its agent ended it, that it is over, and whose check had succeeded. After the
 * agent's restart the containers tell all else that matters, and the count of restarts begins anew. All its times are of
 * {@link io.knit.api.spi.loop.Loop#elapsed}: a clock that is set must not make a failure be waited out for hours.
 *
 * @param standing how far it came
 * @param setbacks how it failed
 * @param run how the run of its container goes
 * @param removeNotBefore earliest time of the next removal, or null
 * @param start how its newest start went
 * @param sidecars how it stands with the containers that run beside its own
 */
public record InstanceMemory(
        Standing standing,
        Setbacks setbacks,
        RunCourse run,
        @Nullable Duration removeNotBefore,
        StartCourse start,
        Sidecars sidecars) {

    /** Of an instance that nothing was done for yet. */
    public static final InstanceMemory NEW = of(StartCourse.NONE);

    private static final String PAUSED =
            "its container is paused and does nothing; docker unpause on its node lets it run on";

    private static final LastEnd SILENCED = LastEnd.byAgent("its agent had stopped it, as no server was heard");

    private static final String LEAVING = "what is left of it is being ended";

    /** Of an instance that nothing was done for yet, and that waits as of now. */
    public static InstanceMemory waitingSince(Duration now) {
        return of(StartCourse.waiting(now));
    }

    private static InstanceMemory of(StartCourse start) {
        return new InstanceMemory(Standing.NEW, Setbacks.NONE, RunCourse.NONE, null, start, Sidecars.NONE);
    }

    public InstanceState state() {
        return standing.state();
    }

    /** The reason that goes with the state. */
    public String words() {
        return standing.words();
    }

    /** With which it ended and is not started again; null: it is not over, or nobody knows. */
    public @Nullable Integer exitCode() {
        return standing.exitCode();
    }

    /** How often its container was started again. */
    public int restarts() {
        return setbacks.restarts();
    }

    /** How often in a row it ended or could not be started. */
    public int failures() {
        return setbacks.inARow();
    }

    /** Earliest time of the next try to start it, or null: no failure is being waited out. */
    public @Nullable Duration notBefore() {
        return setbacks.notBefore();
    }

    /** When it ended, within the window in which its spec counts that; empty where it does not. */
    public List<Duration> ends() {
        return setbacks.ends();
    }

    /** How it stands with its check. */
    public Check check() {
        return run.check();
    }

    /** When this agent first knew it to run, or null: it does not, or it ended since. */
    public @Nullable Duration runningSince() {
        return run.stint() == null ? null : run.stint().since();
    }

    /** All that there is to say of how it stands. */
    public String reason() {
        String words = words();
        String beside = isLeaving() ? LEAVING : sidecars.words();
        return words.isEmpty() || beside.isEmpty() ? words + beside : words + "; " + beside;
    }

    /** For what its agent ended it and has it started again, unless that is done; null: it did not. */
    public @Nullable String byAgent() {
        LastEnd last = setbacks.lastEnd();
        return last != null && last.byAgent() && !state().isEnd() ? last.words() : null;
    }

    /** Why it is not started again, also while something of it may still run; null: it is, or nobody said so yet. */
    public @Nullable String whyOver() {
        return state() == InstanceState.FAILED ? words() : wordsOfLeaving();
    }

    /** Whether it is not started again, and something of it may still run. */
    public boolean isLeaving() {
        return wordsOfLeaving() != null;
    }

    private @Nullable String wordsOfLeaving() {
        LastEnd last = setbacks.lastEnd();
        return !state().isEnd() && last != null && last.isForGood() ? last.words() : null;
    }

    /** Whether it runs, nothing ends it, and its check succeeded last. */
    public boolean isWell() {
        return state() == InstanceState.RUNNING
                && run.stint() != null
                && setbacks.lastEnd() == null
                && check().equals(Check.WELL);
    }

    /** Whether its container is ended, or was, because no server was heard. */
    public boolean isSilenced() {
        return SILENCED.equals(setbacks.lastEnd()) && run.stint() == null;
    }

    /** Whether its container is to be ended, because its check failed too often. */
    public boolean isSick() {
        return check().health() == Health.UNHEALTHY;
    }

    /** Whether that was decided, and is waited out. */
    public boolean isBeingCured() {
        return isSick() && run.stint() == null && notBefore() != null;
    }

    /** Whether it failed between the two: it ended, and is started again or not. */
    public boolean hasFailedSince(InstanceMemory before) {
        boolean over = state() == InstanceState.FAILED && before.state() != InstanceState.FAILED;
        boolean ended = setbacks.lastEnd() != null && before.setbacks.lastEnd() == null;
        return failing() && (over || ended);
    }

    /** Whether its container does not do its work: it ended or could not be started and waits to be started again, or is paused. */
    public boolean failing() {
        if (state() == InstanceState.FAILED) {
            return failures() > 0;
        }
        return !state().isEnd() && (isPaused() || (failures() > 0 && run.stint() == null));
    }

    private boolean isPaused() {
        return words().equals(PAUSED);
    }

    public boolean waits(Duration now) {
        return setbacks.waits(now);
    }

    public boolean removalWaits(Duration now) {
        return removeNotBefore != null && now.compareTo(removeNotBefore) < 0;
    }

    /** The image is fetched and the files are rendered; reasons of earlier tries stay. */
    public InstanceMemory preparing() {
        return reached(InstanceState.PREPARING, words());
    }

    /** It can't be made before something else happened. */
    public InstanceMemory waiting(String why) {
        return reached(InstanceState.PREPARING, why);
    }

    /** The container is made and started. */
    public InstanceMemory starting() {
        return reached(InstanceState.STARTING, words());
    }

    /** Something has to come to its end before its container is made. */
    public InstanceMemory starting(String why) {
        return reached(InstanceState.STARTING, why);
    }

    /** Its container is started again: what runs from now on is another run, of which its check has said nothing, also if no answer comes. */
    public InstanceMemory startingAgain(Duration now) {
        return starting().checked(check().again(), now);
    }

    /** It runs, as of now; {@code note} is what a user should know about its image, or empty. */
    public InstanceMemory started(Duration now, String note, Health health) {
        return started(new Standing(InstanceState.RUNNING, onStart(note), null), now, health);
    }

    /** Its container runs, as of now, and it is not running before its sidecars are. */
    public InstanceMemory launched(Duration now, String note, Health health) {
        return started(standing.runs(InstanceState.STARTING, onStart(note)), now, health);
    }

    private InstanceMemory started(Standing next, Duration now, Health health) {
        return new InstanceMemory(next, setbacks.started(), RunCourse.begun(now, health), null, start, sidecars);
    }

    private String onStart(String note) {
        LastEnd last = setbacks.lastEnd();
        String again = last == null ? "" : "started again after " + last.words();
        return note.isEmpty() || again.isEmpty() ? note + again : again + "; " + note;
    }

    /** Its container was seen running, and not all of its sidecars have been yet. */
    public InstanceMemory launched(Duration now) {
        if (run.stint() != null) {
            return this;
        }
        return byAgent() == null ? launched(now, "", check().health()) : found(InstanceState.STARTING, now);
    }

    /** It was seen running. */
    public InstanceMemory running(Duration now) {
        if (run.stint() == null) {
            return byAgent() == null ? started(now, "", check().health()) : found(InstanceState.RUNNING, now);
        }
        if (isPaused()) {
            return reached(state(), "");
        }
        return state() == InstanceState.STARTING ? reached(InstanceState.RUNNING, words()) : this;
    }

    /** It runs though its agent ended it: as it was not ended yet, or is started again already. */
    private InstanceMemory found(InstanceState next, Duration now) {
        return new InstanceMemory(standing.runs(next, ""), setbacks.until(null), run.found(now), null, start, sidecars);
    }

    /** It was seen paused: started, and doing nothing. */
    public InstanceMemory paused(Duration now) {
        return running(now).reached(InstanceState.RUNNING, PAUSED);
    }

    /**
     * Whether it runs long enough for an end by its agent not to be under way any more.
     *
     * @param ending how long that takes at most
     */
    public InstanceMemory runsOn(Duration now, Duration ending) {
        boolean mayEnd = run.stint() == null || now.minus(run.stint().since()).compareTo(ending) < 0;
        return byAgent() == null || mayEnd ? this : with(setbacks.withoutEnd());
    }

    /** How it stands with its check, from now on. */
    public InstanceMemory checked(Check next, Duration now) {
        if (check().equals(next)) {
            return this;
        }
        InstanceMemory checked = with(run.checked(next, now));
        return next.health() == Health.HEALTHY ? checked.with(start.healthy(now)) : checked;
    }

    /** It runs in the container of which an earlier run of its agent knew that its check had succeeded: a restart of the agent is none of it. */
    public InstanceMemory knownWell() {
        boolean isFresh =
                state() == InstanceState.ASSIGNED && setbacks.lastEnd() == null && check().health() == Health.NONE;
        return isFresh ? with(run.known(Check.WELL)) : this;
    }

    /** It ran and does not any more. */
    public InstanceMemory ended(@Nullable String exit, Duration now, BackOff backOff) {
        LastEnd how = LastEnd.byItself(exit == null ? "its end" : exit);
        return endedAndStartsAgain(words(exit), how, check().again(), now, backOff);
    }

    /** Its check failed too often: it is to be started again as one that ended. */
    public InstanceMemory sick(Duration now, BackOff backOff) {
        return endedAndStartsAgain(check().words(), LastEnd.byAgent(check().words()), check(), now, backOff);
    }

    private InstanceMemory endedAndStartsAgain(String why, LastEnd how, Check after, Duration now, BackOff backOff) {
        int inARow = backOff.wasStable(run.stint(), now) ? 1 : failures() + 1;
        Duration next = now.plus(backOff.spread(inARow));
        String wait = BackOff.words(backOff.after(inARow));
        String said = why + "; starts again in " + wait + " (restart " + (restarts() + 1) + ")";
        return new InstanceMemory(
                standing.at(InstanceState.RUNNING, said),
                setbacks.ended(inARow, how, next),
                run.ended(after),
                removeNotBefore,
                StartCourse.waiting(now),
                sidecars);
    }

    /** How it ended, in words. */
    public static String words(@Nullable String exit) {
        return exit == null ? "ended" : exit.startsWith("exit code") ? "ended with " + exit : "ended: " + exit;
    }

    /** What of it its agent ended has ended: it is started again, whatever its spec says of ends. */
    public InstanceMemory endedAsMeant(Duration now) {
        return with(setbacks.until(now)).with(run.ended());
    }

    /**
     * Its agent stops it, or does not start it, as no server is heard. It has not failed for that.
     *
     * @param after for so long; null: it is not known
     */
    public InstanceMemory silenced(@Nullable Duration after, Duration now) {
        String why = "stopped by its agent: no server was heard"
                + (after == null ? "" : " for " + Durations.text(after)) + " (disconnect.stop_after)";
        boolean isMadeReady = state() == InstanceState.PREPARING || state() == InstanceState.STARTING;
        // what only waits for its sidecars runs already; found so by an agent that did not start it, it may have been
        // whole before
        boolean isYetToRun =
                isMadeReady && (run.stint() == null || start.times().started() != null);
        return endedByAgent(why, SILENCED, isYetToRun ? failures() : Math.max(failures(), 1), now);
    }

    /** An earlier run of its agent ended it, and had it started again: that is due. */
    public InstanceMemory endedBefore(String why, Duration now) {
        return endedByAgent(why, LastEnd.byAgent(why), 1, now);
    }

    private InstanceMemory endedByAgent(String why, LastEnd how, int inARow, Duration now) {
        return with(standing.saying(why)).with(setbacks.ended(inARow, how, now)).with(run.ended());
    }

    /** It ended now, which counts for so long. */
    public InstanceMemory counting(Duration now, Duration window) {
        return with(setbacks.counting(now, window));
    }

    /** The same, with what an earlier run of the agent counted. */
    public InstanceMemory withEnds(List<Duration> counted) {
        return with(setbacks.with(counted));
    }

    /**
     * It is not started again.
     *
     * @param isComplete whether it did what it was for
     * @param code its exit code, or null: it has none, or nobody knows
     */
    public InstanceMemory over(String why, boolean isComplete, @Nullable Integer code) {
        return over(why, isComplete, check(), code);
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
        return with(new Standing(InstanceState.FAILED, said, code))
                .with(setbacks.ended(isComplete ? 0 : Math.max(failures(), 1), null, null))
                .with(run.ended(last));
    }

    /**
     * It is not started again, and has failed once nothing of it runs.
     *
     * @param code its exit code, or null: it has none, or nobody knows
     */
    public InstanceMemory leaving(String why, @Nullable Integer code) {
        return leaving(why, check(), code);
    }

    private InstanceMemory leaving(String said, Check last, @Nullable Integer code) {
        return with(new Standing(InstanceState.RUNNING, said, code))
                .with(setbacks.ended(Math.max(failures(), 1), LastEnd.forGood(said), null))
                .with(run.ended(last));
    }

    /** Nothing of it runs any more. */
    public InstanceMemory left() {
        String why = wordsOfLeaving();
        return why == null ? this : over(why, false, check(), exitCode());
    }

    /** It could not be made or started; it is tried again here. */
    public InstanceMemory refused(String why, Duration now, BackOff backOff) {
        int inARow = failures() + 1;
        String wait = BackOff.words(backOff.after(inARow));
        String said = why + "; tries again in " + wait + " (attempt " + (inARow + 1) + ")";
        return reached(InstanceState.STARTING, said).with(setbacks.refused(inARow, now.plus(backOff.spread(inARow))));
    }

    /** This node can't take it. */
    public InstanceMemory rejected(String why) {
        return with(standing.at(InstanceState.REJECTED, why))
                .with(setbacks.until(null))
                .with(run.ended(check()));
    }

    /** What looks after it has changed: a start that was waited out is due now, the failures stay counted. */
    public InstanceMemory hurried(Duration now) {
        return !waits(now) || state().isEnd() ? this : with(setbacks.until(now));
    }

    /** The engine did not answer; that is no fault of the instance. */
    public InstanceMemory unanswered(String why, Duration now, BackOff backOff) {
        Duration next = now.plus(backOff.first());
        return with(standing.saying(why)).with(setbacks.until(next)).removedNotBefore(next);
    }

    /** Its container was ended, and stays until it is started again. The engine may show it as running a moment longer. */
    public InstanceMemory halted(Duration now, BackOff backOff) {
        return removed(now, backOff);
    }

    /** A container of it was removed. The engine may show it a moment longer, so a second removal is not hurried. */
    public InstanceMemory removed(Duration now, BackOff backOff) {
        return removedNotBefore(now.plus(backOff.first())).with(run.ended(check()));
    }

    /** A container of it could not be removed. */
    public InstanceMemory notRemoved(String why, Duration now, BackOff backOff) {
        return with(standing.saying("its container can't be removed: " + why))
                .removedNotBefore(now.plus(backOff.first()));
    }

    /** Nothing of it is on the node any more. */
    public InstanceMemory gone() {
        return of(StartCourse.NONE).with(standing.at(InstanceState.STOPPED, "")).with(setbacks.over());
    }

    /** So it stands with its sidecars now. */
    public InstanceMemory with(Sidecars next) {
        return new InstanceMemory(standing, setbacks, run, removeNotBefore, start, next);
    }

    /** Its start has come so far. */
    public InstanceMemory with(StartCourse course) {
        return new InstanceMemory(standing, setbacks, run, removeNotBefore, course, sidecars);
    }

    private InstanceMemory reached(InstanceState next, String said) {
        return with(standing.reached(next, said));
    }

    private InstanceMemory with(Standing next) {
        return new InstanceMemory(next, setbacks, run, removeNotBefore, start, sidecars);
    }

    private InstanceMemory with(Setbacks next) {
        return new InstanceMemory(standing, next, run, removeNotBefore, start, sidecars);
    }

    private InstanceMemory with(RunCourse next) {
        return new InstanceMemory(standing, setbacks, next, removeNotBefore, start, sidecars);
    }

    private InstanceMemory removedNotBefore(Duration next) {
        return new InstanceMemory(standing, setbacks, run, next, start, sidecars);
    }
}
