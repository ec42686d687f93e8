package io.knit.gotemplate.bound;

/**
 * What rendering may cost, counted by who renders. Each method throws what it likes once there is too much: what is thrown ends the rendering, nothing here catches it. Not thread-safe.
 */
public interface CostMeter {
    /** So much was done: one for a character, some for an element or a step. */
    void spend(long units);

    /** A loop goes round once more. */
    void round();

    /** Something stands in something else, once deeper. */
    void enter();

    void leave();

    /** So many characters one text has that is being made. */
    void text(int length);

    /** So many characters all has become. */
    void output(int length);
}
