package io.knit.plugin.jdbc;

import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.plugin.jdbc.database.DatabaseSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The table of documents. */
final class Documents {
    private static final String PUT = "INSERT INTO document (tbl, doc_key, body) VALUES (?, ?, ?)"
            + " ON CONFLICT (tbl, doc_key) DO UPDATE SET body = excluded.body";
    private static final String REMOVE = "DELETE FROM document WHERE tbl = ? AND doc_key = ?";
    private static final int PAGE = 256;
    private static final String NEXT_PAGE = "SELECT tbl, doc_key, body FROM document"
            + " WHERE (tbl, doc_key) > (?, ?) ORDER BY tbl, doc_key LIMIT " + PAGE;
    private static final Comparator<StoredDocument> ORDER =
            Comparator.comparing(StoredDocument::table).thenComparing(StoredDocument::key);

    private Documents() {}

    private record Key(String table, String key) {}

    /** Applies the writes in order, within a transaction. */
    static void write(DatabaseSession session, List<StoreWrite> writes) throws SQLException {
        Map<Key, StoreWrite> last = new LinkedHashMap<>();
        // only the last write of a document can be seen after the transaction
        writes.forEach(write -> last.put(new Key(write.table(), write.key()), write));
        batch(
                session,
                REMOVE,
                last.values().stream().filter(write -> write.body() == null).toList());
        batch(
                session,
                PUT,
                last.values().stream().filter(write -> write.body() != null).toList());
    }

    private static void batch(DatabaseSession session, String sql, List<StoreWrite> writes) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        PreparedStatement statement = session.prepared(sql);
        for (StoreWrite write : writes) {
            statement.setString(1, write.table());
            statement.setString(2, write.key());
            if (write.body() != null) {
                statement.setString(3, write.body());
            }
            statement.addBatch();
        }
        statement.executeBatch();
    }

    /** All documents as of one moment, ordered by table and key. */
    static List<StoredDocument> load(DatabaseSession session) throws SQLException {
        List<StoredDocument> found = new ArrayList<>();
        each(session, found::add);
        // databases order by bytes, Java by UTF-16 units: the same but for rare characters
        found.sort(ORDER);
        return List.copyOf(found);
    }

    /**
     * All documents as of one moment, in the database's order, holding no more than a page of them: by key, for not every driver gives an answer
     * piece by piece.
     */
    static void each(DatabaseSession session, Consumer<StoredDocument> reader) throws SQLException {
        session.transaction(open -> {
            List<StoredDocument> page = page(open, null);
            while (!page.isEmpty()) {
                page.forEach(reader);
                page = page.size() < PAGE ? List.of() : page(open, page.get(page.size() - 1));
            }
            return true;
        });
    }

    private static List<StoredDocument> page(DatabaseSession session, @Nullable StoredDocument after)
            throws SQLException {
        PreparedStatement statement = session.prepared(NEXT_PAGE);
        statement.setString(1, after == null ? "" : after.table());
        statement.setString(2, after == null ? "" : after.key());
        List<StoredDocument> page = new ArrayList<>(PAGE);
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                page.add(new StoredDocument(rows.getString(1), rows.getString(2), rows.getString(3)));
            }
        }
        return page;
    }
}
