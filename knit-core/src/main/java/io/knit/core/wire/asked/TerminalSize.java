package io.knit.core.wire.asked;

/**
 * How large a terminal is.
 *
 * @param columns 1–10000
 * @param rows 1–10000
 */
public record TerminalSize(int columns, int rows) {}
