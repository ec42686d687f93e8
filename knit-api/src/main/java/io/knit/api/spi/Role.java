package io.knit.api.spi;

/** The two roles. */
public enum Role {
    SERVER,
    AGENT
}
