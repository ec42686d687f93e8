package io.knit.api.model;

/** Transport protocol of a published port. */
public enum Protocol {
    TCP,
    UDP
}
