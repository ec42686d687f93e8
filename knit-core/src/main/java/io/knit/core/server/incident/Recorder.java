package io.knit.core.server.incident;

import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The controller, which remembers what it was asked lately and what it answered. It keeps the changes, which are there anyway, and the state before
 * some of them, from which they lead on. Thread-safe: it is asked by one thread, and what it remembers is read by others.
 */
public final class Recorder implements Controller {
    /** Changes, those of a question and of its answer together; some 10 MB at most, and twice that where names are written down. */
    static final int MOST = 20_000;

    /** So many names of who is due are as much to write down as one change; several slices may keep the same ones. */
    static final int NAMES = 64;

    /** So many at a time are forgotten. */
    private static final int STRETCHES = 10;

    private final IdSource ids;
    private final Supplier<Runnable> searches;
    private final int most;
    private final Deque<Decided> kept = new ArrayDeque<>();
    /** Before the first that is kept. */
    private @Nullable ClusterState begin;

    /** From where it can be told later on, oldest first: as often as costs little memory, for a state keeps all that changed since. */
    private final Deque<Mark> marks = new ArrayDeque<>();

    private int weight;
    private int sinceMark;
    /** The last question and its answer, of which it is not known yet whether they were stored, and the state that it was about. */
    private @Nullable Decided last;

    private @Nullable ClusterState lastBefore;

    /** @param searches as in {@link ControlLoop#decide(Question, IdSource, Supplier)} */
    public Recorder(IdSource ids, Supplier<Runnable> searches) {
        this(ids, searches, MOST);
    }

    Recorder(IdSource ids, int most) {
        this(ids, () -> () -> {}, most);
    }

    private Recorder(IdSource ids, Supplier<Runnable> searches, int most) {
        this.ids = ids;
        this.searches = searches;
        this.most = most;
    }

    /**
     * One question and its answer.
     *
     * @param revision of the state before it
     * @param lastEvent of the state before it
     * @param changes that it was asked about
     * @param due in their order: of one priority, who comes first is looked at first
     * @param served how long there was a server, as a moment
     * @param given the ids that were made for it
     * @param answered the changes that it decided
     * @param left what it had no time for
     * @param names how many names it keeps besides those that one before it has
     * @param stored whether the next question was asked about what came of it; else it could not be stored, and was asked anew
     */
    record Decided(
            long revision,
            long lastEvent,
            List<Change> changes,
            List<String> due,
            int most,
            Instant now,
            Instant served,
            List<String> given,
            List<Change> answered,
            List<String> left,
            int names,
            boolean stored) {
        private int weight() {
            return 1 + changes.size() + answered.size() + (due.size() + left.size()) / NAMES;
        }

        private boolean changed() {
            return !changes.isEmpty() || !answered.isEmpty();
        }

        private Decided asStored() {
            return new Decided(
                    revision, lastEvent, changes, due, most, now, served, given, answered, left, names, true);
        }
    }

    /**
     * Names in their order. Where a thousand are due, slice after slice has the rest of them: the same list, from further on.
     *
     * @param own how many of them are kept for these names alone
     */
    private record Names(List<String> all, int own) {
        private static Names of(Set<String> names, List<String> before) {
            int from = before.size() - names.size();
            List<String> rest = from < 0 ? List.of() : before.subList(from, before.size());
            return rest.equals(new ArrayList<>(names))
                    ? new Names(rest, 0)
                    : new Names(List.copyOf(names), names.size());
        }
    }

    /** The state before one that is kept. */
    private record Mark(Decided first, ClusterState before) {}

    /** All that is kept, in order, and the state before the first. */
    record Recording(ClusterState begin, List<Decided> decided) {}

    @Override
    public Outcome decide(Question question) {
        List<String> given = new ArrayList<>();
        Outcome outcome = ControlLoop.decide(
                question,
                length -> {
                    String id = ids.next(length);
                    given.add(id);
                    return id;
                },
                searches);
        remember(question, given, outcome);
        return outcome;
    }

    private synchronized void remember(Question question, List<String> given, Outcome outcome) {
        ClusterState before = question.before();
        Decided decided = last;
        ClusterState asked = lastBefore;
        if (decided == null || asked == null) {
            begin = before;
        } else {
            // it is asked about the same state again where the answer could not be stored
            add(decided.changed() && !asked.isAs(before) ? decided.asStored() : decided, asked);
        }
        lastBefore = before;
        Names due = Names.of(question.due(), decided == null ? List.of() : decided.left());
        Names left = Names.of(outcome.left(), due.all());
        last = new Decided(
                before.revision(),
                before.lastEvent(),
                question.changes(),
                due.all(),
                question.most(),
                question.now(),
                before.served(),
                given,
                outcome.changes(),
                left.all(),
                due.own() + left.own(),
                false);
    }

    private void add(Decided decided, ClusterState before) {
        if (sinceMark >= most / STRETCHES) {
            marks.addLast(new Mark(decided, before));
            sinceMark = 0;
        }
        kept.addLast(decided);
        weight += decided.weight();
        sinceMark += decided.weight();
        while (weight > most && !marks.isEmpty()) {
            forgetUntil(marks.removeFirst());
        }
    }

    private void forgetUntil(Mark mark) {
        while (kept.getFirst() != mark.first()) {
            weight -= kept.removeFirst().weight();
        }
        begin = mark.before();
    }

    /** The state that a decision led to, as the next one found it. */
    static ClusterState after(ClusterState before, List<Change> asked, List<Change> answered, Decided next) {
        ClusterState state = before;
        for (Change change : asked) {
            state = change.applyTo(state);
        }
        for (Change change : answered) {
            state = change.applyTo(state);
        }
        return state.at(next.revision(), next.lastEvent());
    }

    /** What is kept now, up to the last decision that another one followed. Any thread. */
    synchronized Recording recording() {
        ClusterState from = begin;
        return new Recording(from == null ? ClusterState.empty("") : from, List.copyOf(kept));
    }
}
