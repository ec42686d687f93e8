package io.knit.api.spi.store;

import java.time.Instant;
import java.util.Objects;

/**
 * A row of the history.
 *
 * @param number unique, above zero; later rows have higher ones, with gaps
 * @param at by which it is forgotten, in whole milliseconds
 * @param deployment the deployment it is about; empty: none
 * @param body JSON text, up to 4 MiB
 */
public record HistoryRow(long number, Instant at, String deployment, String body) {
    public HistoryRow {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(body, "body");
    }
}
