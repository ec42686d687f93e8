package io.knit.core.server.volume.moving;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.SlotMove;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Decision;
import io.knit.core.server.volume.MoveSteps;
import io.knit.core.server.writer.StateWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has moves of slots go on. Nothing of a copy is stored: whichever server leads next looks at the records and begins it anew, and that one which was cut off changes nothing on a node makes this safe. On the
 * writer's loop.
 */
public final class Mover {
    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);
    /** Longer than it takes an agent to see that nobody sends any more. */
    static final Duration AGAIN = Duration.ofSeconds(15);
    /** So often in a row a copy may be put off, which is some 15 minutes; then that counts as one that broke off, for nothing runs of the slot meanwhile. */
    static final int MOST_PUT_OFF = 60;
    /** So many copies are under way at once; the others wait. */
    static final int MOST_COPIES = 4;

    private final Loop loop;
    private final Loop streams;
    private final StateWriter writer;
    private final Inside inside;
    private final Map<String, Try> tries = new TreeMap<>();
    /** How often the copies of a move were put off since the last that broke off, by the record as it is since then. */
    private final Map<SlotMove, Integer> putOff = new HashMap<>();

    private boolean called;
    private boolean closed;

    /** @param streams the loop on which copies go their way */
    public Mover(Loop loop, Loop streams, StateWriter writer, Inside inside) {
        this.loop = loop;
        this.streams = streams;
        this.writer = writer;
        this.inside = inside;
    }

    /** A copy that is under way, or a pause after one that broke off. */
    private static final class Try {
        final SlotMove move;
        final MoveCopy copy;
        boolean pauses;

        Try(SlotMove move, MoveCopy copy) {
            this.move = move;
            this.copy = copy;
        }

        boolean isOf(SlotMove other) {
            return move.since().equals(other.since()) && move.to().equals(other.to());
        }
    }

    /** Goes on with what the last server left. */
    public void start() {
        call();
    }

    /** Something happened. */
    public void committed(Commit commit) {
        if (!commit.after().moves().isEmpty() || !tries.isEmpty()) {
            call();
        }
    }

    public void close() {
        closed = true;
        tries.values().forEach(one -> one.copy.cancel());
        tries.clear();
        putOff.clear();
    }

    /** Calls that come before the last was heeded are one. */
    private void call() {
        if (!called) {
            called = true;
            loop.execute(() -> {
                called = false;
                look();
            });
        }
    }

    private void look() {
        if (closed) {
            return;
        }
        ClusterState state = writer.committed();
        for (String key : new ArrayList<>(tries.keySet())) {
            Try one = Objects.requireNonNull(tries.get(key));
            SlotMove move = state.moves().get(key);
            if (move == null || !one.isOf(move)) {
                tries.remove(key);
                one.copy.cancel();
            }
        }
        putOff.keySet().retainAll(state.moves().values());
        for (SlotMove move : state.moves().values()) {
            if (!MoveSteps.next(state, move, loop.now()).isEmpty()) {
                submit(move, newest -> MoveSteps.next(newest, move, loop.now()));
            } else if (move.copying() && !tries.containsKey(move.key()) && underWay() < MOST_COPIES) {
                begin(move);
            }
        }
    }

    private long underWay() {
        return tries.values().stream().filter(one -> !one.pauses).count();
    }

    private interface Step {
        List<Change> of(ClusterState state);
    }

    private void submit(SlotMove move, Step step) {
        writer.submit(state -> new Decision<>(step.of(state), "")).onFailure(e -> {
            // it is looked at anew with the next commit, and at once by who leads next
            LOG.warn("The move of {} did not come further: {}", move.key(), String.valueOf(e.getMessage()));
            if (!closed) {
                loop.after(AGAIN, this::look);
            }
        });
    }

    private void begin(SlotMove move) {
        Try one = new Try(move, new MoveCopy(streams, inside, move));
        tries.put(move.key(), one);
        loop.bring(one.copy.begin())
                .onSuccess(all -> {
                    if (isPresent(one)) {
                        one.pauses = true;
                        submit(move, state -> MoveSteps.copied(state, move, loop.now()));
                        pause(one);
                    }
                })
                .onFailure(why -> {
                    if (isPresent(one)) {
                        one.pauses = true;
                        broken(one, why);
                        pause(one);
                    }
                });
    }

    private void broken(Try one, Throwable why) {
        String words = String.valueOf(why.getMessage());
        if (one.copy.isPutOff() && waits(one.move, words)) {
            return;
        }
        LOG.warn("The copies for the move of {} broke off: {}", one.move.key(), words);
        boolean hopeless = why instanceof KnitException known
                && (known.code() == ErrorCode.NOT_FOUND || known.code() == ErrorCode.VERSION_NOT_SPOKEN);
        Instant now = loop.now();
        submit(one.move, state -> MoveSteps.failed(state, one.move, words, hopeless, now));
    }

    /** What the last try, or the last server's, left is being finished or cleared up there, or the node has its hands full: no copy broke off, unless that lasts. */
    private boolean waits(SlotMove move, String words) {
        int times = putOff.merge(move, 1, Integer::sum);
        if (times >= MOST_PUT_OFF) {
            return false;
        }
        if (times == 1) {
            LOG.warn("The copies for the move of {} wait, and nothing runs of it meanwhile: {}", move.key(), words);
        }
        return true;
    }

    /** Until it is tried again, should there be anything to do by then. */
    private void pause(Try one) {
        loop.after(AGAIN, () -> {
            if (isPresent(one)) {
                tries.remove(one.move.key());
                look();
            }
        });
    }

    private boolean isPresent(Try one) {
        return !closed && tries.get(one.move.key()) == one;
    }
}
