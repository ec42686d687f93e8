package io.knit.core.server.state;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private static final int MOST_COMMANDS_A_COMMIT = 1_000;
    private static final int CROWDED = 2 * MOST_COMMANDS_A_COMMIT;

    private final Loop loop;
    private final Store store;
    private final EventLog events;
    private final Controller controller;
    private final List<Consumer<Commit>> listeners = new ArrayList<>();
    private List<Command<?>> waiting = new ArrayList<>();
    private boolean controllerAsked;
    private boolean underWay;
    private boolean failing;
    /** The store was lost in a commit; until it is known what became of that, nothing else can be decided. */
    private boolean inDoubt;

    private boolean closed;
    private volatile ClusterState committed;

    public StateWriter(Loop loop, Store store, ClusterState loaded, EventLog events, Controller controller) {
        this.loop = loop;
        this.store = store;
        this.committed = loaded;
        this.events = events;
        this.controller = controller;
    }

    private record Command<T>(Function<ClusterState, Decision<T>> decider, Promise<T> promise) {
        /** Decides and gives what is to be done once that is stored; a decider that throws is answered at once. */
        List<Change> decide(ClusterState state, List<Runnable> answers) {
            try {
                Decision<T> decision = decider.apply(state);
                answers.add(() -> promise.complete(decision.answer()));
                return decision.changes();
            } catch (RuntimeException e) {
                promise.fail(e);
                return List.of();
            }
        }
    }

    /** The newest state that is stored. Any thread. */
    public ClusterState committed() {
        return committed;
    }

    /**
     * Whether so much waits to be decided that what will be said again anyway should be left out: agents repeat what is not answered, people
     * do not.
     */
    public boolean isCrowded() {
        return waiting.size() >= CROWDED;
    }

    /** Calls the listener after each commit, before the answers are given. */
    public void onCommit(Consumer<Commit> listener) {
        listeners.add(listener);
    }

    /** Decides on the newest state; succeeds once the decision is stored. What the decider throws fails the future. */
    public <T> Future<T> submit(Function<ClusterState, Decision<T>> decider) {
        if (closed) {
            return Future.failedFuture(closedWords());
        }
        if (inDoubt) {
            return Future.failedFuture(doubt());
        }
        Promise<T> promise = Promise.promise();
        waiting.add(new Command<>(decider, promise));
        schedule();
        return promise.future();
    }

    /** Asks the controller for a decision though no command came. */
    public void wakeController() {
        controllerAsked = true;
        schedule();
    }

    /** Takes no more commands; those that wait fail. */
    public void close() {
        closed = true;
        List<Command<?>> left = waiting;
        waiting = new ArrayList<>();
        left.forEach(c -> c.promise().fail(closedWords()));
    }

    private static KnitException closedWords() {
        return new KnitException(ErrorCode.CLOSED, "the server is closed");
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

    private void decideAndStore() {
        List<Command<?>> batch = takeBatch();
        controllerAsked = false;
        try {
            decideAndStore(batch);
        } catch (RuntimeException e) {
            // one wrong record must not stop the only writer
            LOG.error("A decision could not be made or stored", e);
            fail(e, batch);
        }
    }

    private void decideAndStore(List<Command<?>> batch) {
        ClusterState before = committed;
        ClusterState tip = before;
        List<Change> changes = new ArrayList<>();
        List<Runnable> answers = new ArrayList<>();
        for (Command<?> command : batch) {
            List<Change> decided = command.decide(tip, answers);
            tip = applied(tip, decided);
            changes.addAll(decided);
        }
        Instant now = loop.now();
        List<Change> followed = controller.decide(before, tip, changes, now);
        tip = applied(tip, followed);
        changes.addAll(followed);
        if (changes.isEmpty()) {
            give(answers);
            next();
            return;
        }
        List<KnitEvent> told = events.derive(before, changes, now, loop.elapsed());
        ClusterState after = tip.at(tip.revision() + 1, before.lastEvent() + told.size());
        store(new Commit(before, after, changes, told), batch, answers);
    }

    private List<Command<?>> takeBatch() {
        if (waiting.size() <= MOST_COMMANDS_A_COMMIT) {
            List<Command<?>> all = waiting;
            waiting = new ArrayList<>();
            return all;
        }
        List<Command<?>> batch = List.copyOf(waiting.subList(0, MOST_COMMANDS_A_COMMIT));
        waiting = new ArrayList<>(waiting.subList(MOST_COMMANDS_A_COMMIT, waiting.size()));
        return batch;
    }

    private static ClusterState applied(ClusterState state, List<Change> changes) {
        ClusterState result = state;
        for (Change change : changes) {
            result = change.applyTo(result);
        }
        return result;
    }

    private void store(Commit commit, List<Command<?>> batch, List<Runnable> answers) {
        store(commit, StateCodec.writes(commit), batch, answers);
    }

    private void store(Commit commit, List<StoreWrite> writes, List<Command<?>> batch, List<Runnable> answers) {
        loop.bring(store.commit(writes)).onComplete(result -> {
            if (closed) {
                // whether it was stored is not known to the caller, as with any lost answer
                batch.forEach(c -> c.promise().tryFail(closedWords()));
            } else if (result.succeeded()) {
                failing = false;
                inDoubt = false;
                committed = commit.after();
                events.append(commit.events());
                tell(commit);
                give(answers);
                next();
            } else if (inDoubt || isInDoubt(result.cause())) {
                beInDoubt(result.cause());
                loop.after(AFTER_FAILURE, () -> store(commit, writes, batch, answers));
            } else {
                fail(result.cause(), batch);
            }
        });
    }

    private static boolean isInDoubt(Throwable why) {
        return why instanceof KnitException known && known.code() == ErrorCode.COMMIT_IN_DOUBT;
    }

    /**
     * Taken for failed, the commit could come back at the next start. Documents are put and removed by value, so it is repeated until it
     * is certainly there; who waits for it is answered then, who comes meanwhile is sent away.
     */
    private void beInDoubt(Throwable why) {
        if (!inDoubt) {
            LOG.warn(
                    "The store was lost in the middle of a commit ({}); it is repeated until it is stored",
                    why.getMessage());
        }
        inDoubt = true;
        List<Command<?>> undecided = waiting;
        waiting = new ArrayList<>();
        undecided.forEach(c -> c.promise().fail(doubt()));
    }

    private static void give(List<Runnable> answers) {
        for (Runnable answer : answers) {
            try {
                answer.run();
            } catch (RuntimeException e) {
                LOG.error("An answer could not be given; what it tells of is stored", e);
            }
        }
    }

    private void tell(Commit commit) {
        for (Consumer<Commit> listener : listeners) {
            try {
                listener.accept(commit);
            } catch (RuntimeException e) {
                LOG.error("A listener of commits failed; the commit stands", e);
            }
        }
    }

    private void fail(Throwable cause, List<Command<?>> batch) {
        if (!failing) {
            LOG.warn("The store can't write ({}); nothing is accepted until it can again", cause.getMessage());
        }
        failing = true;
        batch.forEach(c -> c.promise().tryFail(cause));
        controller.notStored();
        controllerAsked = true;
        loop.after(AFTER_FAILURE, this::next);
    }

    private void next() {
        underWay = false;
        if (!waiting.isEmpty() || controllerAsked) {
            schedule();
        }
    }

    /** Events of the given number or newer that are kept, oldest first. Any thread. */
    public List<KnitEvent> eventsAfter(long seq) {
        return events.after(seq);
    }
}
