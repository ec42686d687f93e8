package io.knit.core.wire.asked;

/**
 * The last word of a stream of a command.
 *
 * @param code with which it ended
 */
public record CommandEnd(int code) {}
