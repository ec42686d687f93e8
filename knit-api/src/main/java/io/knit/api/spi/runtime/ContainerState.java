package io.knit.api.spi.runtime;

/** What an engine says of a container. */
public enum ContainerState {
    CREATED,
    RUNNING,
    /** Started, and stopped from running on by someone ({@code docker pause}): it does nothing until that is taken back. */
    PAUSED,
    EXITED,
    /** Being removed, or beyond use: only removal makes sense. */
    DEAD
}
