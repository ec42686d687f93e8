package io.knit.plugin.jdbc.connection;

import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a {@link SteadyConnection#TRANSACTION} is to do: statements and their values, in their order. Of one thread. */
final class TransactionRows {
    private final List<List<Object>> rows = new ArrayList<>();
    private final List<Object> row = new ArrayList<>();

    interface Transaction {
        void carryOut(TransactionRows rows) throws SQLException;
    }

    /** As the JDBC client fills a batch. */
    PreparedStatement statement(Transaction transaction) {
        return (PreparedStatement) Proxy.newProxyInstance(
                TransactionRows.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "setObject" -> row.add(args[1]);
                        case "addBatch" -> {
                            rows.add(List.copyOf(row));
                            row.clear();
                        }
                        case "executeBatch" -> {
                            transaction.carryOut(this);
                            return new int[rows.size()];
                        }
                        case "close" -> {
                            return null;
                        }
                        default ->
                            throw new SQLFeatureNotSupportedException(method.getName() + " of a whole transaction");
                    }
                    return null;
                });
    }

    /** @param known statements that this connection has prepared, by their words */
    void carryOut(Connection connection, Map<String, PreparedStatement> known) throws SQLException {
        int from = 0;
        for (int to = 1; to <= rows.size(); to++) {
            if (to == rows.size() || !rows.get(to).get(0).equals(rows.get(from).get(0))) {
                execute(connection, known, rows.subList(from, to));
                from = to;
            }
        }
    }

    /** @param some rows of one statement */
    private static void execute(Connection connection, Map<String, PreparedStatement> known, List<List<Object>> some)
            throws SQLException {
        String words = (String) some.get(0).get(0);
        PreparedStatement statement = known.get(words);
        if (statement == null) {
            statement = connection.prepareStatement(words);
            known.put(words, statement);
        }
        try {
            for (List<Object> row : some) {
                for (int i = 1; i < row.size(); i++) {
                    statement.setObject(i, row.get(i));
                }
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (BatchUpdateException e) {
            // its own words may be the statement with all values in it, and those are nobody's but the store's
            throw e.getNextException() == null ? e : e.getNextException();
        } finally {
            statement.clearBatch();
        }
    }
}
