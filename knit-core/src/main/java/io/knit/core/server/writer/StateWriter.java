package io.knit.core.server.writer;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.loop.Pulse;
import io.knit.core.plugin.Foreign;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.documents.StateCodec;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.history.Cause;
import io.knit.core.server.history.History;
import io.knit.core.server.history.HistoryRows;
import io.knit.core.server.history.PastEntry;
import io.knit.core.server.meter.Meters;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Controller;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Step;
import io.knit.core.server.value.Sealing;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decide → persist → apply → tell, one commit at a time. Commands that arrive while a commit is being stored are decided
 * together after it and share the next one, so durability does not cost a disk sync per command. Loop-bound, but for
 * {@link #committed}.
 */
public final class StateWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    /** While somebody waits for a moment it is written this often how far that is: so much of a wait may count twice after a start. */
    private static final Duration SERVED_WRITTEN = Duration.ofSeconds(15);

    private static final int CROWDED = 2_000;

    private final Loop loop;
    private final History history;
    private final EventLog events;
    private final Controller controller;
    private final List<Consumer<Commit>> listeners = new ArrayList<>();
    private final Agenda agenda;
    private final ServedClock served;
    /** Deployments that wait for a moment. */
    private final Set<String> alarmed = new HashSet<>();

    private final TwoLines<Command<?>> waiting = new TwoLines<>();
    /** Deployments that the controller must look at though nothing of them changed. */
    private Set<String> due = new LinkedHashSet<>();

    private final CommitPace pace = new CommitPace();

    private Meters meters = new Meters();
    private Supplier<Sealing> sealing = () -> Sealing.NONE;
    private boolean underWay;
    /** The last commit failed. */
    private volatile boolean failing;
    /** The store was lost in a commit; until it is known what became of that, nothing else can be decided. */
    private volatile @Nullable Batch inDoubt;

    private boolean closed;
    private volatile ClusterState committed;

    public StateWriter(Loop loop, Store store, ClusterState loaded, EventLog events, Controller controller) {
        this(loop, store, loaded, events, controller, new Agenda(loop), Pulse.STEADY);
    }

    /** @param pulse tells when the process stood still: that time does not count for those who wait */
    public StateWriter(
            Loop loop,
            Store store,
            ClusterState loaded,
            EventLog events,
            Controller controller,
            Agenda agenda,
            Pulse pulse) {
        this.served = new ServedClock(loop, pulse, loaded.served());
        this.loop = loop;
        this.agenda = agenda;
        this.history = new History(loop, store, served::now);
        this.committed = loaded;
        this.events = events;
        this.controller = controller;
    }

    private record Command<T>(
            Function<ClusterState, Decision<T>> decider,
            @Nullable Cause cause,
            Promise<T> promise) {
        /** Decides and gives what is to be done once that is stored; a decider that throws is answered at once. */
        List<Change> decide(ClusterState state, List<Runnable> answers) {
            return Foreign.call(
                    () -> {
                        Decision<T> decision = decider.apply(state);
                        answers.add(() -> promise.tryComplete(decision.answer()));
                        return decision.changes();
                    },
                    e -> {
                        refuse(e);
                        return List.of();
                    });
        }

        /** Who was answered stays so. What he makes of it and fails at must not keep the others waiting. */
        void refuse(Throwable why) {
            Foreign.run(() -> promise.tryFail(why), e -> LOG.error("A refusal could not be given", e));
        }
    }

    /** What was done. Any thread. */
    public Future<List<HistoryEntry>> history(HistoryQuery query) {
        return history.read(query);
    }

    /** What is known of how a deployment was at a time. Any thread. */
    public Future<PastEntry> past(String deployment, Instant at) {
        return history.past(deployment, at);
    }

    /** {@link #committed}, at this moment: what was waited for since then was waited for. */
    public ClusterState newest() {
        return committed().servedAt(served());
    }

    /** For how long servers were there, up to now. */
    public Instant served() {
        return served.now();
    }

    /** The newest state that is stored. Any thread. */
    public ClusterState committed() {
        return committed;
    }

    /** Whether the last commit was stored; where not, it is tried each second whether it can be again, also if nobody asks for anything. Any thread. */
    public boolean isStoring() {
        return !failing && inDoubt == null;
    }

    /**
     * Whether so much waits to be decided that what will be said again anyway should be left out: agents repeat what is not answered, people
     * do not.
     */
    public boolean isCrowded() {
        return waiting.size() >= CROWDED;
    }

    /** Tells from now on how long it takes. */
    public void measured(Meters own) {
        meters = own;
    }

    /** Seals what is not to be stored in clear; anew for each commit. */
    public void sealed(Supplier<Sealing> own) {
        sealing = own;
    }

    /** Calls the listener after each commit, before the answers are given. */
    public void onCommit(Consumer<Commit> listener) {
        listeners.add(listener);
    }

    /** Decides on the newest state; succeeds once the decision is stored. What the decider throws fails the future. */
    public <T> Future<T> submit(Function<ClusterState, Decision<T>> decider) {
        return submit(null, decider);
    }

    /** As {@link #submit(Function)}; what it changes is remembered as done by this, if by anybody. */
    public <T> Future<T> submit(@Nullable Cause cause, Function<ClusterState, Decision<T>> decider) {
        return waits(new Command<>(decider, cause, Promise.promise()), next -> waiting.add(next, cause != null));
    }

    /**
     * As {@link #submit(Function)}, before all that waits, however much that is: for what the server has to decide by a moment that is promised.
     * Who asks waits for the answer before he asks again.
     */
    public <T> Future<T> submitFirst(Function<ClusterState, Decision<T>> decider) {
        return waits(new Command<>(decider, null, Promise.promise()), waiting::addFirst);
    }

    private <T> Future<T> waits(Command<T> command, Consumer<Command<?>> line) {
        if (closed) {
            return Future.failedFuture(closedWords());
        }
        if (inDoubt != null) {
            return Future.failedFuture(doubt());
        }
        line.accept(command);
        schedule();
        return command.promise().future();
    }

    /** Has the controller look at these deployments though nothing of them changed. */
    public void look(Collection<String> deployments) {
        due.addAll(deployments);
        schedule();
    }

    /**
     * Has whatever is decided next be decided together with these, and nothing be decided for their sake alone: who waits since an earlier run is written
     * nowhere, and the first room that comes free must not go to another one because it alone is looked at.
     */
    public void lookWithNext(Collection<String> deployments) {
        due.addAll(deployments);
    }

    /** Takes no more commands; those that wait fail, and so do those that nobody asks the store for any more. */
    public void close() {
        closed = true;
        refuse(waiting.takeAll(), closedWords());
        if (inDoubt != null) {
            refuse(inDoubt.commands(), closedInDoubt());
        }
    }

    private static void refuse(Collection<Command<?>> commands, Throwable why) {
        commands.forEach(command -> command.refuse(why));
    }

    private static KnitException closedWords() {
        return new KnitException(ErrorCode.CLOSED, "the server is closed");
    }

    private static KnitException closedInDoubt() {
        return new KnitException(
                ErrorCode.COMMIT_IN_DOUBT,
                "the store was lost while it wrote, and the server was closed before it was known what it has; look when it runs again");
    }

    private static KnitException replacedInDoubt(Throwable why) {
        return new KnitException(
                ErrorCode.COMMIT_IN_DOUBT,
                "the store was lost while it wrote, and another server has it now; ask that one what it has: "
                        + why.getMessage(),
                why);
    }

    private static KnitException doubt() {
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                "the store was lost while it wrote, and is asked until it is known what it has; try again when it is there");
    }

    private void schedule() {
        if (!underWay && !closed) {
            underWay = true;
            loop.execute(this::decideAndStore);
        }
    }

    /** What becomes known or is asked while a decision is being stored, and what must be done anew if it can't be. */
    private record Batch(
            List<Command<?>> commands,
            List<Cause> causes,
            List<Runnable> answers,
            Set<String> looked,
            List<HistoryRow> rows) {
        Batch() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashSet<>(), new ArrayList<>());
        }

        void decided(Command<?> command, List<Change> changes) {
            Cause cause = command.cause();
            if (cause != null && !changes.isEmpty()) {
                causes.add(cause);
            }
        }
    }

    private void decideAndStore() {
        Batch batch = new Batch();
        // one wrong record must not stop the only writer, be it that it is nested too deeply or finds a class missing
        Foreign.run(() -> decideAndStore(batch), e -> {
            LOG.error("A decision could not be made or stored", e);
            fail(e, batch);
        });
    }

    private void decideAndStore(Batch batch) {
        Duration begun = loop.elapsed();
        ClusterState before = committed.servedAt(served.now());
        List<Step> steps = new ArrayList<>();
        int most = pace.most(waiting.isForPeople());
        ClusterState tip = decideCommands(before, batch, steps, begun, most);
        Instant now = loop.now();
        Set<String> asked = due;
        due = new LinkedHashSet<>();
        batch.looked().addAll(asked);
        Duration asking = loop.elapsed();
        Controller.Outcome outcome =
                controller.decide(new Controller.Question(before, tip, changes(steps), asked, rest(most, steps), now));
        meters.decided(loop.elapsed().minus(asking));
        batch.looked().addAll(outcome.alarms().keySet());
        outcome.remarks().forEach(remark -> LOG.error("{}: {}", remark.deployment(), remark.words(), remark.cause()));
        outcome.alarms().forEach((deployment, at) -> setAlarm(deployment, at, before.served()));
        due.addAll(outcome.left());
        tip = applied(tip, outcome.changes(), steps);
        List<Change> changes = changes(steps);
        if (changes.isEmpty() && (failing || isDue(committed.served(), tip.served()))) {
            store(new Commit(before, tip, List.of(), List.of()), List.of(StateCodec.served(tip)), batch, begun);
            return;
        }
        if (changes.isEmpty()) {
            give(batch.answers());
            next();
            return;
        }
        List<KnitEvent> told = events.derive(before, steps, now, loop.elapsed());
        if (told.isEmpty() && changes.stream().noneMatch(Change::isStored)) {
            // nothing that the store keeps, and nothing to tell
            committed = tip;
            give(batch.answers());
            next();
            return;
        }
        ClusterState after = tip.at(tip.revision() + 1, before.lastEvent() + told.size());
        Commit commit = new Commit(before, after, changes, told);
        List<StoreWrite> writes = StateCodec.writes(commit, steps, events.stored(), sealing.get());
        batch.rows().addAll(HistoryRows.of(after, now, batch.causes(), told, troubles(outcome)));
        store(commit, writes, batch, begun);
    }

    /** For so many slots the controller may do something after the commands: what it makes it also places, which are two changes. */
    private static int rest(int most, List<Step> commands) {
        return Math.max(CommitPace.SMALLEST, (most - commands.size()) / 2);
    }

    private static List<HistoryRows.Trouble> troubles(Controller.Outcome outcome) {
        return outcome.remarks().stream()
                .map(remark -> new HistoryRows.Trouble(remark.deployment(), remark.words()))
                .toList();
    }

    /** Takes commands as long as there is time, but no more than so many; whatever is left is decided after this commit. */
    private ClusterState decideCommands(ClusterState before, Batch batch, List<Step> steps, Duration begun, int most) {
        ClusterState tip = before;
        while (!waiting.isEmpty() && batch.commands().size() < most) {
            Command<?> command = waiting.take();
            batch.commands().add(command);
            List<Change> decided = command.decide(tip, batch.answers());
            batch.decided(command, decided);
            tip = applied(tip, decided, steps);
            if (loop.elapsed().minus(begun).compareTo(CommitPace.AIM.dividedBy(2)) > 0) {
                break;
            }
        }
        return tip;
    }

    private void setAlarm(String deployment, Optional<Instant> at, Instant served) {
        String name = "deployment " + deployment;
        if (at.isEmpty()) {
            alarmed.remove(deployment);
            agenda.cancel(name);
        } else {
            alarmed.add(deployment);
            agenda.atLatest("served", loop.elapsed().plus(SERVED_WRITTEN), this::writeServed);
            agenda.after(name, Duration.between(served, at.get()), () -> look(List.of(deployment)));
        }
    }

    private boolean isDue(Instant written, Instant now) {
        return !alarmed.isEmpty() && Duration.between(written, now).compareTo(SERVED_WRITTEN) >= 0;
    }

    private void writeServed() {
        if (!alarmed.isEmpty() && !closed) {
            agenda.after("served", SERVED_WRITTEN, this::writeServed);
            schedule();
        }
    }

    private static ClusterState applied(ClusterState state, List<Change> changes, List<Step> steps) {
        List<Step> more = Step.of(state, changes);
        steps.addAll(more);
        return more.isEmpty() ? state : more.get(more.size() - 1).after();
    }

    private static List<Change> changes(List<Step> steps) {
        return steps.stream().map(Step::change).toList();
    }

    private void store(Commit commit, List<StoreWrite> writes, Batch batch, Duration begun) {
        // a store that throws, be it in the repeat of a commit that is in doubt, has failed as one that says so
        Foreign.call(() -> history.commit(writes, batch.rows()), Future::<Void>failedFuture)
                .onComplete(result ->
                        Foreign.run(() -> stored(result, commit, writes, batch, begun), e -> goOn(commit, batch, e)));
    }

    private void stored(AsyncResult<Void> result, Commit commit, List<StoreWrite> writes, Batch batch, Duration begun) {
        if (result.succeeded()) {
            // before anything that may fail: it is so
            committed = commit.after();
        }
        boolean isMore = !waiting.isEmpty() || !due.isEmpty();
        pace.took(loop.elapsed().minus(begun), commit.changes().size(), isMore);
        if (closed) {
            endClosed(commit, batch, result.cause());
            return;
        }
        if (result.succeeded()) {
            failing = false;
            inDoubt = null;
            meters.stored(loop.elapsed().minus(begun));
            events.append(commit.events());
            tell(commit);
            give(batch.answers());
            next();
            return;
        }
        meters.storeFailed();
        if (inDoubt != null && is(ErrorCode.IN_USE, result.cause())) {
            // who was replaced has nothing to repeat, and never learns what became of it
            inDoubt = null;
            fail(replacedInDoubt(result.cause()), batch);
        } else if (inDoubt != null || isInDoubt(result.cause())) {
            beInDoubt(result.cause(), batch);
            agenda.after("store", AFTER_FAILURE, () -> store(commit, writes, batch, loop.elapsed()));
        } else {
            fail(result.cause(), batch);
        }
    }

    /** Something that nobody thought of: whatever it is, the only writer goes on. */
    private void goOn(Commit commit, Batch batch, Throwable why) {
        LOG.error("What follows from a commit could not be done", why);
        if (committed == commit.after()) {
            give(batch.answers());
        } else {
            refuse(batch.commands(), why);
        }
        next();
    }

    /** No listener is told of it any more; what became of it is true all the same, and who waits for it is answered by it. */
    private void endClosed(Commit commit, Batch batch, @Nullable Throwable why) {
        if (why == null) {
            give(batch.answers());
        } else {
            refuse(batch.commands(), inDoubt != null || isInDoubt(why) ? closedInDoubt() : why);
        }
    }

    private static boolean isInDoubt(Throwable why) {
        return is(ErrorCode.COMMIT_IN_DOUBT, why);
    }

    private static boolean is(ErrorCode code, Throwable why) {
        return why instanceof KnitException known && known.code() == code;
    }

    /**
     * Taken for failed, the commit could come back at the next start. Documents are put and removed by value, so it is repeated until it
     * is certainly there; who waits for it is answered then, who comes meanwhile is sent away.
     */
    private void beInDoubt(Throwable why, Batch batch) {
        if (inDoubt == null) {
            LOG.warn(
                    "The store was lost in the middle of a commit ({}); it is repeated until it is stored",
                    why.getMessage());
        }
        inDoubt = batch;
        refuse(waiting.takeAll(), doubt());
    }

    private static void give(List<Runnable> answers) {
        for (Runnable answer : answers) {
            Foreign.run(answer, e -> LOG.error("An answer could not be given; what it tells of is stored", e));
        }
    }

    private void tell(Commit commit) {
        for (Consumer<Commit> listener : listeners) {
            Foreign.run(
                    () -> listener.accept(commit),
                    e -> LOG.error("A listener of commits failed; the commit stands", e));
        }
    }

    private void fail(Throwable cause, Batch batch) {
        if (!failing) {
            String why = Objects.requireNonNullElse(
                    cause.getMessage(), cause.getClass().getSimpleName());
            LOG.warn("The store can't write ({}); nothing is accepted until it can again", why);
        }
        failing = true;
        refuse(batch.commands(), cause);
        // what was decided for them is lost
        due.addAll(batch.looked());
        agenda.after("store", AFTER_FAILURE, this::next);
    }

    private void next() {
        underWay = false;
        // a store that failed is asked until it can write: else nobody would know before somebody changes something
        if (!waiting.isEmpty() || !due.isEmpty() || failing) {
            schedule();
        }
    }

    /** Events of the given number or newer that are kept, oldest first. Any thread. */
    public List<KnitEvent> eventsAfter(long seq) {
        return events.after(seq);
    }
}
