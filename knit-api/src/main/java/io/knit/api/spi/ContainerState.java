package io.knit.api.spi;

/** What an engine says of a container. */
public enum ContainerState {
    CREATED,
    RUNNING,
    EXITED,
    /** Being removed, or beyond use: only removal makes sense. */
    DEAD
}
