package io.knit.gotemplate;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;

/** Bounds as Knit's, in few words. */
final class CountingMeter implements CostMeter {
    private long left = 1L << 26;
    private int rounds = 100_000;
    private int depth;

    @Override
    public void spend(long units) {
        left -= units;
        if (left < 0) {
            throw new GoFault("too much to do");
        }
    }

    @Override
    public void round() {
        if (--rounds < 0) {
            throw new GoFault("too many rounds");
        }
    }

    @Override
    public void enter() {
        if (++depth > 500) {
            throw new GoFault("too deep");
        }
    }

    @Override
    public void leave() {
        depth--;
    }

    int depth() {
        return depth;
    }

    @Override
    public void text(int length) {
        if (length > 1 << 17) {
            throw new GoFault("a value is larger than " + (1 << 17) + " characters");
        }
    }

    @Override
    public void output(int length) {
        if (length > 1 << 20) {
            throw new GoFault("its output is larger than " + (1 << 20) + " characters");
        }
    }
}
