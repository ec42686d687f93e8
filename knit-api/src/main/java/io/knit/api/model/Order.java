package io.knit.api.model;

/** What the server wants of an instance. */
public enum Order {
    RUN,
    STOP
}
