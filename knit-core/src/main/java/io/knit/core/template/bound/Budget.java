package io.knit.core.template.bound;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What rendering may cost, counted and never timed: what an idle machine takes, a loaded one takes too, and the same template
 * always ends at the same place. One budget may serve several templates one after another, so that a deployment's count as one.
 * Not thread-safe.
 */
public final class Budget {
    /** Characters that one template may render to. */
    public static final int MAX_OUTPUT = 1 << 20;

    /** Rounds of loops and calls of macros. */
    static final int MAX_ROUNDS = 100_000;
    /** Characters and elements of a value, those inside it included as often as they occur. */
    public static final int MAX_WEIGHT = 1 << 17;
    /** The same for a list of where a service is: 1,000 instances with eight ports each, whatever they are called. */
    static final int MAX_FOUND = 4 * MAX_WEIGHT;

    /** How deep expressions and macros may stand in each other. */
    static final int MAX_DEPTH = 500;

    /**
     * Units: one for a character that is looked at, {@link #ELEMENT} for a list's or map's element, {@link #STEP} for an
     * expression. About half a second of one core at worst.
     */
    static final long MAX_UNITS = 1L << 26;

    static final int ELEMENT = 8;

    static final int STEP = 16;

    private static final long LOOK_UP_EVERY = 1 << 16;
    private static final ThreadLocal<@Nullable Budget> CURRENT = new ThreadLocal<>();

    private final ValueReader values;
    private long left = MAX_UNITS;
    private long nextLookUp = MAX_UNITS;
    private int rounds;
    private int depth;
    private int visited;
    private boolean hasMadeKeys;

    /** Of templates that read nothing. */
    public Budget() {
        this(ValueReader.NONE);
    }

    /** @param values what templates read */
    public Budget(ValueReader values) {
        this.values = values;
    }

    public ValueReader values() {
        return values;
    }

    /** Runs work that takes its steps from this budget. */
    public <T> T during(Supplier<T> work) {
        Budget outer = CURRENT.get();
        CURRENT.set(this);
        depth = 0;
        rounds = 0;
        try {
            return work.get();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /** The one that this thread's rendering takes from. */
    public static Budget current() {
        Budget budget = CURRENT.get();
        if (budget == null) {
            throw new IllegalStateException("nothing is rendered here");
        }
        return budget;
    }

    /** Says that the template works out keys of a map: what one is may be a secret. */
    public void makeKeys() {
        hasMadeKeys = true;
    }

    boolean hasMadeKeys() {
        return hasMadeKeys;
    }

    public void spend(long units) {
        left -= units;
        if (left < nextLookUp) {
            nextLookUp = left - LOOK_UP_EVERY;
            if (Thread.currentThread().isInterrupted()) {
                throw new SpentError("it was stopped");
            }
        }
        if (left < 0) {
            throw new SpentError("it has too much to do; give it less to repeat, or smaller values");
        }
    }

    public void round() {
        if (++rounds > MAX_ROUNDS) {
            throw new SpentError("it loops more than " + MAX_ROUNDS + " times; give it less to repeat");
        }
    }

    public void enter() {
        if (++depth > MAX_DEPTH) {
            throw new SpentError(SpentError.TOO_DEEP);
        }
        spend(STEP);
    }

    public void leave() {
        depth--;
    }

    /** Ends what makes a text that is longer than one may be. */
    public void text(long length) {
        if (length > MAX_WEIGHT) {
            throw new SpentError("a value is larger than " + MAX_WEIGHT + " characters or elements");
        }
    }

    /** Ends what renders to more than one template may. */
    public void output(long length) {
        if (length > MAX_OUTPUT) {
            throw new SpentError("its output is larger than " + MAX_OUTPUT + " characters");
        }
    }

    /** Spends a value's weight and gives the value back. */
    @Nullable
    public Object weigh(@Nullable Object value, int limit, int line) {
        visited = 0;
        int most = most(value, limit);
        int rest = weigh(value, most);
        if (rest < 0) {
            throw new SpentError((line < 1 ? "" : "line " + line + ": ") + "a value is larger than " + most
                    + " characters or elements");
        }
        spend(most - rest + (long) ELEMENT * visited);
        return value;
    }

    public int weightOf(@Nullable Object value) {
        int most = most(value, MAX_WEIGHT);
        return most - weigh(value, most);
    }

    private static int most(@Nullable Object value, int limit) {
        return value instanceof ValueReader.Found ? Math.max(limit, MAX_FOUND) : limit;
    }

    /** What is left of the allowance after this value; negative if it is heavier. Never looks at more than the allowance. */
    private int weigh(@Nullable Object value, int allowance) {
        int left = allowance - 1;
        visited++;
        if (value instanceof CharSequence text) {
            return left - text.length();
        }
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (left < 0) {
                    return left;
                }
                left = weigh(entry, left);
            }
        } else if (value instanceof Map.Entry<?, ?> entry) {
            left = weigh(entry.getKey(), left);
            return left < 0 ? left : weigh(entry.getValue(), left);
        } else if (value instanceof Iterable<?> elements) {
            for (Object element : elements) {
                if (left < 0) {
                    return left;
                }
                left = weigh(element, left);
            }
        } else if (value != null && !(value instanceof Number) && !(value instanceof Boolean)) {
            return left - value.toString().length();
        }
        return left;
    }
}
