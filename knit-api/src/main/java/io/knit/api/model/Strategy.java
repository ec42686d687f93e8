package io.knit.api.model;

/** Which of the nodes that may have an instance gets it. */
public enum Strategy {
    /** The one with the fewest of the deployment, then with the fewest of all. */
    SPREAD,
    /** The fullest, so that others stay free for what is large. */
    BINPACK
}
