package io.knit.testkit.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at every state that a model can come to. What is found is shown by the shortest way that leads there. */
final class Checker {
    private final Model model;
    private final Map<Key, Integer> known = new HashMap<>();
    private final List<Key> states = new ArrayList<>();
    private int[] cameFrom = new int[1024];
    private final List<String> labels = new ArrayList<>();
    private final Map<String, Integer> labelNumbers = new HashMap<>();
    private int[] by = new int[1024];
    /** Of steps that happen sooner or later if they can: from, to, from, to. */
    private int[] fair = new int[4096];

    private int fairSteps;
    private long steps;

    private Checker(Model model) {
        this.model = model;
    }

    /** What is checked. A state is a few bytes. */
    interface Model {
        byte[] initial();

        /** All that may happen next. */
        List<Next> next(byte[] state);

        /** What must never be, in words; null: all is as it must be. */
        @Nullable
        String fault(byte[] state);

        /** Whether nothing is left to be done. */
        boolean isSettled(byte[] state);
    }

    /**
     * One thing that may happen.
     *
     * @param fair whether it happens sooner or later, if it can; a fault need not
     */
    record Next(String what, boolean fair, byte[] state) {}

    /**
     * What was found.
     *
     * @param fault in words, null: none
     * @param trace what leads there, from the beginning
     */
    record Found(int states, long steps, @Nullable String fault, List<String> trace) {}

    private static final class Key {
        private final byte[] bytes;
        private final int hash;

        Key(byte[] bytes) {
            this.bytes = bytes;
            this.hash = Arrays.hashCode(bytes) * 0x9E3779B1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    static Found check(Model model) {
        return new Checker(model).check();
    }

    private Found check() {
        add(model.initial(), -1, "");
        for (int at = 0; at < states.size(); at++) {
            byte[] state = states.get(at).bytes;
            String fault = model.fault(state);
            if (fault != null) {
                return found(fault, at);
            }
            boolean settled = model.isSettled(state);
            for (Next next : model.next(state)) {
                steps++;
                int to = add(next.state(), at, next.what());
                if (next.fair() && to != at) {
                    fair(at, to);
                }
                if (next.fair() && settled && !model.isSettled(next.state())) {
                    return found("it had settled, and does not stay so", to);
                }
            }
        }
        return unsettled();
    }

    private int add(byte[] state, int from, String what) {
        Key key = new Key(state);
        Integer before = known.putIfAbsent(key, states.size());
        if (before != null) {
            return before;
        }
        int number = states.size();
        states.add(key);
        if (number == cameFrom.length) {
            cameFrom = Arrays.copyOf(cameFrom, 2 * number);
            by = Arrays.copyOf(by, 2 * number);
        }
        cameFrom[number] = from;
        by[number] = labelNumbers.computeIfAbsent(what, word -> {
            labels.add(word);
            return labels.size() - 1;
        });
        return number;
    }

    private void fair(int from, int to) {
        if (2 * fairSteps + 2 > fair.length) {
            fair = Arrays.copyOf(fair, 2 * fair.length);
        }
        fair[2 * fairSteps] = from;
        fair[2 * fairSteps + 1] = to;
        fairSteps++;
    }

    /** Wherever it is, what happens sooner or later must be able to lead to where nothing is left to be done. */
    private Found unsettled() {
        int[] start = new int[states.size() + 1];
        for (int i = 0; i < fairSteps; i++) {
            start[fair[2 * i + 1] + 1]++;
        }
        for (int i = 0; i < states.size(); i++) {
            start[i + 1] += start[i];
        }
        int[] backwards = new int[fairSteps];
        int[] next = start.clone();
        for (int i = 0; i < fairSteps; i++) {
            backwards[next[fair[2 * i + 1]]++] = fair[2 * i];
        }
        boolean[] settles = new boolean[states.size()];
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < states.size(); i++) {
            if (model.isSettled(states.get(i).bytes)) {
                settles[i] = true;
                open.add(i);
            }
        }
        while (!open.isEmpty()) {
            int at = open.remove();
            for (int i = start[at]; i < start[at + 1]; i++) {
                int before = backwards[i];
                if (!settles[before]) {
                    settles[before] = true;
                    open.add(before);
                }
            }
        }
        for (int i = 0; i < states.size(); i++) {
            if (!settles[i]) {
                return found("it never settles from here on", i);
            }
        }
        return new Found(states.size(), steps, null, List.of());
    }

    private Found found(String fault, int at) {
        List<String> trace = new ArrayList<>();
        for (int i = at; cameFrom[i] >= 0; i = cameFrom[i]) {
            trace.add(labels.get(by[i]));
        }
        Collections.reverse(trace);
        return new Found(states.size(), steps, fault, trace);
    }
}
