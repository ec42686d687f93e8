package io.knit.plugin.jdbc;

import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.StoreWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What is written together. */
record Batch(List<StoreWrite> documents, List<HistoryRow> rows) {
    Batch {
        documents = List.copyOf(documents);
        rows = List.copyOf(rows);
    }

    static Batch of(List<Batch> all) {
        List<StoreWrite> documents = new ArrayList<>();
        List<HistoryRow> rows = new ArrayList<>();
        for (Batch batch : all) {
            documents.addAll(batch.documents());
            rows.addAll(batch.rows());
        }
        return new Batch(documents, rows);
    }

    boolean isEmpty() {
        return documents.isEmpty() && rows.isEmpty();
    }

    long chars() {
        long inDocuments = documents.stream()
                .map(StoreWrite::body)
                .filter(Objects::nonNull)
                .mapToLong(String::length)
                .sum();
        return inDocuments + rows.stream().mapToLong(row -> row.body().length()).sum();
    }
}
