package io.knit.core.server.control;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.plugin.Foreign;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.server.state.Controller.Remark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The one loop: what changed → which deployments that concerns → for each, what becomes of its instances, and where they go. Pure: the same
 * question has the same answer. One decision does no more than it is given time for, and says what is left.
 */
public final class ControlLoop {
    /** So many instances are planned in about the time in which one is placed. */
    private static final int PLANNED_AS_ONE_PLACED = 16;

    private final Question question;
    private final IdSource ids;
    private final Supplier<Runnable> searches;
    private final List<Change> decided = new ArrayList<>();
    private final List<Remark> remarks = new ArrayList<>();
    private final Map<String, Optional<Instant>> alarms = new HashMap<>();
    private final Precedence queue = new Precedence();
    /** Those of the queue for which a node may be found that was not there before. */
    private final Set<String> woken = new HashSet<>();

    /** Those of which something was decided that who depends on them may wait for. */
    private final Set<String> changed = new HashSet<>();

    private ClusterState state;
    /** Of the last plan, for who is placed after it. */
    private Set<String> surplus = Set.of();

    private int units;
    /** So much is done of one that is looked at, if there is so much to do. */
    private int least = 1;

    private ControlLoop(Question question, IdSource ids, Supplier<Runnable> searches) {
        this.question = question;
        this.ids = ids;
        this.searches = searches;
        this.state = question.tip();
        this.units = question.most();
    }

    /** What follows from the changes, and from what is due. */
    public static Outcome decide(Question question, IdSource ids) {
        return decide(question, ids, () -> () -> {});
    }

    /**
     * The same, for who wants to know how long nodes are looked for.
     *
     * @param searches is told of the beginning; what it gives is run at the end, if there was anything to look for
     */
    public static Outcome decide(Question question, IdSource ids, Supplier<Runnable> searches) {
        return new ControlLoop(question, ids, searches).decide();
    }

    private Outcome decide() {
        keep(Preparations.inheriting(question.before(), question.tip(), question.changes()));
        // what was just asked for comes first of its priority: somebody waits for the answer
        queue(Concerns.of(question.before(), question.tip(), question.changes()));
        wake(question.due());
        wake(Concerns.woken(question.before(), question.tip(), question.changes()));
        boolean begun = false;
        while (!queue.isEmpty() && (units > 0 || !begun)) {
            begun = true;
            look(queue.next());
            if (queue.isEmpty()) {
                queueDependents();
            }
        }
        queueDependents();
        return new Outcome(decided, remarks, alarms, queue.all());
    }

    /** Who was looked at before what he depends on is looked at again. Once for all of them: it asks each one that waits. */
    private void queueDependents() {
        queue(changed.isEmpty() ? Set.of() : new TreeSet<>(Concerns.dependents(state, changed)));
        changed.clear();
    }

    private void look(String name) {
        int planned = state.instancesIn(name).size() / PLANNED_AS_ONE_PLACED;
        units -= 1 + planned;
        // however much it is to look at one: it must be worth it
        least = Math.max(1, Math.max(question.most() / 4, planned));
        ClusterState before = state;
        int decidedBefore = decided.size();
        alarms.put(name, Optional.empty());
        // one that can't be planned must not keep the others from it
        Foreign.run(() -> decide(name), e -> {
            state = before;
            decided.subList(decidedBefore, decided.size()).clear();
            quarantine(name, e);
        });
    }

    private void decide(String name) {
        planAndPlace(name);
        if (state.quarantined().containsKey(name)) {
            follow(List.of(new Change.Quarantine(name, "")));
        }
    }

    private void planAndPlace(String name) {
        Optional<Instant> again = plan(name);
        if (queue.hasAbove(priority(name))) {
            // what the plan gave up is theirs first
            queue(Set.of(name));
            alarms.put(name, again);
            return;
        }
        boolean ready = place(name, again);
        // where nothing can be made ready first, what is to be replaced is told to stop at once
        if (ready) {
            place(name, plan(name));
        }
    }

    /** Half of the work may be the plan's: what is filled now is placed now. Says when to plan again though nothing happens. */
    private Optional<Instant> plan(String name) {
        Planning.Planned planned = Planning.of(state, name, question.now(), ids, Math.max(least, units / 2));
        follow(planned.changes());
        surplus = planned.surplus();
        units -= planned.changes().size();
        if (planned.cutShort()) {
            queue(Set.of(name));
        }
        return planned.anew() ? plan(name) : planned.again();
    }

    private boolean place(String name, Optional<Instant> again) {
        Placing placing = new Placing(state, name, question.now(), woken.contains(name), surplus);
        Runnable searched = searches.get();
        placing.place(Math.max(least, units));
        if (placing.work() > 0) {
            searched.run();
        }
        units -= placing.work();
        if (placing.isCutShort()) {
            queue(Set.of(name));
        } else {
            woken.remove(name);
        }
        alarms.put(name, Stream.concat(placing.alarm().stream(), again.stream()).min(Comparator.naturalOrder()));
        follow(placing.changes());
        // whose slots are to be filled elsewhere
        queue(placing.pushedOut());
        return placing.madeReady();
    }

    private void quarantine(String name, Throwable e) {
        String why = "its planning failed (" + e.getClass().getSimpleName()
                + (e.getMessage() == null ? "" : ": " + e.getMessage())
                + "): what runs of it runs on, and nothing new is decided for it until it can be planned";
        if (!why.equals(state.quarantined().get(name))) {
            remarks.add(new Remark(name, why, e));
            follow(List.of(new Change.Quarantine(name, why)));
        }
    }

    private void follow(List<Change> changes) {
        ClusterState before = state;
        for (Change change : changes) {
            state = change.applyTo(state);
        }
        decided.addAll(changes);
        keep(Preparations.inheriting(before, state, changes));
        changed.addAll(Concerns.changed(before, state, changes));
        // what is given up here is free for all who wait
        wake(Concerns.woken(before, state, changes));
    }

    /** Nobody has to look again for these. */
    private void keep(List<Change> kept) {
        for (Change change : kept) {
            state = change.applyTo(state);
        }
        decided.addAll(kept);
    }

    private void queue(Set<String> deployments) {
        deployments.forEach(name -> queue.add(name, priority(name)));
    }

    private int priority(String name) {
        Deployment deployment = state.deployment(name);
        return deployment == null ? DeploymentSpec.PRIORITY : deployment.spec().priority();
    }

    private void wake(Set<String> deployments) {
        queue(deployments);
        woken.addAll(deployments);
    }
}
