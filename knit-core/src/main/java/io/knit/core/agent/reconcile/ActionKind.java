package io.knit.core.agent.reconcile;

/** What is to be done for an instance now. */
public enum ActionKind {
    /** It is as it should be. */
    KEEP,
    /** It has no container: make one and start it. */
    CREATE,
    /** Its container is there and does not run: start it. */
    START,
    /** Its container runs and does not do its work: end it, and leave it there. */
    STOP,
    /** A container of it should not be there. */
    REMOVE,
    /** The containers beside its own are not as they should be. */
    TEND,
    /** Its turn comes later, or after something else. */
    WAIT,
    /** Nothing of it is on the node any more: say so and delete its files. */
    FORGET,
    /** Not this agent's to judge. */
    IGNORE
}
