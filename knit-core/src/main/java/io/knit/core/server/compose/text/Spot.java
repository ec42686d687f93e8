package io.knit.core.server.compose.text;

/**
 * Where something stands in a file.
 *
 * @param file its name, as it was given
 * @param line from 1
 * @param column from 1
 */
public record Spot(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
