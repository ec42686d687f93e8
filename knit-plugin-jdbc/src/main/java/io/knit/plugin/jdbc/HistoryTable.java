package io.knit.plugin.jdbc;

import io.knit.api.spi.store.HistoryRow;
import io.knit.plugin.jdbc.database.DatabaseSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of the history, which is made when it is first needed: a database that is refused after all is left as it was. Used by one thread; its
 * methods block.
 */
final class HistoryTable {
    private static final String PUT = "INSERT INTO history (number, at, deployment, body) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (number) DO UPDATE SET at = excluded.at, deployment = excluded.deployment, body = excluded.body";
    private static final String ALL =
            "SELECT number, at, deployment, body FROM history WHERE number < ? ORDER BY number DESC LIMIT ?";
    private static final String OF = "SELECT number, at, deployment, body FROM history"
            + " WHERE deployment = ? AND number < ? ORDER BY number DESC LIMIT ?";
    private static final String FORGET_OLD = "DELETE FROM history WHERE at < ?";
    private static final String COUNT = "SELECT COUNT(*) FROM history";
    private static final String FORGET_FIRST =
            "DELETE FROM history WHERE number IN (SELECT number FROM history ORDER BY number LIMIT ?)";

    private final List<String> creation;
    private boolean there;

    /** @param creation statements that make it if it is not there */
    HistoryTable(List<String> creation) {
        this.creation = creation;
    }

    /** A transaction in which the table is there. */
    private <T> T within(DatabaseSession session, DatabaseSession.Work<T> work) throws SQLException {
        T result = session.transaction(open -> {
            if (!there) {
                for (String statement : creation) {
                    open.execute(statement);
                }
            }
            return work.run(open);
        });
        there = true;
        return result;
    }

    /** The transaction of a commit: its documents, and then the rows. */
    void write(DatabaseSession session, Batch batch) throws SQLException {
        DatabaseSession.Work<Boolean> documents = open -> {
            Documents.write(open, batch.documents());
            return true;
        };
        if (batch.rows().isEmpty()) {
            session.transaction(documents);
        } else {
            within(session, open -> documents.run(open) && put(open, batch.rows()));
        }
    }

    private static boolean put(DatabaseSession session, List<HistoryRow> rows) throws SQLException {
        PreparedStatement statement = session.prepared(PUT);
        for (HistoryRow row : rows) {
            statement.setLong(1, row.number());
            statement.setLong(2, row.at().toEpochMilli());
            statement.setString(3, row.deployment());
            statement.setString(4, row.body());
            statement.addBatch();
        }
        statement.executeBatch();
        return true;
    }

    List<HistoryRow> read(DatabaseSession session, String deployment, long before, int limit) throws SQLException {
        return within(session, open -> {
            PreparedStatement statement = open.prepared(deployment.isEmpty() ? ALL : OF);
            int next = 1;
            if (!deployment.isEmpty()) {
                statement.setString(next++, deployment);
            }
            statement.setLong(next++, before);
            statement.setInt(next, limit);
            List<HistoryRow> read = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    read.add(new HistoryRow(
                            rows.getLong(1),
                            Instant.ofEpochMilli(rows.getLong(2)),
                            rows.getString(3),
                            rows.getString(4)));
                }
            }
            return read;
        });
    }

    void forget(DatabaseSession session, Instant before, int most) throws SQLException {
        within(session, open -> {
            update(open, FORGET_OLD, before.toEpochMilli());
            long tooMany = count(open) - most;
            if (tooMany > 0) {
                update(open, FORGET_FIRST, tooMany);
            }
            return true;
        });
    }

    private static void update(DatabaseSession session, String sql, long value) throws SQLException {
        PreparedStatement statement = session.prepared(sql);
        statement.setLong(1, value);
        statement.executeUpdate();
    }

    private static long count(DatabaseSession session) throws SQLException {
        try (ResultSet row = session.prepared(COUNT).executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
