package io.knit.api.error;

/** Whose turn it is when something went wrong. */
public enum ErrorKind {
    /** The request is wrong; sending it again unchanged gives the same answer. */
    USER,
    /** The request is right, but not in the present state: somebody else holds what it wants. */
    CONFLICT,
    /** There is no room at present; the same request may succeed later. */
    CAPACITY,
    /** Something outside Knit failed: an engine, a registry, a network, a disk. */
    EXTERNAL,
    /** Knit is at fault. */
    INTERNAL
}
