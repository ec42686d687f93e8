package io.knit.core.server.rehearsal;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.Mode;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.rules.clock.NextRuns;
import io.knit.core.server.command.Commands;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.spec.SpecDiff;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Plays a command on a state that nobody else sees, until nothing follows any more. */
public final class Rehearsal {
    /**
     * So often the nodes are asked; to replace one slot takes three of them. What is beyond is replaced likewise, and is not worth
     * the time.
     */
    static final int MOST_ROUNDS = 300;

    private static final int NEXT_RUNS = 5;

    /** Nobody waits for the thread. */
    private static final int ALL = 1_000_000;

    private Rehearsal() {}

    /**
     * The time for which a server was there passes, and the clock stands still: what runs by it begins no run meanwhile.
     *
     * @throws KnitException why the command can't be run
     */
    public static Plan of(ClusterState state, Command<?> command, Caller caller, Instant now) {
        IdSource ids = new Numbers();
        List<Change> changes = Commands.decide(command, caller, state, now).changes();
        List<Plan.FieldChange> diff = diff(state, changes);
        boolean effective = !changes.isEmpty();
        ClusterState before = Unhurried.of(state);
        ClusterState tip = Unhurried.of(applied(state, changes));
        Set<String> due = Set.of();
        int round = 0;
        boolean settled = !effective;
        Map<String, Instant> alarms = new TreeMap<>();
        Instant last = deadline(command, state.served());
        Dips dips = new Dips(state);
        dips.look(before, changes, tip);
        while (!settled && round++ < MOST_ROUNDS) {
            Instant served = tip.served();
            Outcome outcome = ControlLoop.decide(new Question(before, tip, changes, due, ALL, now), ids);
            before = applied(tip, outcome.changes());
            dips.look(tip, outcome.changes(), before);
            changes = ObedientNodes.said(before, told(outcome.changes()), now);
            tip = applied(before, changes);
            dips.look(before, changes, tip);
            due = outcome.left();
            note(outcome, alarms);
            if (changes.isEmpty() && due.isEmpty()) {
                // nobody has anything to do but to wait
                Optional<Map.Entry<String, Instant>> next = next(alarms, tip);
                tip = tip.servedAt(next.map(Map.Entry::getValue).orElse(served));
                due = next.map(Map.Entry::getKey).map(Set::of).orElse(Set.of());
                if (next.isEmpty() && last != null) {
                    tip = tip.servedAt(last);
                    due = tip.deployments().keySet();
                    last = null;
                }
                settled = due.isEmpty();
            }
        }
        List<Plan.Step> steps = Steps.between(state, tip, command.subject(), dips.courses());
        return new Plan(
                Commands.words(command, state),
                state.revision(),
                effective,
                settled,
                diff,
                steps,
                Services.of(steps, dips.courses()),
                nextRuns(tip, command));
    }

    private static List<Plan.FieldChange> diff(ClusterState state, List<Change> changes) {
        List<Plan.FieldChange> diff = new ArrayList<>();
        for (Change change : changes) {
            if (change instanceof Change.PutDeployment put) {
                Deployment present = state.deployment(put.deployment().name());
                if (present != null) {
                    SpecDiff.of(present.spec(), put.deployment().spec())
                            .forEach(it -> diff.add(new Plan.FieldChange(it.pointer(), it.before(), it.after())));
                }
            }
        }
        return diff;
    }

    private static List<Instant> nextRuns(ClusterState state, Command<?> command) {
        return state.deployments().values().stream()
                .filter(it -> command.subject().equals("deployment/" + it.name()))
                .flatMap(it -> NextRuns.of(it, NEXT_RUNS).stream())
                .toList();
    }

    /** It runs when its time comes, and that is not waited for. */
    private static boolean isByTheClock(ClusterState state, String name) {
        Deployment deployment = state.deployment(name);
        return deployment != null && deployment.spec().mode() == Mode.CRON;
    }

    /** When the command has its last effect, whoever waits for what; null: it has none of its own. */
    private static @Nullable Instant deadline(Command<?> command, Instant served) {
        Duration time = command instanceof Command.SetAvailability set ? set.deadline() : null;
        return time == null ? null : served.plus(time);
    }

    private static void note(Outcome outcome, Map<String, Instant> alarms) {
        outcome.alarms().forEach((deployment, at) -> {
            alarms.remove(deployment);
            at.ifPresent(time -> alarms.put(deployment, time));
        });
    }

    /** What is looked at next because its time has come. One that fits nowhere is not waited for: that would take the rehearsal nowhere. */
    private static Optional<Map.Entry<String, Instant>> next(Map<String, Instant> alarms, ClusterState state) {
        return alarms.entrySet().stream()
                .filter(alarm -> state.waitsOf(alarm.getKey()).isEmpty() && !isByTheClock(state, alarm.getKey()))
                .min(Map.Entry.comparingByValue());
    }

    private static Set<String> told(List<Change> changes) {
        Set<String> told = new LinkedHashSet<>();
        for (Change change : changes) {
            if (change instanceof Change.PutInstance put) {
                told.add(put.instance().id());
            }
        }
        return told;
    }

    private static ClusterState applied(ClusterState state, List<Change> changes) {
        ClusterState result = state;
        for (Change change : new ArrayList<>(changes)) {
            result = change.applyTo(result);
        }
        return result;
    }

    /** Ids of instances that there never will be. */
    private static final class Numbers implements IdSource {
        private long last;

        @Override
        public String next(int length) {
            String digits = Long.toString(++last, Character.MAX_RADIX);
            return "0".repeat(Math.max(0, length - digits.length())) + digits;
        }
    }
}
