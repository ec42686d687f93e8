package io.knit.core.spec;

/** What a field is for, and so what becomes of the instances that run when it changes. Only what makes the container takes another one. */
public enum Use {
    /** It makes the container: another value takes another container. */
    CONTAINER,
    /** It tells how the image is had: of use to a container that is still to be made. */
    FETCH,
    /** It tells which nodes may have it: of use to one that has none, or is on another. */
    PLACE,
    /** It tells how a container that runs is looked after: its node goes by the new value at once. */
    TEND,
    /** It tells how many there are. */
    COUNT,
    /** It tells how a change is carried out: of use to the next one. */
    ROLLOUT,
    /** It tells who comes first where room is short: what waits goes by it at once, and what runs runs on. */
    RANK,
    /** It tells people and programs what belongs together: nothing goes by it. */
    MARK;

    /** Whether a node needs it. What is the server's alone is sent to none, and asks no feature of an agent. */
    public boolean isForNodes() {
        return this == CONTAINER || this == FETCH || this == TEND;
    }
}
