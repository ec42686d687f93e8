package io.knit.testkit.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The core of how an assignment reaches its node, written down once more and as small as it can be: one slot, two nodes, a server that has
 * nothing but its store when it starts again. Messages are late, lost, doubled and out of order: what was said once may be heard at any moment
 * from then on, or never. {@code docs/protocol.md} says the rules in words.
 *
 * <p>Numbers are those of one node's set: they only tell older from newer.
 */
final class SlotModel implements Checker.Model {
    /** A rule that is left out: then it must be found that it is needed. */
    enum Broken {
        /** An agent takes whatever answer comes, also a late one to what it asked before. */
        AGENT_TAKES_LATE_ANSWERS,
        /** The server places a successor without having heard that what it follows has stopped. */
        SERVER_DOES_NOT_WAIT_FOR_THE_STOP,
        /** The server takes it for stopped as soon as it has said so. */
        SERVER_FORGETS_WHAT_IT_STOPS,
        /** The server answers its user before it has stored what he asked for. */
        SERVER_ANSWERS_BEFORE_STORING,
        /** An agent says a thing once, and it may get lost. */
        AGENT_SAYS_IT_ONCE,
        /** What was lost and is back stays beside what took its place. */
        SERVER_KEEPS_BOTH,
        /** An agent does not ask again for its set. */
        AGENT_ASKS_ONCE
    }

    /**
     * How much may go wrong.
     *
     * @param updates how often the user wants another revision
     * @param downs how often the server thinks that a node is down, rightly or not
     * @param startFirst whether a successor starts beside what it follows
     */
    record Bounds(int updates, int downs, int crashes, int restarts, int reboots, int losses, boolean startFirst) {}

    private static final int NODES = 2;
    private static final int PAGES = 2;

    // the server's store, and what the user was told
    private static final int WANTED = 0;
    private static final int ANSWERED = 1;
    private static final int CREATED = 2;
    private static final int SESSION = 3;
    // how much may still go wrong
    private static final int UPDATES = 4;
    private static final int DOWNS = 5;
    private static final int CRASHES = 6;
    private static final int RESTARTS = 7;
    private static final int REBOOTS = 8;
    private static final int LOSSES = 9;
    /** Answered and not stored: only where that rule is broken. */
    private static final int UNSTORED = 10;

    private static final int HEAD = 11;
    // of an instance
    private static final int EXISTS = 0;
    private static final int REVISION = 1;
    private static final int NODE = 2;
    private static final int STOP = 3;
    private static final int RUNS = 4;
    private static final int LOST = 5;
    private static final int EVER_LOST = 6;
    /** On their way: that it runs, that it has stopped. */
    private static final int SAID_RUNS = 7;

    private static final int SAID_STOPPED = 8;
    /** Said once already. */
    private static final int SPOKEN = 9;

    private static final int INSTANCE = 10;
    // of a node: as judged, its agent, the set that it holds
    private static final int READY = 0;
    private static final int UP = 1;
    private static final int VERSION = 2;
    private static final int HELD = 3;
    private static final int HELD_SESSION = 4;
    /** On its way: what its agent asks, and what it asked before. */
    private static final int ASKS = 5;

    private static final int ASKED = 6;
    private static final int FIXED = 7;
    // of a page: to whom it is the answer
    private static final int NONE = 0;
    private static final int FRESH = 1;
    private static final int LATE = 2;
    // in a set
    private static final int TO_RUN = 1;
    private static final int TO_STOP = 2;

    private final Bounds bounds;
    private final Set<Broken> broken;
    private final int instances;
    private final int nodeSize;
    private final int pageSize;
    private final int nodesAt;
    private final int pagesAt;
    private final int size;

    SlotModel(Bounds bounds, Broken... broken) {
        this.bounds = bounds;
        this.broken = broken.length == 0 ? EnumSet.noneOf(Broken.class) : EnumSet.of(broken[0], broken);
        // each is made for the first wish, an update, or a node that is down
        this.instances = 1 + bounds.updates() + bounds.downs();
        this.nodeSize = FIXED + 2 * instances;
        this.pageSize = 3 + instances;
        this.nodesAt = HEAD + INSTANCE * instances;
        this.pagesAt = nodesAt + NODES * nodeSize;
        this.size = pagesAt + NODES * PAGES * pageSize;
    }

    private boolean is(Broken rule) {
        return broken.contains(rule);
    }

    private static int of(int instance, int what) {
        return HEAD + INSTANCE * instance + what;
    }

    private int at(int node, int what) {
        return nodesAt + nodeSize * node + what;
    }

    private int held(int node, int instance) {
        return at(node, FIXED + instance);
    }

    private int container(int node, int instance) {
        return at(node, FIXED + instances + instance);
    }

    private int page(int node, int number) {
        return pagesAt + (node * PAGES + number) * pageSize;
    }

    @Override
    public byte[] initial() {
        byte[] state = new byte[size];
        state[WANTED] = 1;
        state[ANSWERED] = 1;
        state[UPDATES] = (byte) bounds.updates();
        state[DOWNS] = (byte) bounds.downs();
        state[CRASHES] = (byte) bounds.crashes();
        state[RESTARTS] = (byte) bounds.restarts();
        state[REBOOTS] = (byte) bounds.reboots();
        state[LOSSES] = (byte) bounds.losses();
        for (int node = 0; node < NODES; node++) {
            state[at(node, READY)] = 1;
            state[at(node, UP)] = 1;
        }
        return state;
    }

    @Override
    public @Nullable String fault(byte[] state) {
        List<Integer> running = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            for (int node = 0; node < NODES; node++) {
                if (state[container(node, i)] == 1 && state[of(i, EVER_LOST)] == 0) {
                    running.add(i);
                }
            }
        }
        boolean beside = bounds.startFirst()
                && running.size() == 2
                && state[of(running.get(0), REVISION)] != state[of(running.get(1), REVISION)];
        if (running.size() > 1 && !beside) {
            return "two containers of one slot run, and none of them was ever lost: of instances " + running;
        }
        return state[WANTED] + state[UNSTORED] < state[ANSWERED] ? "what was answered is lost" : null;
    }

    @Override
    public boolean isSettled(byte[] state) {
        int found = 0;
        for (int i = 0; i < instances; i++) {
            int containers = 0;
            for (int node = 0; node < NODES; node++) {
                containers += state[container(node, i)];
            }
            if (state[of(i, EXISTS)] == 0) {
                if (containers > 0) {
                    return false;
                }
                continue;
            }
            int node = state[of(i, NODE)];
            boolean well = state[of(i, REVISION)] == state[WANTED]
                    && state[of(i, STOP)] == 0
                    && state[of(i, RUNS)] == 1
                    && state[of(i, LOST)] == 0
                    && state[at(node, READY)] == 1
                    && state[container(node, i)] == 1
                    && containers == 1;
            if (!well) {
                return false;
            }
            found++;
        }
        return found == 1
                && state[UNSTORED] == 0
                && state[at(0, UP)] == 1
                && state[at(1, UP)] == 1
                && state[at(0, READY)] == 1
                && state[at(1, READY)] == 1;
    }

    @Override
    public List<Checker.Next> next(byte[] state) {
        Steps steps = new Steps(state);
        steps.ofUser();
        steps.ofServer();
        for (int node = 0; node < NODES; node++) {
            steps.ofNode(node);
        }
        return steps.all;
    }

    /** All that may happen next to one state. */
    private final class Steps {
        private final byte[] state;
        private final List<Checker.Next> all = new ArrayList<>();

        Steps(byte[] state) {
            this.state = state;
        }

        private void may(String what, byte[] next) {
            all.add(new Checker.Next(what, false, next));
        }

        private void will(String what, byte[] next) {
            all.add(new Checker.Next(what, true, next));
        }

        private byte[] with(int... changes) {
            byte[] next = state.clone();
            for (int i = 0; i < changes.length; i += 2) {
                next[changes[i]] = (byte) changes[i + 1];
            }
            return next;
        }

        void ofUser() {
            if (state[UPDATES] > 0 && state[CREATED] > 0) {
                boolean early = is(Broken.SERVER_ANSWERS_BEFORE_STORING);
                byte[] next = with(UPDATES, state[UPDATES] - 1, ANSWERED, state[ANSWERED] + 1);
                next[early ? UNSTORED : WANTED]++;
                may("the user is answered that he has revision " + next[ANSWERED], early ? next : planned(next));
            }
            if (state[UNSTORED] > 0) {
                will("the server stores it", planned(with(UNSTORED, 0, WANTED, state[WANTED] + state[UNSTORED])));
            }
        }

        void ofServer() {
            if (state[RESTARTS] > 0) {
                may(
                        "the server restarts",
                        with(RESTARTS, state[RESTARTS] - 1, SESSION, state[SESSION] + 1, UNSTORED, 0));
            }
            for (int i = 0; i < instances; i++) {
                hear(i);
            }
            if (isPlaceable(state)) {
                for (int node = 0; node < NODES; node++) {
                    if (state[at(node, READY)] == 1) {
                        place(node);
                    }
                }
            }
        }

        private void place(int node) {
            int i = state[CREATED];
            if (i == instances) {
                throw new IllegalStateException("one instance more than the model has room for");
            }
            byte[] next = with(CREATED, i + 1, of(i, EXISTS), 1, of(i, REVISION), state[WANTED], of(i, NODE), node);
            will(
                    "the server places instance " + i + " of revision " + state[WANTED] + " on node " + node,
                    planned(next));
        }

        /** What was said of an instance may come at any moment, and again; a node that is down is not listened to. */
        private void hear(int i) {
            int node = state[of(i, NODE)];
            if (state[of(i, EXISTS)] == 0) {
                return;
            }
            if (state[of(i, SAID_RUNS)] == 1 && state[at(node, READY)] == 1) {
                boolean back = state[of(i, LOST)] == 1 && state[of(i, STOP)] == 0;
                if (back || state[of(i, RUNS)] == 0) {
                    byte[] next = with(of(i, RUNS), 1);
                    if (back) {
                        next[of(i, LOST)] = 0;
                    }
                    will("the server hears that instance " + i + " runs", planned(next));
                }
            }
            if (state[of(i, SAID_STOPPED)] == 1 && state[at(node, READY)] == 1 && state[of(i, STOP)] == 1) {
                will("the server hears that instance " + i + " has stopped", planned(without(state.clone(), i)));
            }
            if (state[LOSSES] > 0 && state[of(i, SAID_RUNS)] == 1) {
                may("that instance " + i + " runs is lost", with(of(i, SAID_RUNS), 0, LOSSES, state[LOSSES] - 1));
            }
            if (state[LOSSES] > 0 && state[of(i, SAID_STOPPED)] == 1) {
                may(
                        "that instance " + i + " has stopped is lost",
                        with(of(i, SAID_STOPPED), 0, LOSSES, state[LOSSES] - 1));
            }
        }

        void ofNode(int node) {
            if (state[DOWNS] > 0 && state[at(node, READY)] == 1) {
                may(
                        "the server judges node " + node + " down",
                        planned(with(at(node, READY), 0, DOWNS, state[DOWNS] - 1)));
            }
            if (state[REBOOTS] > 0) {
                byte[] next = crashed(node);
                next[REBOOTS]--;
                for (int i = 0; i < instances; i++) {
                    next[container(node, i)] = 0;
                }
                may("host " + node + " dies and starts again", next);
            }
            for (int number = 0; number < PAGES; number++) {
                if (state[page(node, number)] != NONE && state[LOSSES] > 0) {
                    byte[] next = cleared(state.clone(), node, number);
                    next[LOSSES]--;
                    may("an answer to node " + node + " is lost", next);
                }
            }
            answer(node, ASKS, FRESH);
            answer(node, ASKED, LATE);
            if (state[at(node, UP)] == 0) {
                will("the agent of node " + node + " starts", with(at(node, UP), 1));
                return;
            }
            if (state[CRASHES] > 0) {
                byte[] next = crashed(node);
                next[CRASHES]--;
                may("the agent of node " + node + " is killed", next);
            }
            if (state[at(node, READY)] == 0) {
                will("node " + node + " is heard again", planned(with(at(node, READY), 1)));
            }
            ask(node);
            for (int number = 0; number < PAGES; number++) {
                take(node, number);
            }
            for (int i = 0; i < instances; i++) {
                work(node, i);
            }
        }

        /** Its set is on the disk; what it asked is forgotten, and how new its set is. */
        private byte[] crashed(int node) {
            byte[] next = with(at(node, UP), 0, at(node, HELD), 0, at(node, HELD_SESSION), 0);
            outdate(next, node);
            return next;
        }

        /** What is under way to it is no answer to what it asks now. */
        private void outdate(byte[] next, int node) {
            if (next[at(node, ASKS)] == 1) {
                next[at(node, ASKS)] = 0;
                next[at(node, ASKED)] = 1;
            }
            for (int number = 0; number < PAGES; number++) {
                if (next[page(node, number)] == FRESH) {
                    next[page(node, number)] = LATE;
                }
            }
            tidy(next, node);
        }

        private void ask(int node) {
            boolean same = true;
            for (int i = 0; i < instances; i++) {
                same &= state[held(node, i)] == wanted(state, node, i);
            }
            boolean again = state[at(node, ASKS)] == 1 || state[at(node, ASKED)] == 1;
            // what an answer that did not come leaves to be done: to ask again
            if (!same && !(again && is(Broken.AGENT_ASKS_ONCE))) {
                byte[] next = state.clone();
                outdate(next, node);
                next[at(node, ASKS)] = 1;
                will("node " + node + " asks for its set", next);
            }
        }

        private void answer(int node, int asked, int to) {
            if (state[at(node, asked)] == 0) {
                return;
            }
            for (int number = 0; number < PAGES; number++) {
                byte[] next = state.clone();
                int page = page(node, number);
                next[page] = (byte) to;
                next[page + 1] = state[SESSION];
                next[page + 2] = state[at(node, VERSION)];
                for (int i = 0; i < instances; i++) {
                    next[page + 3 + i] = (byte) wanted(state, node, i);
                }
                tidy(next, node);
                will(
                        "the server answers node " + node + (to == LATE ? ", which asked before," : "") + " with set "
                                + next[at(node, VERSION)],
                        next);
            }
        }

        private void take(int node, int number) {
            int page = page(node, number);
            boolean older =
                    state[at(node, HELD_SESSION)] == state[page + 1] + 1 && state[page + 2] < state[at(node, HELD)];
            boolean taken =
                    state[page] == FRESH && !older || state[page] != NONE && is(Broken.AGENT_TAKES_LATE_ANSWERS);
            if (!taken) {
                return;
            }
            byte[] next = state.clone();
            next[at(node, HELD)] = state[page + 2];
            next[at(node, HELD_SESSION)] = (byte) (state[page + 1] + 1);
            for (int i = 0; i < instances; i++) {
                next[held(node, i)] = state[page + 3 + i];
            }
            outdate(next, node);
            will("node " + node + " takes set " + state[page + 2], next);
        }

        private void work(int node, int i) {
            int order = state[held(node, i)];
            boolean runs = state[container(node, i)] == 1;
            if (order == TO_RUN && !runs) {
                will("node " + node + " starts instance " + i, with(container(node, i), 1));
            }
            if (order != TO_RUN && runs) {
                will("node " + node + " stops instance " + i, with(container(node, i), 0));
            }
            boolean once = is(Broken.AGENT_SAYS_IT_ONCE);
            if (order == TO_RUN && runs && state[of(i, SAID_RUNS)] == 0 && !(once && state[of(i, SPOKEN)] >= 1)) {
                will(
                        "node " + node + " says that instance " + i + " runs",
                        with(of(i, SAID_RUNS), 1, of(i, SPOKEN), once ? 1 : 0));
            }
            if (order == TO_STOP && !runs && state[of(i, SAID_STOPPED)] == 0 && !(once && state[of(i, SPOKEN)] == 2)) {
                will(
                        "node " + node + " says that instance " + i + " has stopped",
                        with(of(i, SAID_STOPPED), 1, of(i, SPOKEN), once ? 2 : 0));
            }
        }
    }

    /** What the server's set for the node says of the instance. */
    private static int wanted(byte[] state, int node, int i) {
        if (state[of(i, EXISTS)] == 0 || state[of(i, NODE)] != node) {
            return 0;
        }
        return state[of(i, STOP)] == 1 ? TO_STOP : TO_RUN;
    }

    private byte[] without(byte[] next, int i) {
        next[of(i, EXISTS)] = 0;
        next[of(i, STOP)] = 0;
        next[of(i, RUNS)] = 0;
        next[of(i, LOST)] = 0;
        next[of(i, SAID_RUNS)] = 0;
        next[of(i, SAID_STOPPED)] = 0;
        return next;
    }

    private byte[] cleared(byte[] next, int node, int number) {
        for (int i = 0; i < pageSize; i++) {
            next[page(node, number) + i] = 0;
        }
        tidy(next, node);
        return next;
    }

    /** Two that are under way in the other order are the same two; the same twice is one. */
    private void tidy(byte[] next, int node) {
        int first = page(node, 0);
        int second = page(node, 1);
        int order = Arrays.compare(next, first, first + pageSize, next, second, second + pageSize);
        for (int i = 0; i < pageSize; i++) {
            if (order < 0) {
                byte other = next[first + i];
                next[first + i] = next[second + i];
                next[second + i] = other;
            } else if (order == 0) {
                next[second + i] = 0;
            }
        }
    }

    /** What the server decides with each change, and stores with it. */
    private byte[] planned(byte[] next) {
        byte[] before = next.clone();
        int working = -1;
        for (int i = 0; i < instances; i++) {
            if (next[of(i, EXISTS)] == 1 && next[at(next[of(i, NODE)], READY)] == 0 && next[of(i, LOST)] == 0) {
                next[of(i, LOST)] = 1;
                next[of(i, EVER_LOST)] = 1;
            }
            boolean works = isLive(next, i) && next[of(i, RUNS)] == 1;
            if (works && (working < 0 || next[of(i, REVISION)] > next[of(working, REVISION)])) {
                working = i;
            }
        }
        boolean works = working >= 0 && next[of(working, REVISION)] == next[WANTED];
        boolean follows = false;
        for (int i = 0; i < instances; i++) {
            follows |= isLive(next, i) && next[of(i, REVISION)] == next[WANTED];
        }
        for (int i = 0; i < instances; i++) {
            if (next[of(i, EXISTS)] == 0 || next[of(i, STOP)] == 1) {
                continue;
            }
            boolean kept;
            if (next[of(i, LOST)] == 1) {
                // what was lost is wanted until another works
                kept = working < 0;
            } else if (next[of(i, REVISION)] == next[WANTED]) {
                // two of them only if the node of one was thought to be down: the first to run stays
                kept = !works || i == working;
            } else {
                // beside what is on its way, what works stays; before that, only if the next starts first
                kept = i == working && (follows || bounds.startFirst());
            }
            if (!kept && !is(Broken.SERVER_KEEPS_BOTH)) {
                stop(next, i);
            }
        }
        for (int node = 0; node < NODES; node++) {
            for (int i = 0; i < instances; i++) {
                if (wanted(before, node, i) != wanted(next, node, i)) {
                    next[at(node, VERSION)]++;
                    break;
                }
            }
        }
        return next;
    }

    private void stop(byte[] next, int i) {
        next[of(i, STOP)] = 1;
        if (is(Broken.SERVER_FORGETS_WHAT_IT_STOPS)) {
            without(next, i);
        }
    }

    private static boolean isLive(byte[] state, int i) {
        return state[of(i, EXISTS)] == 1 && state[of(i, STOP)] == 0 && state[of(i, LOST)] == 0;
    }

    /** Whether the slot needs an instance that may be placed now. */
    private boolean isPlaceable(byte[] state) {
        for (int i = 0; i < instances; i++) {
            if (state[of(i, EXISTS)] == 0) {
                continue;
            }
            boolean present = state[of(i, REVISION)] == state[WANTED];
            if (isLive(state, i)) {
                boolean followed = bounds.startFirst() && !present && state[of(i, RUNS)] == 1;
                if (!followed) {
                    return false;
                }
            } else if (state[of(i, LOST)] == 0) {
                // it is told to stop, and has not said that it has
                if (!is(Broken.SERVER_DOES_NOT_WAIT_FOR_THE_STOP)) {
                    return false;
                }
            } else if (state[of(i, STOP)] == 0 && state[at(state[of(i, NODE)], READY)] == 1) {
                // its node is back: it may still run
                return false;
            }
        }
        return true;
    }
}
