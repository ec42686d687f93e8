package io.knit.api.model;

/**
 * A connection to a container.
 *
 * @param port the container's
 */
public record TcpCheck(int port) {}
