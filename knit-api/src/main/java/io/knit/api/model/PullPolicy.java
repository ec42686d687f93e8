package io.knit.api.model;

/** When an agent asks the registry for the image. */
public enum PullPolicy {
    /** Before every new container; where the registry can't be reached, a present image serves and the status says so. */
    ALWAYS,
    /** Only if the engine does not have the image. */
    MISSING,
    /** Never: the image must be on the node. */
    NEVER
}
