package io.knit.core.server.foresight;

import io.knit.api.model.Deployment;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.server.state.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A state, a moment, and what is due when. Whatever happens, the controller answers in the same moment, as it does in the server's commit. */
final class Course {
    /** Of decisions. Beyond that nobody reads what comes. */
    private static final int MOST_ROUNDS = 5_000;
    /** Of work, in about the tenth part of what it takes to look at an instance and plan it: some seconds of a processor. */
    private static final long MOST_WORK = 30_000_000;

    private static final int PLANNED = 10;
    private static final int CHANGED = 100;
    /** Besides its changes: it is held in memory to the end. */
    private static final int MADE = 500;
    /** Of what happens at one moment: a commit of it keeps the states in between. */
    private static final int MOST_TOGETHER = 1_000;
    /** Of one slice: nobody waits for the thread, but one commit is not to hold everything. */
    private static final int SLICE = 10_000;

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::number));
    private final Map<String, Instant> alarms = new TreeMap<>();
    /** How ids end that there are: a state may come from another foresight. */
    private final Set<String> taken = new HashSet<>();

    private Consumer<List<Step>> listener = steps -> {};
    private ClusterState state;
    private Instant now;
    /** How far the time for which a server was there is ahead of the day's: it passes as that does. */
    private final Duration ahead;

    private Set<String> due;
    private long numbers;
    private long ids;
    private int rounds;
    private long work;

    /** What happens then, by the state that there is then. */
    private record Due(Instant at, long number, Function<ClusterState, List<Change>> what) {}

    Course(ClusterState state, Instant now) {
        this.state = state;
        this.now = now;
        this.ahead = Duration.between(now, state.served());
        state.instances().keySet().forEach(id -> taken.add(id.substring(id.lastIndexOf('-') + 1)));
        // when to look again at whom the state does not say: as a server that starts, it looks at all
        this.due = new LinkedHashSet<>(state.deployments().keySet());
    }

    void onCommit(Consumer<List<Step>> told) {
        listener = told;
    }

    ClusterState state() {
        return state;
    }

    Instant now() {
        return now;
    }

    /** The time for which a server was there. */
    Instant served() {
        return now.plus(ahead);
    }

    /** Whether all that happened was worked out: it was not too much, and who asked for it has not given it up. */
    boolean isWhole() {
        return rounds < MOST_ROUNDS
                && work < MOST_WORK
                && !Thread.currentThread().isInterrupted();
    }

    /** Notes that so many instances were looked at because of what happened. */
    void looked(long instances) {
        work += instances;
    }

    /** Whether nothing is left to happen by itself. */
    boolean isSettled() {
        return queue.isEmpty() && due.isEmpty() && alarms.keySet().stream().allMatch(this::isForItsTime);
    }

    /** What runs by the clock always has another time before it. */
    private boolean isForItsTime(String name) {
        Deployment deployment = state.deployment(name);
        return deployment != null
                && deployment.cron() != null
                && !deployment.deleting()
                && deployment.cron().underWay().isEmpty();
    }

    void after(Duration wait, Function<ClusterState, List<Change>> what) {
        queue.add(new Due(now.plus(wait), numbers++, what));
    }

    /** @throws io.knit.api.error.KnitException of a command that can't be run */
    void happen(Function<ClusterState, List<Change>> what) {
        happen(List.of(what));
    }

    /** Lets all happen that is due until then, which is the present moment after it. */
    void passTo(Instant end) {
        while (isWhole()) {
            Instant next = due.isEmpty() ? next() : now;
            if (next == null || next.isAfter(end)) {
                break;
            }
            pass(next);
        }
        now = end.isAfter(now) ? end : now;
    }

    /** Lets happen what is due, until nothing is left to happen by itself, or until then; the present moment after it is that of the last of it. */
    void settle(Instant end) {
        while (isWhole() && !isSettled()) {
            Instant next = due.isEmpty() ? next() : now;
            if (next == null || next.isAfter(end)) {
                break;
            }
            pass(next);
        }
    }

    private void pass(Instant next) {
        now = next.isAfter(now) ? next : now;
        List<Function<ClusterState, List<Change>>> together = new ArrayList<>();
        while (together.size() < MOST_TOGETHER
                && !queue.isEmpty()
                && !queue.peek().at().isAfter(now)) {
            together.add(queue.remove().what());
        }
        alarms.entrySet().removeIf(alarm -> {
            boolean rings = !alarm.getValue().isAfter(now);
            if (rings) {
                due.add(alarm.getKey());
            }
            return rings;
        });
        happen(together);
    }

    private @Nullable Instant next() {
        Instant first = alarms.values().stream().min(Comparator.naturalOrder()).orElse(null);
        Due waiting = queue.peek();
        if (waiting == null) {
            return first;
        }
        return first == null || waiting.at().isBefore(first) ? waiting.at() : first;
    }

    private void happen(List<Function<ClusterState, List<Change>>> whats) {
        ClusterState before = state.servedAt(served());
        List<Step> steps = new ArrayList<>();
        ClusterState tip = before;
        for (Function<ClusterState, List<Change>> what : whats) {
            tip = applied(tip, what.apply(tip), steps);
        }
        List<Change> changes = steps.stream().map(Step::change).toList();
        Outcome outcome = ControlLoop.decide(new Question(before, tip, changes, due, SLICE, now), this::nextId);
        due = new LinkedHashSet<>(outcome.left());
        rounds++;
        outcome.alarms().forEach((deployment, at) -> {
            alarms.remove(deployment);
            at.ifPresent(time -> alarms.put(deployment, time.minus(ahead)));
        });
        for (String looked : outcome.alarms().keySet()) {
            work += (long) PLANNED * state.instancesIn(looked).size();
        }
        state = applied(tip, outcome.changes(), steps);
        work += (long) CHANGED * steps.size();
        work += (long) MADE
                * Math.max(0, state.instances().size() - before.instances().size());
        if (!steps.isEmpty()) {
            listener.accept(steps);
        }
    }

    private static ClusterState applied(ClusterState state, List<Change> changes, List<Step> steps) {
        List<Step> more = Step.of(state, changes);
        steps.addAll(more);
        return more.isEmpty() ? state : more.get(more.size() - 1).after();
    }

    /** Of instances that there never will be. */
    private String nextId(int length) {
        String id;
        do {
            String digits = Long.toString(++ids, Character.MAX_RADIX);
            id = "0".repeat(Math.max(0, length - digits.length())) + digits;
        } while (taken.contains(id));
        return id;
    }
}
