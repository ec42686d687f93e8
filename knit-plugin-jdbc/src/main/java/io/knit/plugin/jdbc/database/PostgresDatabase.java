package io.knit.plugin.jdbc.database;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.regex.Pattern;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A schema of a PostgreSQL database. A server's connection holds an advisory lock of the schema, which ends with its session; and as
 * another server may have come and gone while the connection was lost, a number that each opening raises must be unchanged.
 *
 * <p>Only that number says that another server opened it. The lock may also be held by the session whose connection this server lost, for as long
 * as PostgreSQL is busy with that one's last statement, be it a commit: who gets the lock knows that nothing is under way any more.
 */
final class PostgresDatabase implements Database {
    private static final String DRIVER = "org.postgresql.ds.PGSimpleDataSource";
    /** Checked here first, for the driver logs a url that it does not know, with the password in it. */
    private static final Pattern URL = Pattern.compile(
            "jdbc:postgresql://HOST(,HOST)*/[^/?]*(\\?.*)?".replace("HOST", "(\\[[\\w:.%]+]|[\\w.-]+)(:\\d{1,5})?"));

    private static final String OBJECT_IN_USE = "55006";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    /** Ours, so that no statement that waits for another lock is taken for it. */
    private static final String STORE_LOCKED = "KN001";

    private static final int LOCK_TIMEOUT_MS = 3_000;
    private static final int CONNECT_TIMEOUT_S = 10;
    private static final int ANSWER_TIMEOUT_S = 30;

    private final String name;
    private final PGSimpleDataSource source;
    /** 0: not opened yet. */
    private volatile long opening;

    private PostgresDatabase(String name, PGSimpleDataSource source) {
        this.name = name;
        this.source = source;
    }

    /** @throws KnitException with {@code INVALID_CONFIGURATION} if the driver is missing or does not know the url */
    static Database open(String url) {
        String name = url.replaceFirst("\\?.*", "").replaceFirst("//.*@", "//");
        if (!URL.matcher(url).matches()) {
            throw unknown(name);
        }
        try {
            Class.forName(DRIVER, false, PostgresDatabase.class.getClassLoader());
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setURL(withDefaults(url));
            return new PostgresDatabase(name, source);
        } catch (ClassNotFoundException e) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the store " + name
                            + " needs the PostgreSQL driver; put org.postgresql:postgresql on the class path",
                    e);
        } catch (IllegalArgumentException e) {
            throw unknown(name);
        }
    }

    /** In front of what the url says itself: of two the driver takes the later one, and setters would win over the url. */
    private static String withDefaults(String url) {
        int settings = url.indexOf('?');
        return (settings < 0 ? url : url.substring(0, settings))
                + "?connectTimeout=" + CONNECT_TIMEOUT_S + "&socketTimeout=" + ANSWER_TIMEOUT_S
                // details of a failure are what was to be stored
                + "&tcpKeepAlive=true&ApplicationName=knit&logServerErrorDetail=false"
                + (settings < 0 ? "" : "&" + url.substring(settings + 1));
    }

    private static KnitException unknown(String name) {
        return new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                "the store's url " + name + " is not one of PostgreSQL; give jdbc:postgresql://host:5432/database");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String migrations() {
        return "postgresql";
    }

    @Override
    public synchronized Connection connect() throws SQLException {
        Connection connection = source.getConnection();
        try (Statement statement = connection.createStatement()) {
            lock(statement);
            if (opening == 0) {
                opening = raiseOpening(statement);
            } else {
                refuseReplaced(statement);
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Waits a little: a server that was just closed or killed has a session for as long as PostgreSQL takes to notice. */
    private void lock(Statement statement) throws SQLException {
        statement.execute("SET lock_timeout = " + LOCK_TIMEOUT_MS);
        try {
            statement.execute("SELECT pg_advisory_lock(hashtext('knit.store'), hashtext(current_schema()))");
        } catch (SQLException e) {
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            if (opening != 0) {
                refuseReplaced(statement);
            }
            throw new SQLException("another session holds its lock", STORE_LOCKED, e);
        }
        statement.execute("SET lock_timeout = DEFAULT");
    }

    private void refuseReplaced(Statement statement) throws SQLException {
        if (number(statement, "SELECT opened FROM store_opening") != opening) {
            throw new SQLException("another server opened it while this one had no connection", OBJECT_IN_USE);
        }
    }

    private static long raiseOpening(Statement statement) throws SQLException {
        statement.execute("CREATE TABLE IF NOT EXISTS store_opening (id INTEGER PRIMARY KEY, opened BIGINT NOT NULL)");
        return number(
                statement,
                "INSERT INTO store_opening (id, opened) VALUES (1, 1)"
                        + " ON CONFLICT (id) DO UPDATE SET opened = store_opening.opened + 1 RETURNING opened");
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new SQLException("no row from " + sql);
            }
            return row.getLong(1);
        }
    }

    @Override
    public KnitException explain(SQLException failure) {
        String state = state(failure);
        if (state.equals(OBJECT_IN_USE) || state.equals(STORE_LOCKED) && opening == 0) {
            return new KnitException(
                    ErrorCode.IN_USE,
                    "the store " + name + " is open in another Knit server (" + failure.getMessage()
                            + "); stop that one, or give this one another schema by ?currentSchema=…",
                    failure);
        }
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE, "the store " + name + " " + words(state, failure), failure);
    }

    private static String words(String state, SQLException failure) {
        String detail = " (" + failure.getMessage() + ")";
        if (state.equals(STORE_LOCKED)) {
            return "can't be locked again" + detail + ": PostgreSQL still has the session that this server lost, or"
                    + " another server begins to use it; where that does not end, look at pg_stat_activity";
        }
        String kind = state.length() < 2 ? "" : state.substring(0, 2);
        return switch (kind) {
            case "08", "57" ->
                "can't be reached" + detail + "; start PostgreSQL, or look at the address and the network";
            case "28" -> "refuses the user" + detail + "; look at user and password in the url or in ~/.pgpass";
            case "3D" -> "is not there" + detail + "; create the database";
            case "53" -> "has no room" + detail + "; make room on its disk, or raise its limits";
            case "25" -> "is read-only" + detail + "; give the address of the primary";
            default -> "failed" + detail;
        };
    }

    @Override
    public boolean concernsAll(SQLException failure) {
        String state = state(failure);
        // class 22: the data; 23: a constraint; 53100: a smaller commit may still fit
        return !(state.startsWith("22") || state.startsWith("23") || state.equals("53100"));
    }

    @Override
    public boolean connectionLost(SQLException failure) {
        String state = state(failure);
        return state.startsWith("08") || state.startsWith("57P");
    }

    /** An error that PostgreSQL says, and goes on, has rolled it back; nothing is known of one that ended the session. */
    @Override
    public boolean mayBeCommitted(Connection connection, SQLException failure) {
        try {
            return connectionLost(failure) || !connection.isValid(CONNECT_TIMEOUT_S);
        } catch (SQLException e) {
            return true;
        }
    }

    private static String state(SQLException failure) {
        return Objects.requireNonNullElse(failure.getSQLState(), "");
    }

    @Override
    public void release() {
        // the lock ended with the connection
    }
}
