package io.knit.core.agent.engine;

import java.time.Duration;

/**
 * Whether the container engine answers. An engine can be so stuck that it shows its containers and yet never starts or
 * removes one: after an action went unanswered it counts as healthy only when an action succeeded or none is left to do, and
 * until then gets one action at a time to prove itself.
 */
public final class EngineHealth {
    private final Duration firstProbe;
    private final Duration mostBetweenProbes;
    private String condition = "";
    private boolean snapshotFails;
    private boolean actionsFail;
    private int probes;

    public EngineHealth(Duration firstProbe, Duration mostBetweenProbes) {
        this.firstProbe = firstProbe;
        this.mostBetweenProbes = mostBetweenProbes;
    }

    /** Why it can't be used; empty if it can. */
    public String condition() {
        return condition;
    }

    public boolean answersSnapshots() {
        return !snapshotFails;
    }

    /** Whether another action may be begun while so many are under way. */
    public boolean takesAction(int underWay) {
        return !snapshotFails && (!actionsFail || underWay == 0);
    }

    public void snapshotSucceeded() {
        snapshotFails = false;
        probes = 0;
        settle();
    }

    /** Nothing is under way and nothing is to be done. */
    public void idle() {
        actionsFail = false;
        settle();
    }

    public void actionSucceeded() {
        actionsFail = false;
        settle();
    }

    public void actionUnanswered(String why) {
        actionsFail = true;
        say(why);
    }

    /** Says how long to wait before the next snapshot is tried. */
    public Duration snapshotFailed(String why) {
        snapshotFails = true;
        say(why);
        Duration wait = firstProbe.multipliedBy(1L << Math.min(probes++, 10));
        return wait.compareTo(mostBetweenProbes) < 0 ? wait : mostBetweenProbes;
    }

    private void settle() {
        if (!snapshotFails && !actionsFail) {
            condition = "";
        }
    }

    private void say(String why) {
        condition = "the container engine does not answer: " + why;
    }
}
