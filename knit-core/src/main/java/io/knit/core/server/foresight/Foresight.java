package io.knit.core.server.foresight;

import io.knit.api.ServerTiming;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.core.server.command.Commands;
import io.knit.core.server.state.ClusterState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A cluster to which things only seem to happen. Each begins from a state, which it does not change. Not thread-safe. */
public final class Foresight {
    private final ClusterState begun;
    private final Course course;
    private final SupposedNodes nodes;
    private final Telling telling;
    private final Names names;

    /** @param now the moment at which it begins */
    public Foresight(ClusterState state, ServerTiming timing, Scenario.Pace pace, Instant now) {
        this.begun = state;
        this.course = new Course(state, now);
        this.nodes = new SupposedNodes(course, timing, pace);
        this.telling = new Telling(state, now, nodes::works);
        this.names = new Names();
        course.onCommit(steps -> {
            course.looked(telling.note(steps, course.now()));
            nodes.told(steps);
        });
        nodes.begin();
    }

    /**
     * What the scenario brings.
     *
     * @throws KnitException what is wrong with a step, which its pointer names: something that there is not, or a command that can't be run
     */
    public static Foretold of(ClusterState state, Scenario scenario, Caller caller, ServerTiming timing, Instant now) {
        Foresight foresight = new Foresight(state, timing, scenario.pace(), now);
        List<Scenario.Step> steps = scenario.steps();
        for (int i = 0; i < steps.size(); i++) {
            try {
                foresight.names.announce(steps.subList(i, steps.size()));
                foresight.take(steps.get(i), caller);
            } catch (KnitException e) {
                String field = e.pointer() == null ? "" : e.pointer();
                throw KnitException.at("/steps/" + i + Names.place(steps.get(i), field), e.code(), e.getMessage());
            }
        }
        foresight.watch(scenario.length());
        return foresight.told();
    }

    /** Has it happen now. Time passes only in an {@code Advance}. Once it was too much to work out, nothing happens any more. */
    public void take(Scenario.Step step, Caller caller) {
        if (!course.isWhole()) {
            return;
        }
        ClusterState state = course.state();
        if (step instanceof Scenario.Kill kill) {
            names.requireNode(state, kill.node());
            nodes.kill(kill.node());
            telling.died(course.state(), kill.node(), course.now());
        } else if (step instanceof Scenario.Revive revive) {
            names.requireNode(state, revive.node());
            nodes.revive(revive.node());
        } else if (step instanceof Scenario.Advance advance) {
            course.passTo(course.now().plus(advance.time()));
        } else if (step instanceof Scenario.Unhealthy unhealthy) {
            names.requireProgram(state, unhealthy.what());
            nodes.sicken(unhealthy.what());
        } else if (step instanceof Scenario.Run run) {
            run(run.command(), caller);
        }
    }

    private void run(Command<?> command, Caller caller) {
        names.requireSubject(course.state(), command);
        Instant now = course.now();
        course.happen(tip -> Commands.decide(command, caller, tip, now).changes());
    }

    /** Lets so much time pass, or less if nothing is left to happen. */
    public void watch(Duration length) {
        course.passTo(course.now().plus(length));
    }

    /** Lets time pass until nothing is left to happen by itself, so much at most. */
    public void settle(Duration longest) {
        course.settle(course.now().plus(longest));
    }

    /** What has happened so far. */
    public Foretold told() {
        return telling.told(begun, course.state(), course.isSettled(), course.isWhole() && telling.isWhole());
    }

    /** The same, and also how those fare to which nothing happened. */
    public Foretold toldOfAll() {
        return telling.toldOfAll(begun, course.state(), course.isSettled(), course.isWhole() && telling.isWhole());
    }

    /** Whether all that happened was worked out, though perhaps not all of it is told. */
    public boolean isWorkedOut() {
        return course.isWhole();
    }

    /** As it would be now. */
    public ClusterState state() {
        return course.state();
    }

    /** Whether an instance's container runs and does its work: the server may not know better yet. */
    public boolean works(String instance) {
        return nodes.works(course.state().instance(instance));
    }
}
